"""How weights begin: one initializer of Keras a file."""

"""One of Keras's metrics a file."""

"""One of Keras's losses a file."""

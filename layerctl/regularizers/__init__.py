"""One of Keras's regularizers a file."""

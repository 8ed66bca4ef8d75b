"""One of Keras's optimizers a file."""

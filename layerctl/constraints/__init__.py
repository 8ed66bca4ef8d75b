"""One of Keras's constraints a file."""

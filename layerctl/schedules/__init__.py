"""One of Keras's schedules a file."""

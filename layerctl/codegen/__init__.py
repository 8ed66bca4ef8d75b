"""A typed graph as Keras code and as Keras's own configuration."""

"""Writes a typed graph as Keras code and as Keras's JSON configuration."""

"""Keras models built from typed graphs, and compared with them."""

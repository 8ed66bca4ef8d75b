"""Keras models built from typed graphs, and held against them."""

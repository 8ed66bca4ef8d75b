"""Runs models: the only room that imports Keras, its back ends and NumPy, and only when they are needed."""

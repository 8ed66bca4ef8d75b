"""Penalties on weights or outputs, added to the loss: one regularizer of Keras a file."""

ALIASES = {"l1_l2": "L1L2"}
"""Other names that `keras.regularizers` has."""

UNUSABLE = {"Regularizer": "it is the base of the others"}
"""Classes of `keras.regularizers` that a spec cannot express, and why."""

"""Penalties on weights or outputs, added to the loss: one regularizer of Keras a file."""

ALIASES = {"l1_l2": "L1L2"}
"""Other names that `keras.regularizers` has."""

NOT_EXPRESSIBLE = {"Regularizer": ("it is the base of the others", "name a regularizer, such as `l2`")}
"""What Keras exports beside these and a spec cannot say: why not, and what to do instead."""

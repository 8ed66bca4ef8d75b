"""Penalties on weights or outputs, added to the loss: one regularizer of Keras a file."""

ALIASES = {"l1_l2": "L1L2"}
"""Other names that `keras.regularizers` has."""

NOT_EXPRESSIBLE = {"Regularizer": ("it is the base of the others", "name a regularizer, such as `l2`")}
"""Names that Keras exports here and a spec cannot use: why not, and what to do instead."""

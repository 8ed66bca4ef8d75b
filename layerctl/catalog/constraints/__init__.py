"""What is applied to a weight after each update: one constraint of Keras a file."""

NOT_EXPRESSIBLE = {"Constraint": ("it is the base of the others", "name a constraint, such as `max_norm`")}
"""Names that Keras exports here and a spec cannot use: why not, and what to do instead."""

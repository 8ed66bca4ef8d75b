"""What is held of a weight after each update: one constraint of Keras a file."""

NOT_EXPRESSIBLE = {"Constraint": ("it is the base of the others", "name a constraint, such as `max_norm`")}
"""What Keras exports beside these and a spec cannot say: why not, and what to do instead."""

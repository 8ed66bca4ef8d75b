"""What is held of a weight after each update: one constraint of Keras a file."""

UNUSABLE = {"Constraint": "it is the base of the others"}
"""Classes of `keras.constraints` that a spec cannot express, and why."""

"""How the learning rate changes over the steps of training: one schedule of Keras a file."""

UNUSABLE = {"LearningRateSchedule": "it is the base of the others"}
"""Classes of `keras.optimizers.schedules` that a spec cannot express, and why."""

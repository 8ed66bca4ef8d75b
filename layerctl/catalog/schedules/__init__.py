"""How the learning rate changes over the steps of training: one schedule of Keras a file."""

NOT_EXPRESSIBLE = {"LearningRateSchedule": ("it is the base of the others", "name one of the schedules, such as `CosineDecay`")}
"""Names that Keras exports here and a spec cannot use: why not, and what to do instead."""

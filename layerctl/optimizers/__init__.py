"""How weights are changed by their gradients: one optimizer of Keras a file."""

ALIASES = {
    "adamw": "AdamW",
    "lossscaleoptimizer": "LossScaleOptimizer",
    "rmsprop": "RMSprop",
    "schedulefreeadamw": "ScheduleFreeAdamW",
}
"""Other names that `keras.optimizers.get` accepts."""

UNUSABLE = {
    "MultiOptimizer": "it maps weights, which are Python objects, to optimizers; one optimizer trains the whole model",
    "OptimizerMap": "it maps weights, which are Python objects, to optimizers; one optimizer trains the whole model",
    "Optimizer": "it is the base of the others",
}
"""Classes of `keras.optimizers` that a spec cannot express, and why."""

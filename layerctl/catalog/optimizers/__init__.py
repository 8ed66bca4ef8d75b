"""How training changes weights by their gradients: one optimizer of Keras a file."""

ALIASES = {
    "adamw": "AdamW",
    "lossscaleoptimizer": "LossScaleOptimizer",
    "rmsprop": "RMSprop",
    "schedulefreeadamw": "ScheduleFreeAdamW",
}
"""Other names that `keras.optimizers.get` accepts."""

_ONE = "name one optimizer; it trains the whole model"

NOT_EXPRESSIBLE = {
    "MultiOptimizer": ("it maps weights, which are Python objects, to optimizers", _ONE),
    "OptimizerMap": ("it maps weights, which are Python objects, to optimizers", _ONE),
    "Optimizer": ("it is the base of the others", _ONE),
}
"""Names that Keras exports here and a spec cannot use: why not, and what to do instead."""

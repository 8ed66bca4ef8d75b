"""What training reports: one metric of Keras a file."""

ALIASES = {
    "acc": "Accuracy",
    **dict.fromkeys(("bce", "BCE"), "BinaryCrossentropy"),
    **dict.fromkeys(("mae", "MAE"), "MeanAbsoluteError"),
    **dict.fromkeys(("mape", "MAPE"), "MeanAbsolutePercentageError"),
    **dict.fromkeys(("mse", "MSE"), "MeanSquaredError"),
    **dict.fromkeys(("msle", "MSLE"), "MeanSquaredLogarithmicError"),
}
"""Other names that `keras.metrics.get` and `Model.compile` accept."""

BY_SHAPE = frozenset(("accuracy", "acc"))
"""Names, in upper or lower case, for which Keras picks the class by the output's shape."""

_NAME = "name a metric that compares targets with outputs, such as `accuracy` or `mae`"

NOT_EXPRESSIBLE = {
    "Metric": ("it is the base of the others", _NAME),
    "MeanMetricWrapper": ("it wraps a Python function", _NAME),
    "Mean": ("it averages plain values, so training cannot call it", _NAME),
    "Sum": ("it adds up plain values, so training cannot call it", _NAME),
}
"""Names that Keras exports here and a spec or training cannot use: why not, and what to do instead."""

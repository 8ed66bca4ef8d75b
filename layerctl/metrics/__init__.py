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
"""Names, in any case, for which Keras picks the class by the output's shape."""

UNUSABLE = {
    "Metric": "it is the base of the others",
    "MeanMetricWrapper": "it wraps a Python function; name the metric itself",
    "Mean": "it averages values and takes no targets, so Keras cannot call it in training",
    "Sum": "it adds up values and takes no targets, so Keras cannot call it in training",
}
"""Classes of `keras.metrics` that a spec cannot express, or training cannot call, and why."""

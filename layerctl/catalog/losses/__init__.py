"""What training minimizes: one loss of Keras a file."""

ALIASES = {
    **dict.fromkeys(("bce", "BCE"), "BinaryCrossentropy"),
    **dict.fromkeys(("kld", "KLD"), "KLDivergence"),
    **dict.fromkeys(("mae", "MAE"), "MeanAbsoluteError"),
    **dict.fromkeys(("mape", "MAPE"), "MeanAbsolutePercentageError"),
    **dict.fromkeys(("mse", "MSE"), "MeanSquaredError"),
    **dict.fromkeys(("msle", "MSLE"), "MeanSquaredLogarithmicError"),
}
"""Other names that `keras.losses.get` accepts."""

BY_SHAPE = frozenset(("crossentropy", "ce"))
"""Names, in upper or lower case, for which Keras picks the class by the output's shape."""

NOT_EXPRESSIBLE = {"Loss": ("it is the base of the others", "name one of the losses, such as `mse`")}
"""Names that Keras exports here and a spec cannot use: why not, and what to do instead."""

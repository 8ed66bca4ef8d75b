from layerctl.catalog.metrics._base import Error, Name


class MeanSquaredLogarithmicError(Error):
    """The mean squared error of log(1 + x)."""

    name: Name = "mean_squared_logarithmic_error"

from layerctl.catalog.metrics._base import Error, Name


class MeanSquaredError(Error):
    """The mean of the squared errors."""

    name: Name = "mean_squared_error"

from layerctl.catalog.metrics._base import Error, Name


class RootMeanSquaredError(Error):
    """The root of the mean of the squared errors: in the target's unit."""

    name: Name = "root_mean_squared_error"

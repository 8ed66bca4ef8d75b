from layerctl.catalog.losses._base import Name, RegressionLoss


class MeanSquaredError(RegressionLoss):
    """The mean of the squared errors."""

    name: Name = "mean_squared_error"

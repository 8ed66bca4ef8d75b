from layerctl.catalog.losses._base import Name, RegressionLoss


class MeanSquaredLogarithmicError(RegressionLoss):
    """The mean squared error of log(1 + x); for targets that grow by factors."""

    name: Name = "mean_squared_logarithmic_error"

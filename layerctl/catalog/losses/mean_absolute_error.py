from layerctl.catalog.losses._base import Name, RegressionLoss


class MeanAbsoluteError(RegressionLoss):
    """The mean of the absolute errors."""

    name: Name = "mean_absolute_error"

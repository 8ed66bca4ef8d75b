from layerctl.catalog.losses._base import Name, RegressionLoss


class MeanAbsolutePercentageError(RegressionLoss):
    """The mean absolute error in per cent of the target; unsuited to targets near 0."""

    name: Name = "mean_absolute_percentage_error"

from layerctl.catalog.metrics._base import Error, Name


class MeanAbsolutePercentageError(Error):
    """The mean absolute error in per cent of the target."""

    name: Name = "mean_absolute_percentage_error"

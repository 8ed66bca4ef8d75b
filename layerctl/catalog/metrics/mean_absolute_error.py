from layerctl.catalog.metrics._base import Error, Name


class MeanAbsoluteError(Error):
    """The mean of the absolute errors."""

    name: Name = "mean_absolute_error"

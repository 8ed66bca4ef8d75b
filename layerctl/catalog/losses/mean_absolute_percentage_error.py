from pydantic import Field

from layerctl.catalog.losses._base import RegressionLoss


class MeanAbsolutePercentageError(RegressionLoss):
    """The mean absolute error in per cent of the target; unsuited to targets near 0."""

    name: str | None = Field("mean_absolute_percentage_error", description="the loss's name.")

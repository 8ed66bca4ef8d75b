from pydantic import Field

from layerctl.catalog.losses._base import RegressionLoss


class MeanAbsoluteError(RegressionLoss):
    """The mean of the absolute errors."""

    name: str | None = Field("mean_absolute_error", description="the loss's name.")

from pydantic import Field

from layerctl.catalog.losses._base import RegressionLoss


class MeanSquaredError(RegressionLoss):
    """The mean of the squared errors."""

    name: str | None = Field("mean_squared_error", description="the loss's name.")

from pydantic import Field

from layerctl.catalog.losses._base import RegressionLoss


class MeanSquaredLogarithmicError(RegressionLoss):
    """The mean squared error of log(1 + x); for targets that grow by factors."""

    name: str | None = Field("mean_squared_logarithmic_error", description="the loss's name.")

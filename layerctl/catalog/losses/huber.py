from pydantic import Field, PositiveFloat

from layerctl.catalog.losses._base import Name, RegressionLoss


class Huber(RegressionLoss):
    """Squared error up to `delta`, linear beyond: robust to outliers."""

    delta: PositiveFloat = Field(1.0, description="the error at which the loss turns from squared to linear.")
    name: Name = "huber_loss"

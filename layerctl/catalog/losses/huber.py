from pydantic import Field, PositiveFloat

from layerctl.catalog.losses._base import RegressionLoss


class Huber(RegressionLoss):
    """Squared up to `delta`, absolute beyond: less moved by outliers."""

    delta: PositiveFloat = Field(1.0, description="the error at which the loss turns from squared to linear.")
    name: str | None = Field("huber_loss", description="the loss's name.")

from pydantic import Field

from layerctl.catalog.losses._base import RegressionLoss


class Poisson(RegressionLoss):
    """The Poisson loss: outputs are expected counts."""

    name: str | None = Field("poisson", description="the loss's name.")

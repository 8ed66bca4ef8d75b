from pydantic import Field

from layerctl.catalog.losses._base import RegressionLoss


class LogCosh(RegressionLoss):
    """The logarithm of the hyperbolic cosine of the error: squared near 0, absolute far away."""

    name: str | None = Field("log_cosh", description="the loss's name.")

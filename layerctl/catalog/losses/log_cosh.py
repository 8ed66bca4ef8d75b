from pydantic import Field

from layerctl.catalog.losses._base import RegressionLoss


class LogCosh(RegressionLoss):
    """The logarithm of the hyperbolic cosine of the error: like a squared error near 0, like an absolute error far away."""

    name: str | None = Field("log_cosh", description="the loss's name.")

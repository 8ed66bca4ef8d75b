from layerctl.catalog.losses._base import Name, RegressionLoss


class LogCosh(RegressionLoss):
    """The logarithm of the hyperbolic cosine of the error: like a squared error near 0, like an absolute error far away."""

    name: Name = "log_cosh"

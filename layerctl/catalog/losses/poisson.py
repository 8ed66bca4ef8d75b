from layerctl.catalog.losses._base import Name, RegressionLoss


class Poisson(RegressionLoss):
    """The Poisson loss: outputs are expected counts."""

    name: Name = "poisson"

from layerctl.catalog.metrics._base import Error, Name


class Poisson(Error):
    """The Poisson loss: outputs are expected counts."""

    name: Name = "poisson"

from layerctl.catalog.metrics._base import Error, Name


class KLDivergence(Error):
    """The Kullback-Leibler divergence of the target distribution from the output distribution."""

    name: Name = "kl_divergence"

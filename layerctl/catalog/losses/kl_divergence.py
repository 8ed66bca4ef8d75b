from layerctl.catalog.losses._base import DISTRIBUTION, Loss, Name


class KLDivergence(Loss):
    """The Kullback-Leibler divergence of the target distribution from the output distribution."""

    wants = DISTRIBUTION

    name: Name = "kl_divergence"

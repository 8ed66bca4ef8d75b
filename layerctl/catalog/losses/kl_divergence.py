from typing import ClassVar

from layerctl.catalog.losses._base import DISTRIBUTION, Loss, Name


class KLDivergence(Loss):
    """The Kullback-Leibler divergence of the target distribution from the output distribution."""

    wants: ClassVar[frozenset[str]] = DISTRIBUTION

    name: Name = "kl_divergence"

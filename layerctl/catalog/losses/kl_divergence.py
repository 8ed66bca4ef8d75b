from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.losses._base import DISTRIBUTION, Loss


class KLDivergence(Loss):
    """The Kullback-Leibler divergence of the target distribution from the output's."""

    wants: ClassVar[frozenset[str]] = DISTRIBUTION

    name: str | None = "kl_divergence"

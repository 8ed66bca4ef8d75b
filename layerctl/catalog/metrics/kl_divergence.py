from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.metrics._base import Direction, Metric


class KLDivergence(Metric):
    """The Kullback-Leibler divergence of the target distribution from the output's."""

    direction: ClassVar[Direction] = "min"

    name: str | None = "kl_divergence"

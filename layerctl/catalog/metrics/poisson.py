from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.metrics._base import Direction, Metric


class Poisson(Metric):
    """The Poisson loss: outputs are expected counts."""

    direction: ClassVar[Direction] = "min"

    name: str | None = "poisson"

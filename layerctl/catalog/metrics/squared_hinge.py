from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.metrics._base import Direction, Metric


class SquaredHinge(Metric):
    """The square of the hinge."""

    direction: ClassVar[Direction] = "min"

    name: str | None = "squared_hinge"

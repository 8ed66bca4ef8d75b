from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.metrics._base import Direction, Metric


class CategoricalHinge(Metric):
    """How far the best wrong class comes within 1 of the right one, targets one-hot."""

    direction: ClassVar[Direction] = "min"

    name: str | None = "categorical_hinge"

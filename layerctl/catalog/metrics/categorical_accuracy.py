from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.metrics._base import Direction, Metric


class CategoricalAccuracy(Metric):
    """How often the largest output is at the right class, targets one-hot."""

    direction: ClassVar[Direction] = "max"

    name: str | None = "categorical_accuracy"

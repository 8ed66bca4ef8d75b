from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.metrics._base import Direction, Metric, Targets


class SparseCategoricalAccuracy(Metric):
    """How often the largest output is at the right class, targets as class numbers."""

    direction: ClassVar[Direction] = "max"
    targets: ClassVar[Targets] = "index"

    name: str | None = "sparse_categorical_accuracy"

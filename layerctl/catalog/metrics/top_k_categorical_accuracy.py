from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import PositiveInt
from layerctl.catalog.metrics._base import Direction, Metric


class TopKCategoricalAccuracy(Metric):
    """How often the right class is among the k largest outputs, targets one-hot.

    Args:
        k: how many outputs count.
    """

    direction: ClassVar[Direction] = "max"

    k: PositiveInt = 5
    name: str | None = "top_k_categorical_accuracy"

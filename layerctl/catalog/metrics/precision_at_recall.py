from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import NonNegativeInt, PositiveInt, Rate
from layerctl.catalog.metrics._base import Direction, Metric


class PrecisionAtRecall(Metric):
    """The best precision at a recall of at least this.

    Args:
        recall: the least recall.
        num_thresholds: how many thresholds are tried.
        class_id: the one class to look at; all by default.
    """

    direction: ClassVar[Direction] = "max"

    recall: Rate
    num_thresholds: PositiveInt = 200
    class_id: NonNegativeInt | None = None

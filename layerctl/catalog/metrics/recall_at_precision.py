from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import NonNegativeInt, PositiveInt, Rate
from layerctl.catalog.metrics._base import Direction, Metric


class RecallAtPrecision(Metric):
    """The best recall at a precision of at least this.

    Args:
        precision: the least precision.
        num_thresholds: how many thresholds are tried.
        class_id: the one class to look at; all by default.
    """

    direction: ClassVar[Direction] = "max"

    precision: Rate
    num_thresholds: PositiveInt = 200
    class_id: NonNegativeInt | None = None

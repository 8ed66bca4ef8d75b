from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import NonNegativeInt, PositiveInt, Rate
from layerctl.catalog.metrics._base import Direction, Metric


class SpecificityAtSensitivity(Metric):
    """The best specificity at a sensitivity of at least this.

    Args:
        sensitivity: the least sensitivity.
        num_thresholds: how many thresholds are tried.
        class_id: the one class to look at; all by default.
    """

    direction: ClassVar[Direction] = "max"

    sensitivity: Rate
    num_thresholds: PositiveInt = 200
    class_id: NonNegativeInt | None = None

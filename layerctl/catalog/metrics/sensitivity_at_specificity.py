from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import NonNegativeInt, PositiveInt, Rate
from layerctl.catalog.metrics._base import Direction, Metric


class SensitivityAtSpecificity(Metric):
    """The best sensitivity at a specificity of at least this.

    Args:
        specificity: the least specificity.
        num_thresholds: how many thresholds are tried.
        class_id: the one class to look at; all by default.
    """

    direction: ClassVar[Direction] = "max"

    specificity: Rate
    num_thresholds: PositiveInt = 200
    class_id: NonNegativeInt | None = None

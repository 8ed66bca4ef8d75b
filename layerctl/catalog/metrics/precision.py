from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import NonNegativeInt, PositiveInt
from layerctl.catalog.metrics._base import Direction, Metric, Thresholds


class Precision(Metric):
    """Of what was taken for 1, the part that is.

    Args:
        thresholds: from where an output counts as 1: one number, or several for a figure each; 0.5 by default.
        top_k: only the k largest outputs count as 1.
        class_id: the one class to look at; all by default.
    """

    direction: ClassVar[Direction] = "max"

    thresholds: Thresholds = None
    top_k: PositiveInt | None = None
    class_id: NonNegativeInt | None = None

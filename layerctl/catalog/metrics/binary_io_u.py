from __future__ import annotations

from typing import ClassVar, Literal

from layerctl.catalog import Rate
from layerctl.catalog.metrics._base import Direction, Metric


class BinaryIoU(Metric):
    """IoU of class 0 or 1 or the mean of both, outputs cut at a threshold.

    Args:
        target_class_ids: the classes whose mean is reported.
        threshold: from where an output counts as 1.
    """

    direction: ClassVar[Direction] = "max"

    target_class_ids: tuple[Literal[0, 1], ...] = (0, 1)
    threshold: Rate = 0.5

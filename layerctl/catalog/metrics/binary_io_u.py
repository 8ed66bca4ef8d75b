from typing import ClassVar, Literal

from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.metrics._base import Direction, Metric


class BinaryIoU(Metric):
    """IoU of class 0 or 1 or the mean of both, outputs cut at a threshold."""

    direction: ClassVar[Direction] = "max"

    target_class_ids: tuple[Literal[0, 1], ...] = Field((0, 1), description="the classes whose mean is reported.")
    threshold: Rate = Field(0.5, description="from where an output counts as 1.")

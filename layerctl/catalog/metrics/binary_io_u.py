from typing import Literal

from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.metrics._base import Score


class BinaryIoU(Score):
    """IoU of class 0 or 1 or the mean of both, with a threshold for outputs."""

    target_class_ids: tuple[Literal[0, 1], ...] = Field((0, 1), description="the classes over which the mean is computed.")
    threshold: Rate = Field(0.5, description="the threshold: larger outputs count as 1.")

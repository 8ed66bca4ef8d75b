from typing import ClassVar

from pydantic import Field, NonNegativeInt, PositiveInt

from layerctl.catalog.metrics._base import ByThreshold, Direction, Thresholds


class Precision(ByThreshold):
    """The share of targets of 1 among the outputs that count as 1."""

    direction: ClassVar[Direction] = "max"

    thresholds: Thresholds = Field(None, description="larger outputs count as 1; a list gives a result for each. 0.5 by default.")
    top_k: PositiveInt | None = Field(None, description="how many of the largest outputs count as 1.")
    class_id: NonNegativeInt | None = Field(None, description="the class to evaluate; all by default.")

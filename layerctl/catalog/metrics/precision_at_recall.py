from typing import ClassVar

from pydantic import Field, NonNegativeInt, PositiveInt

from layerctl.catalog import Rate
from layerctl.catalog.metrics._base import Direction, Metric


class PrecisionAtRecall(Metric):
    """The best precision at a recall of at least `recall`."""

    direction: ClassVar[Direction] = "max"

    recall: Rate = Field(description="the lowest recall allowed.")
    num_thresholds: PositiveInt = Field(200, description="the number of thresholds that are tried.")
    class_id: NonNegativeInt | None = Field(None, description="the class to evaluate; all by default.")

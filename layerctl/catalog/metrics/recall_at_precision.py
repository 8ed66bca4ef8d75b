from typing import ClassVar

from pydantic import Field, NonNegativeInt, PositiveInt

from layerctl.catalog import Rate
from layerctl.catalog.metrics._base import Direction, Metric


class RecallAtPrecision(Metric):
    """The best recall at a precision of at least `precision`."""

    direction: ClassVar[Direction] = "max"

    precision: Rate = Field(description="the lowest precision allowed.")
    num_thresholds: PositiveInt = Field(200, description="the number of thresholds that are tried.")
    class_id: NonNegativeInt | None = Field(None, description="the class to evaluate; all by default.")

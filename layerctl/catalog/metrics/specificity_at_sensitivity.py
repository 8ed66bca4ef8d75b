from typing import ClassVar

from pydantic import Field, NonNegativeInt, PositiveInt

from layerctl.catalog import Rate
from layerctl.catalog.metrics._base import Direction, Metric


class SpecificityAtSensitivity(Metric):
    """The best specificity at a sensitivity of at least `sensitivity`."""

    direction: ClassVar[Direction] = "max"

    sensitivity: Rate = Field(description="the lowest sensitivity allowed.")
    num_thresholds: PositiveInt = Field(200, description="the number of thresholds that are tried.")
    class_id: NonNegativeInt | None = Field(None, description="the class to evaluate; all by default.")

from typing import ClassVar

from pydantic import Field, NonNegativeInt, PositiveInt

from layerctl.catalog import Rate
from layerctl.catalog.metrics._base import Direction, Metric


class SpecificityAtSensitivity(Metric):
    """The best specificity at a sensitivity of at least this."""

    direction: ClassVar[Direction] = "max"

    sensitivity: Rate = Field(description="the least sensitivity.")
    num_thresholds: PositiveInt = Field(200, description="how many thresholds are tried.")
    class_id: NonNegativeInt | None = Field(None, description="the one class to look at; all by default.")

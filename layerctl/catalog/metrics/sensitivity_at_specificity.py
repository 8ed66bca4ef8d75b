from typing import ClassVar

from pydantic import Field, NonNegativeInt, PositiveInt

from layerctl.catalog import Rate
from layerctl.catalog.metrics._base import Direction, Metric


class SensitivityAtSpecificity(Metric):
    """The best sensitivity at a specificity of at least `specificity`."""

    direction: ClassVar[Direction] = "max"

    specificity: Rate = Field(description="the lowest specificity allowed.")
    num_thresholds: PositiveInt = Field(200, description="the number of thresholds that are tried.")
    class_id: NonNegativeInt | None = Field(None, description="the class to evaluate; all by default.")

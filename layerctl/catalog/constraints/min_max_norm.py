from typing import Self

from pydantic import Field, NonNegativeFloat, model_validator

from layerctl.catalog import ArgumentError, Rate
from layerctl.catalog.constraints._base import Norm


class MinMaxNorm(Norm):
    """Scales norms towards a range."""

    min_value: NonNegativeFloat = Field(0.0, description="the smallest norm.")
    max_value: NonNegativeFloat = Field(1.0, description="the largest norm.")
    rate: Rate = Field(1.0, description="the share of the distance to the range that each update corrects; 1 enforces the range.")

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.min_value > self.max_value:
            field = "min_value" if "min_value" in self.model_fields_set else "max_value"
            message = f"`min_value` {self.min_value} is above `max_value` {self.max_value}"
            raise ArgumentError(field, message, "give both, the smaller one first")
        return self

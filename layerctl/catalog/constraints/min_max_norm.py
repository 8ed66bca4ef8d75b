from __future__ import annotations

from typing import Self

from layerctl.base.model import model_validator
from layerctl.catalog import ArgumentError, NonNegativeFloat, Rate
from layerctl.catalog.constraints._base import Norm


class MinMaxNorm(Norm):
    """Scales norms towards a range.

    Args:
        min_value: the smallest norm.
        max_value: the largest norm.
        rate: how much of the way each update goes; 1 holds the range strictly.
        axis: the axis, or axes, along which norms are taken: 0 for each unit of a Dense, [0, 1, 2] for each filter of a Conv2D.
    """

    min_value: NonNegativeFloat = 0.0
    max_value: NonNegativeFloat = 1.0
    rate: Rate = 1.0

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.min_value > self.max_value:
            field = "min_value" if "min_value" in self.model_fields_set else "max_value"
            message = f"`min_value` {self.min_value} is above `max_value` {self.max_value}"
            raise ArgumentError(field, message, "give both, the smaller one first")
        return self

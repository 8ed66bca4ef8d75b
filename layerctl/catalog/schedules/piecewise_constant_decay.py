from __future__ import annotations

from itertools import pairwise
from typing import Self

from layerctl.base.model import model_validator
from layerctl.catalog import ArgumentError, NonNegativeFloat, NonNegativeInt
from layerctl.catalog.schedules._base import Schedule


class PiecewiseConstantDecay(Schedule):
    """One learning rate up to the first boundary, another up to the second, …

    Args:
        boundaries: the steps at which the learning rate changes, in order.
        values: one learning rate more than there are boundaries.
        name: of the operation.
    """

    boundaries: tuple[NonNegativeInt, ...]
    values: tuple[NonNegativeFloat, ...]
    name: str = "PiecewiseConstant"

    @model_validator(mode="after")
    def _one_value_more(self) -> Self:
        if len(self.values) != len(self.boundaries) + 1:
            message = f"{len(self.boundaries)} boundaries need {len(self.boundaries) + 1} values, got {len(self.values)}"
            raise ArgumentError("values", message, "give one value before the first boundary, and one after each")
        if any(a >= b for a, b in pairwise(self.boundaries)):
            raise ArgumentError("boundaries", "the boundaries must rise", "write them in order, each once")
        return self

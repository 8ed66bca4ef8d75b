from itertools import pairwise
from typing import ClassVar, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, model_validator

from layerctl.catalog import ArgumentError
from layerctl.catalog.schedules._base import LITTLE, Schedule


class PiecewiseConstantDecay(Schedule):
    """One learning rate up to the first boundary, another up to the second, …"""

    length_field: ClassVar[str] = "boundaries"

    boundaries: tuple[NonNegativeInt, ...] = Field(description="the steps at which the learning rate changes, in order.")
    values: tuple[NonNegativeFloat, ...] = Field(description="one learning rate more than there are boundaries.")
    name: str = Field("PiecewiseConstant", description="the name of the operation.")

    @model_validator(mode="after")
    def _one_value_more(self) -> Self:
        if len(self.values) != len(self.boundaries) + 1:
            message = f"{len(self.boundaries)} boundaries need {len(self.boundaries) + 1} values, got {len(self.values)}"
            raise ArgumentError("values", message, "give one value before the first boundary, and one after each")
        if any(a >= b for a, b in pairwise(self.boundaries)):
            raise ArgumentError("boundaries", "the boundaries must rise", "write them in order, each once")
        return self

    @property
    def highest(self) -> float:
        return max(self.values)

    @property
    def over_after(self) -> float | None:
        return self.boundaries[-1] if self.boundaries and self.values[-1] <= LITTLE * self.highest else None

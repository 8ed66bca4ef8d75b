"""What initializers share: a seed, and the scaling by the number of a weight's inputs and outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic_core import PydanticCustomError

from layerctl.base.model import BeforeValidator
from layerctl.base.shapes import FLOATS
from layerctl.catalog import OfWeight, Says, Seed, declared_order


def _axes_or_none(value: object) -> object:
    if value is None or (isinstance(value, tuple) and all(type(axis) is int for axis in value)):
        return value
    raise PydanticCustomError("axes", "axes")


WeightAxes = Annotated[Any, BeforeValidator(_axes_or_none), Says("a list of integers, or null")]


class Initializer(OfWeight):
    """How a weight begins."""

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        return declared_order(cls)


class Random(Initializer):
    """Draws values at random."""

    dtypes: ClassVar[frozenset[str] | None] = FLOATS

    seed: Seed | None = None


class FanScaled(Random):
    """Draws values whose spread follows from the numbers of inputs (fan_in) and outputs (fan_out) of the weight."""

    seed: Seed | None = None  # again here, because in Keras it stands before these two
    input_axes: WeightAxes = None
    output_axes: WeightAxes = None

    def misfit(self, shape: Sequence[int | None]) -> str | None:
        if self.input_axes is None or self.output_axes is None:
            return None  # Keras uses both or neither
        wrong = next((axis for axis in (*self.input_axes, *self.output_axes) if not -len(shape) <= axis < len(shape)), None)
        return None if wrong is None else f"has no axis {wrong}, which `input_axes` and `output_axes` name"

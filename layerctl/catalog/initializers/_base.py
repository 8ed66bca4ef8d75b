"""The base classes of initializers: a seed, and scaling by the number of a weight's inputs and outputs."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from layerctl.base.shapes import FLOATS
from layerctl.catalog import OfWeight, Says, Seed


def _axes_or_none(value: object) -> object:
    if value is None or (isinstance(value, tuple) and all(type(axis) is int for axis in value)):
        return value
    raise PydanticCustomError("axes", "axes")


WeightAxes = Annotated[
    Any, BeforeValidator(_axes_or_none, json_schema_input_type=tuple[int, ...] | None), Says("a list of integers, or null")
]


class Initializer(OfWeight):
    """Initial values of a weight."""


class Random(Initializer):
    """Draws values at random."""

    dtypes = FLOATS

    seed: Seed | None = Field(None, description="makes the random values repeatable.")


class FanScaled(Random):
    """Draws values whose variance depends on the numbers of inputs (fan_in) and outputs (fan_out) of the weight."""

    seed: Seed | None = Field(
        None, description="makes the random values repeatable."
    )  # repeated, because in Keras it comes before the next two
    input_axes: WeightAxes = Field(
        None, description="the axes that count as inputs; by default those that the weight of a Dense or a convolution has."
    )
    output_axes: WeightAxes = Field(None, description="the axes that count as outputs, given together with `input_axes`.")

    def misfit(self, shape: Sequence[int | None]) -> str | None:
        if self.input_axes is None or self.output_axes is None:
            return None  # Keras uses both or neither
        wrong = next((axis for axis in (*self.input_axes, *self.output_axes) if not -len(shape) <= axis < len(shape)), None)
        return None if wrong is None else f"has no axis {wrong}, which `input_axes` and `output_axes` name"

from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from layerctl.base.shapes import Shape, same, text
from layerctl.catalog import Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Layer, Refusal, Tree
from layerctl.catalog.layers._codes import ShapeDoesNotSuit


def _numbers(value: object) -> object:
    """Accepts a finite number, or a list of them for the channels."""
    parts = value if isinstance(value, tuple) else (value,)
    if not parts or any(type(part) not in (int, float) for part in parts):
        raise PydanticCustomError("numbers", "no numbers")
    if not all(abs(part) < float("inf") for part in parts):
        raise ValueError
    return value


PerChannel = Annotated[float | tuple[float, ...], BeforeValidator(_numbers), Says("a number, or a list of one for each channel")]


class Rescaling(Layer):
    """Multiplies every value by `scale` and adds `offset`, in training and inference.

    Input shape: any. Integers become floats.

    Output shape: the input's.

    Example:
        ```yaml
        - Rescaling: $(1 / 255)
        ```
    """

    category = "preprocessing"
    fixed_reach = "place"
    affine = True
    required_in_config = ("offset",)
    masks = "passes"
    stricter = {
        "no figures": "An empty list of numbers is refused: it fits no number of channels.",
        "batch of numbers": "A list of numbers is refused if the batch is the only axis.",
    }

    scale: PerChannel = Field(description="the factor: a number, or a list of one for each channel.")
    offset: PerChannel = Field(0.0, description="what is added: a number, or a list of one for each channel.")

    def compute_output_shape(self, shape: Shape) -> Shape:
        for name in ("scale", "offset"):
            value = getattr(self, name)
            if isinstance(value, tuple) and len(value) > 1 and (len(shape) == 1 or not same(shape[-1], len(value))):
                raise Refusal(
                    ShapeDoesNotSuit,
                    f"`{name}` has {len(value)} values, one for each position of the last axis; the input is {text(shape)}",
                    label=f"got {text(shape)}",
                    help="give one number for all, or as many as the input has channels",
                )
        return shape

    def output(self, call: Call) -> Tree:
        checks.numeric(call.x, "Rescaling")
        return super().output(call)

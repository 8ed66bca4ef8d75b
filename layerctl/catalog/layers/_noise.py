"""The base classes of layers that disturb their input in training, and pass it on unchanged in inference."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, PositiveInt
from pydantic_core import PydanticCustomError

from layerctl.base.shapes import Shape, same, text
from layerctl.catalog import Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Layer, Refusal
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongDtype


def _noise_shape(value: object) -> object:
    if value is None:
        return value
    if not isinstance(value, tuple) or not all(dim is None or type(dim) is int for dim in value):
        raise PydanticCustomError("noise_shape", "noise_shape")
    if not all(dim is None or dim > 0 for dim in value):
        raise ValueError
    return value


NoiseShape = Annotated[
    Any,
    BeforeValidator(_noise_shape, json_schema_input_type=tuple[PositiveInt | None, ...] | None),
    Says("a list of positive integers or `null`, one for each axis, the batch first"),
    Field(
        description="the shape of the random mask, the batch first: 1 along an axis whose values are treated alike, null "
        "for the input's size."
    ),
]


class Noise(Layer):
    """A layer that changes its input in training only.

    Input shape: any.

    Output shape: the input's.
    """

    category = "regularization"
    keeps_dtype_when_run = True
    elementwise = True
    is_identity = True
    random_in_training = True
    call_arguments = ("inputs", "training")
    masks = "passes"
    stricter = {
        "a list": "A list of tensors is refused; Keras accepts one if the arguments make the layer do nothing.",
    }


class ShapedNoise(Noise):
    """A layer whose noise has the shape of its argument `noise_shape`."""

    stricter = {
        "noise shape": "A `noise_shape` is refused if it fits only when an unknown axis happens to be as long as the "
        "batch; an invalid one is refused even at a rate of 0.",
    }

    if TYPE_CHECKING:
        noise_shape: NoiseShape

    @property
    def depends_on_shape(self) -> bool:  # type: ignore[override]  # on the argument
        return self.noise_shape is not None


def noise_fits(noise: Shape | None, shape: Shape) -> None:
    """Checks that the random mask, of shape `noise_shape`, broadcasts to the input without making it larger.

    Keras counts axes from the left to replace null, but broadcasts from the right; it fails in training only.
    """
    if noise is None:
        return
    offset = len(shape) - len(noise)
    if offset < 0 or not all(_axis_fits(noise, i, shape, offset) for i in range(len(noise))):
        shown = ", ".join("null" if dim is None else str(dim) for dim in noise)
        raise Refusal(
            ShapeDoesNotSuit,
            f"`noise_shape` [{shown}] does not fit the input {text(shape)}",
            help=f"write {len(shape)} entries: `null` for a dimension of the input, 1 for one whose values share their fate",
        )


def _axis_fits(noise: Shape, index: int, shape: Shape, offset: int) -> bool:
    drawn, target = noise[index], shape[index + offset]
    if drawn is None:
        drawn = shape[index]
        return drawn == 1 or offset == 0 or (drawn is not None and same(drawn, target))
    return drawn == 1 or same(drawn, target)


def drawn_in_compute_dtype(call: Call, work: str) -> None:
    """Checks that the input has the compute dtype, in which the noise is drawn."""
    checks.floating(call.x, work)
    if call.x.dtype != call.policy.compute:
        message = f"{work} draws {call.policy.compute} for an input of {call.x.dtype}, which do not go together"
        raise Refusal(WrongDtype, message, label=f"got {call.x.dtype}", help="leave `autocast` at true")

"""The base classes of layers that prepare or augment images, and the types of their arguments."""

from functools import partial
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, PositiveInt
from pydantic_core import PydanticCustomError

from layerctl.base.shapes import Dim, Shape, text
from layerctl.catalog import Says, Seed
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import FLOATS, Call, HasDataFormat, ImageFormat, Layer, Refusal, Tree
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongDtype

BoxFormat = Literal["xyxy", "yxyx", "xywh", "center_xywh", "rel_xyxy", "rel_yxyx", "rel_xywh"]
FillMode = Literal["reflect", "wrap", "constant", "nearest"]
Interpolation = Literal["bilinear", "nearest"]


def _rising(value: object) -> object:
    if isinstance(value, tuple) and len(value) == 2 and all(type(end) in (int, float) for end in value) and value[0] >= value[1]:
        raise ValueError
    return value


ValueRange = Annotated[
    tuple[float, float],
    BeforeValidator(_rising),
    Says("a list of two numbers, the lowest value of a pixel and then the highest"),
]

NOT_HALF = FLOATS - {"float16"}
"""The compute dtypes of layers that use an operation which TensorFlow lacks for float16."""


def _factor(value: object, low: float, high: float, *, open: bool = False, integer: bool = False) -> object:
    """Accepts a number or a tuple of two within limits; `open` excludes `low` itself, `integer` allows integers only."""
    parts = value if isinstance(value, tuple) else (value,)
    if any(type(part) is not int and (integer or type(part) is not float) for part in parts):
        raise PydanticCustomError("factor", "no numbers")
    if isinstance(value, tuple) and len(value) != 2:
        raise PydanticCustomError("too_long" if len(value) > 2 else "too_short", "not two")
    if not all(low <= part <= high and not (open and part == low) for part in parts):
        raise ValueError
    return value


Numbers = float | tuple[float, float]
Share = Annotated[
    Numbers,
    BeforeValidator(partial(_factor, low=0, high=1)),
    Says("a number from 0 to 1, or a list of the lowest and the highest"),
]
Signed = Annotated[
    Numbers,
    BeforeValidator(partial(_factor, low=-1, high=1)),
    Says("a number from -1 to 1, or a list of the lowest and the highest"),
]
Zoom = Annotated[
    Numbers,
    BeforeValidator(partial(_factor, low=-1, high=1, open=True)),
    Says("a number above -1 and up to 1, or a list of the lowest and the highest"),
]
Bits = Annotated[
    PositiveInt | tuple[PositiveInt, PositiveInt],
    BeforeValidator(partial(_factor, low=1, high=8, integer=True)),
    Says("an integer from 1 to 8, or a list of the lowest and the highest"),
]


class Images(HasDataFormat, Layer):
    """A layer that takes batches of images.

    Input shape: (batch, height, width, channels), or (batch, channels, height, width) with `channels_first`.

    Output shape: the input's.
    """

    category = "preprocessing"
    own_first = True
    call_arguments = ("data", "training")
    computes_in: ClassVar[frozenset[str] | None] = None
    """The compute dtypes in which it works; None for all floats."""
    colours: ClassVar[tuple[int, ...]] = ()
    """The numbers of channels that it works on; empty for any."""
    pipeline_takes_any_size: ClassVar[bool] = True
    """Whether it works on images of unknown size in a Pipeline too, where Keras traces it to find the output shape."""
    stricter = {
        "one image": "A single image is refused: Keras would take the batch for its height.",
        "modes": "An unknown name of a mode is refused even if Keras does not use the argument.",
        "idle numbers": "0 boxes, and a range of values that does not rise, are refused even if Keras does not use them.",
        "factors": "Both numbers of a list of factors are checked; for some layers Keras checks only one.",
    }

    data_format: ImageFormat = None
    bounding_box_format: BoxFormat | None = Field(
        None, description="the format of bounding boxes; has no effect in a spec, where the layer gets images only."
    )

    def output(self, call: Call) -> Tree:
        images(call, self.keras_name(), self.data_format)
        if self.computes_in is not None and call.policy.compute not in self.computes_in:
            message = f"{self.keras_name()} cannot compute in {call.policy.compute}"
            raise Refusal(WrongDtype, message, help="use `dtype: float32` for this layer")
        return call.result(self.compute_output_shape(call.x.shape))

    def compute_output_shape(self, shape: Shape) -> Shape:
        self.channels(shape, *self.colours)
        return shape

    def output_in_pipeline(self, call: Call) -> Tree:
        output = self.output(call)
        why = f"{self.keras_name()} needs it in a Pipeline"
        first = self.channel_axis == 1
        for axis in range(1, 4):
            if not self.pipeline_takes_any_size or axis == (1 if first else 3):
                checks.known(call.x.shape, axis, why)
        return output

    def channels(self, shape: Shape, *counts: int) -> None:
        """Checks that the images have one of these numbers of channels, if there are any."""
        number = shape[self.channel_axis]
        if counts and number is not None and number not in counts:
            wanted = " or ".join(map(str, counts))
            in_front = not self.data_format and shape[1] in counts
            where = "" if not in_front else "; with the channels in front write `data_format: channels_first`"
            raise Refusal(
                ShapeDoesNotSuit,
                f"{self.keras_name()} works on colours, images of {wanted} channels; got {number} in {text(shape)}",
                label=f"{number} channels",
                help=f"give it images of {counts[0]} channels{where}",
            )

    def sides(self, shape: Shape) -> tuple[Dim, Dim]:
        """Height and width."""
        height, width = shape[2:] if self.channel_axis == 1 else shape[1:3]
        return height, width

    def sized(self, shape: Shape, height: Dim, width: Dim) -> Shape:
        """The shape of the images with another height and width."""
        batch, channels = shape[0], shape[self.channel_axis]
        return (batch, channels, height, width) if self.channel_axis == 1 else (batch, height, width, channels)


class Augmentation(Images):
    """A layer that changes images at random in training, and passes them on unchanged in inference."""

    random_in_training = True

    seed: Seed | None = Field(None, description="makes the random draws repeatable.")

    @property
    def keeps_values(self) -> bool:
        return True


def images(call: Call, name: str, data_format: str | None) -> None:
    """Checks for a batch of images. Keras accepts rank 3 too, and would take the batch for the height of one image."""
    checks.numeric(call.x, name)
    first = data_format == "channels_first"
    axes = "(batch, channels, height, width)" if first else "(batch, height, width, channels)"
    checks.rank(call.x.shape, 4, axes=axes)

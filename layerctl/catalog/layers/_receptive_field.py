"""Which part of its input an output value depends on, and which axis holds the channels."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field

from layerctl.base.shapes import Dim, Shape
from layerctl.catalog import Axes
from layerctl.catalog.layers._values import AboutValues

DataFormat = Literal["channels_last", "channels_first"]


def _described(axes: str) -> str:
    last, first = f"(batch, {axes}, channels)", f"(batch, channels, {axes})"
    return f"`channels_last`, {last}, or `channels_first`, {first}; null is `channels_last`."


ImageFormat = Annotated[DataFormat | None, Field(description=_described("height, width"))]
VolumeFormat = Annotated[DataFormat | None, Field(description=_described("depth, height, width"))]


class Slide(NamedTuple):
    """How a window moves along one axis of the input.

    Attributes:
        dim: the length of the axis.
        window: the number of positions that the window covers.
        stride: the step from one output position to the next.
        spread: the factor by which the input is enlarged before the window moves over it.
    """

    dim: Dim
    window: int
    stride: int
    spread: int = 1


Reach = tuple[Slide, ...] | Literal["place", "all"] | None
"""What one output value depends on: a window along each axis between batch and channels; only its own `place` along these axes;
`all` of the input; or None: not known."""

FixedReach = Literal["place", "all"] | None


class AboutReceptiveField(AboutValues):
    """What one output value depends on in inference. By default it is not known.

    Class attributes:
        fixed_reach: the reach, if it is the same for all inputs; that of an elementwise layer is always `place`.
        moves_window: whether a window moves over the input, as `reach` says.
        makes_channels: whether each channel of the output is computed from all, or a group, of the input's.
    """

    fixed_reach: ClassVar[FixedReach] = None
    moves_window: ClassVar[bool] = False
    makes_channels: ClassVar[bool] = False

    def reach(self, shape: Shape) -> Reach:
        """The part of an input of that shape that one output value depends on."""
        return "place" if self.elementwise else self.fixed_reach

    @property
    def channels_first(self) -> bool | None:
        """Whether the channels come before the other axes; None if the layer has no `data_format` and keeps them in place."""
        return None

    @property
    def channel_axis(self) -> int:
        """The axis that holds the channels, or features."""
        return 1 if self.channels_first else -1

    def channels_at(self, rank: int) -> int | None:
        """The axis of its input, which has `rank` axes, that the layer takes for the channels; None if it works with any."""
        return None


class HasDataFormat(AboutReceptiveField):
    """A layer with an argument `data_format`, which says where the channels are."""

    if TYPE_CHECKING:  # each family declares it where Keras's constructor has it
        data_format: DataFormat | None

    @property
    def channels_first(self) -> bool | None:
        return self.data_format == "channels_first"

    def channels_at(self, rank: int) -> int | None:
        return 1 if self.channels_first else rank - 1


class AlongAxis(AboutReceptiveField):
    """A layer that works along its argument `axis`; unless fixed, its reach is `place` along the last axis, else `all`."""

    elementwise = False

    if TYPE_CHECKING:
        axis: Axes

    @property
    def rowwise(self) -> bool:
        return self.axis in (-1, (-1,))

    def reach(self, shape: Shape) -> Reach:
        last = len(shape) - 1
        along_channels = last > 1 and self.axis in (-1, last, (-1,), (last,))
        return super().reach(shape) or ("place" if along_channels else "all")


def channels_by_axis(axis: Axes, rank: int, *, most: int = 5) -> int | None:
    """The axis that a layer along one axis takes for the channels, in an input of `rank` axes.

    None for several axes, and for one that is as likely to be chosen for what it holds: a middle one, the steps of a sequence,
    and axis 1 of more than `most` axes.
    """
    axes = axis if isinstance(axis, tuple) else (axis,)
    at = axes[0] % rank if len(axes) == 1 and rank else None
    return at if at == rank - 1 or (at == 1 and 3 < rank <= most) else None


def channels_seem_first(sample: Shape) -> bool:
    """Whether a sample's shape looks like an image, or a volume, that is written channels first.

    That is 1 to 4 channels, then sides that end in a square of at least 16 pixels; or 3 channels and sides of at least 28, of
    which none is more than three times as long as the other.
    """
    if len(sample) not in (3, 4) or sample[0] not in (1, 2, 3, 4):
        return False
    height, width = sample[-2] or 0, sample[-1] or 0
    square = height == width >= 16
    return square or (len(sample) == 3 == sample[0] and min(height, width) >= 28 and max(height, width) <= 3 * min(height, width))

"""Which part of its input an output value depends on, and which axis holds the channels."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple

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
    """

    dim: Dim
    window: int
    stride: int


MOST_PHASES = 1024
"""The most positions of the output after which a pattern of what is read repeats; of longer patterns nothing is said."""


class Taps(NamedTuple):
    """Positions of an axis that are read together: `number` of them, `step` apart."""

    first: int
    number: int = 1
    step: int = 1


class Read(NamedTuple):
    """Which positions of one axis of its input a layer reads. Axes are numbered as in a shape, the batch being axis 0.

    Attributes:
        axis: the axis of the output along which the read positions move on; None if all positions are read at every place.
        jump: how much further on they lie, `len(taps)` positions of the output further on.
        taps: what is read at the first positions of the output, one entry for each; after these the pattern repeats.
        doubt: how much further on all of them may lie, because the length of the axis is not known.
        among: axes of the output that share what is read: not each of its positions depends on everything, but all together do.
    """

    axis: int | None
    jump: int = 1
    taps: tuple[tuple[Taps, ...], ...] = ((Taps(0),),)
    doubt: int = 0
    among: tuple[int, ...] = ()


Reach = tuple[Read, ...] | Literal["place", "all"] | None
"""What the output depends on: an entry for each axis of the input but the batch; its own `place` along all axes; `all` of the
input; or None: not known."""

FixedReach = Literal["place", "all"] | None


class AboutReceptiveField(AboutValues):
    """What one output value depends on in inference. By default it is not known.

    Class attributes:
        fixed_reach: the reach, if it is the same for all inputs; that of an elementwise layer is always `place`.
        moves_window: whether a window moves over the input, as `slides` says.
        makes_channels: whether each channel of the output is computed from all, or a group, of the input's.
    """

    fixed_reach: ClassVar[FixedReach] = None
    moves_window: ClassVar[bool] = False
    makes_channels: ClassVar[bool] = False

    def reach(self, shape: Shape) -> Reach:
        """The part of an input of that shape that one output value depends on."""
        return "place" if self.elementwise else self.fixed_reach

    def reach_of(self, part: int | str, shapes: Mapping[int | str, Shape], literals: Mapping[str, Any]) -> Reach:
        """As `reach`, for a call on several tensors.

        Args:
            part: the tensor: its number in the list that the layer is called on, or the name of a further argument of the call.
            shapes: the shapes of all of them.
            literals: further plain values of the call.
        """
        return self.reach(shapes[part]) if isinstance(part, int) else None

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        """How a window moves along each axis between batch and channels of an input of that shape; empty without a window."""
        return ()

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
    """A layer that works along its argument `axis`: unless fixed, it reads all positions there, and its own along other axes."""

    elementwise = False

    if TYPE_CHECKING:
        axis: Axes

    @property
    def rowwise(self) -> bool:
        return self.axis in (-1, (-1,))

    def reach(self, shape: Shape) -> Reach:
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        return super().reach(shape) or along(shape, axes)


def along(shape: Shape, axes: tuple[int, ...], *, among: tuple[int, ...] = (), kept: bool = True) -> tuple[Read, ...]:
    """The reach of a layer that reads all positions along some axes, and its own along the others.

    Args:
        shape: of the input.
        axes: those that are read as a whole.
        among: as in `Read`, for these axes.
        kept: whether the output still has them.
    """
    whole = {axis % len(shape) for axis in axes}
    reads, left = [], 0
    for axis in range(1, len(shape)):
        reads.append(Read(None, among=among) if axis in whole else Read(left + 1))
        left += kept or axis not in whole
    return tuple(reads)


def by_letters(axes: Sequence[str | int], output: Sequence[str | int], shape: Shape) -> Reach:
    """The reach of a product that sums over axes, as an einsum equation says; None if the batch does not stay in front.

    Args:
        axes: the letters of the input's axes.
        output: those of the output's.
        shape: of the input; an axis of size 1 is repeated.
    """
    if axes[:1] != output[:1]:
        return None
    pairs = zip(axes[1:], shape[1:], strict=True)
    return tuple(Read((output.index(letter) or None) if letter in output and size != 1 else None) for letter, size in pairs)


def regrouped(shape: Shape, target: Shape) -> tuple[Read, ...]:
    """The reach of a layer that gives the values of a sample another shape, in the same order.

    An axis that stays, with as many values before it and behind it as before, follows its new self; the positions of other axes
    are mixed up among the new ones. Axes of size 1 hold a single position.
    """
    old = [axis for axis in range(1, len(shape)) if shape[axis] != 1]
    new = [axis for axis in range(1, len(target)) if target[axis] != 1]
    reads = [Read(None)] * (len(shape) - 1)
    for group, made in _groups([shape[axis] for axis in old], [target[axis] for axis in new]):
        places = tuple(new[at] for at in made)
        for at in group:
            reads[old[at] - 1] = Read(places[0]) if len(group) == len(places) == 1 else Read(None, among=places)
    return tuple(reads)


def _groups(old: list[Dim], new: list[Dim]) -> Iterator[tuple[range, range]]:
    """The shortest groups of neighbouring axes, of the old and of the new ones, that hold equally many values."""
    known = None not in old and None not in new
    left = right = 0
    while left < len(old):
        if not known:
            alike = old == new and old.count(None) == 1
            yield (range(left, left + 1), range(right, right + 1)) if alike else (range(len(old)), range(len(new)))
            left, right = (left + 1, right + 1) if alike else (len(old), len(new))
            continue
        first, start = left, right
        before, after = old[left] or 0, new[right] or 0
        left, right = left + 1, right + 1
        while before != after:
            if before < after:
                before, left = before * (old[left] or 0), left + 1
            else:
                after, right = after * (new[right] or 0), right + 1
        yield range(first, left), range(start, right)


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

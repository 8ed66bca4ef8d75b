"""Shared by convolutions and poolings: sizes for each axis, the place of the channels, checks that a window fits."""

from functools import partial
from itertools import product
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import BeforeValidator, NonNegativeInt, PositiveInt
from pydantic_core import PydanticCustomError

from layerctl.base.shapes import Dim, Shape, prod, text, window
from layerctl.catalog import Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import HasDataFormat, Layer, Read, Refusal
from layerctl.catalog.layers._codes import KernelDoesNotFit
from layerctl.catalog.layers._origin import Place, Window
from layerctl.catalog.layers._rewriting import Windows


def _sizes(value: object, axes: int, least: int = 1) -> object:
    """Accepts an integer for all axes, or a tuple of one for each; the types of errors select the message."""
    if type(value) is int and value >= least:
        return value
    parts = value if isinstance(value, tuple) else (value,)
    if any(type(part) is not int for part in parts):
        raise PydanticCustomError("sizes", "not integers")
    if isinstance(value, tuple) and len(value) != axes:
        raise PydanticCustomError("too_long" if len(value) > axes else "too_short", "not one for each axis")
    if any(part < least for part in parts):
        raise PydanticCustomError("greater_than_equal", "too small")
    return value


Sizes1 = Annotated[
    PositiveInt | tuple[PositiveInt], BeforeValidator(partial(_sizes, axes=1)), Says("a positive integer or a list of 1")
]
Sizes2 = Annotated[
    PositiveInt | tuple[PositiveInt, PositiveInt],
    BeforeValidator(partial(_sizes, axes=2)),
    Says("a positive integer or a list of 2"),
]
Sizes3 = Annotated[
    PositiveInt | tuple[PositiveInt, PositiveInt, PositiveInt],
    BeforeValidator(partial(_sizes, axes=3)),
    Says("a positive integer or a list of 3"),
]

Paddings1 = Annotated[
    NonNegativeInt | tuple[NonNegativeInt],
    BeforeValidator(partial(_sizes, axes=1, least=0)),
    Says("an integer of at least 0 or a list of 1"),
]
Paddings2 = Annotated[
    NonNegativeInt | tuple[NonNegativeInt, NonNegativeInt],
    BeforeValidator(partial(_sizes, axes=2, least=0)),
    Says("an integer of at least 0 or a list of 2"),
]
Paddings3 = Annotated[
    NonNegativeInt | tuple[NonNegativeInt, NonNegativeInt, NonNegativeInt],
    BeforeValidator(partial(_sizes, axes=3, least=0)),
    Says("an integer of at least 0 or a list of 3"),
]


class UnderWindow(NamedTuple):
    """The taps of a window at one position.

    Attributes:
        taps: the taps on the input, each with its place there.
        outside: the number of taps on padding.
    """

    taps: tuple[tuple[Place, Place], ...]
    outside: int


class Spatial(HasDataFormat, Layer):
    """A layer that works along the axes between the batch and the channels.

    Class attributes:
        axes: the names of these axes.
        output_channels: the number of the output's channels, in words.
    """

    axes: ClassVar[tuple[str, ...]]
    output_channels: ClassVar[str] = "channels"

    @classmethod
    def plain_sections(cls) -> dict[str, str]:
        axes, new, out = ", ".join(cls.axes), ", ".join(f"new_{axis}" for axis in cls.axes), cls.output_channels
        taken = f"(batch, {axes}, channels), or (batch, channels, {axes}) with `data_format: channels_first`."
        given = f"(batch, {new}, {out}), or (batch, {out}, {new})."
        return {"Input shape": taken, "Output shape": given, **super().plain_sections()}

    def each(self, value: Any) -> tuple[int, ...]:
        """A tuple of one size for each axis, from an integer or a tuple."""
        return (value,) * len(self.axes) if isinstance(value, int) else value

    def along(self, shape: Shape) -> Shape:
        """The dimensions along the layer's axes."""
        return shape[2:] if self.channel_axis == 1 else shape[1:-1]

    def shaped(self, like: Shape, sizes: Shape, channels: Dim) -> Shape:
        """A shape with the batch of `like`, in the layer's data format."""
        return (like[0], channels, *sizes) if self.channel_axis == 1 else (like[0], *sizes, channels)

    def split(self, at: Place) -> tuple[int, Place]:
        """The channel of a place in a sample, and its position along the layer's axes."""
        return (at[0], at[1:]) if self.channel_axis == 1 else (at[-1], at[:-1])

    def place(self, channel: int, position: Place) -> Place:
        """The place in a sample of a channel and a position; the inverse of `split`."""
        return (channel, *position) if self.channel_axis == 1 else (*position, channel)

    def moving_windows(self, shape: Shape) -> tuple[Window, ...]:
        """How a window moves along each axis of an input of that shape; empty if there is no window."""
        return ()

    def windows_read(self, shape: Shape) -> tuple[Read, ...]:
        """What the moving windows read along each axis of an input of that shape."""
        start = 2 if self.channels_first else 1
        windows = zip(self.along(shape), self.moving_windows(shape), strict=True)
        return tuple(window.read(axis, known=dim is not None) for axis, (dim, window) in enumerate(windows, start))

    def spatially(self, reads: tuple[Read, ...], channel: Read) -> tuple[Read, ...]:
        """What is read along the layer's axes, and along that of the channels, in the layer's data format."""
        return (channel, *reads) if self.channels_first else (*reads, channel)

    def windows_of(self, how: Literal["sum", "average", "maximum"], shape: Shape, outputs: int, groups: int) -> Windows:
        """The layer's moving window in plain numbers."""
        moving = self.moving_windows(shape)
        channels = shape[self.channel_axis] or 0
        positions = tuple(window.positions for window in moving)
        ordered = min(channels, prod(self.along(shape)) or 0) > 1 or min(outputs, prod(positions) or 0) > 1
        return Windows(
            how,
            tuple(window.dim for window in moving),
            tuple(window.taps for window in moving),
            tuple(window.stride if window.positions > 1 else 1 for window in moving),
            tuple(window.dilation if window.taps > 1 else 1 for window in moving),
            tuple((window.before, window.after) for window in moving),
            positions,
            groups,
            channels,
            outputs,
            self.channel_axis == 1 and ordered,
        )

    def under_window(self, shape: Shape, position: Place) -> UnderWindow:
        """The taps of the window at a position of the output, on an input of that shape."""
        windows = self.moving_windows(shape)
        along = [tuple(window.taps_at(number)) for window, number in zip(windows, position, strict=True)]
        taps = tuple((tuple(tap for tap, _ in chosen), tuple(place for _, place in chosen)) for chosen in product(*along))
        return UnderWindow(taps, (prod(tuple(window.taps for window in windows)) or 0) - len(taps))

    def check_rank(self, shape: Shape) -> None:
        wanted = len(self.axes) + 2
        if len(shape) == wanted:
            return
        names = ("channels", *self.axes) if self.channel_axis == 1 else (*self.axes, "channels")
        checks.rank(shape, wanted, axes=f"(batch, {', '.join(names)})", help=self._rank_help(shape, wanted, names))

    def _rank_help(self, shape: Shape, wanted: int, names: tuple[str, ...]) -> str:
        dims = [-1 if dim is None else dim for dim in shape[1:]]
        if len(shape) != wanted - 1 or dims.count(-1) > 1:
            return f"give the input the shape [{', '.join(names)}], or put a Reshape to that shape before this layer"
        target = [1, *dims] if self.channel_axis == 1 else [*dims, 1]
        return f"put `Reshape: {target}` before this layer, or give the input that shape"

    def window_positions(self, sizes: Shape, argument: str, strides: Any, padding: str, dilation: Any = 1) -> Shape:
        """Positions of a sliding window along each axis.

        Args:
            sizes: the input along the layer's axes.
            argument: the argument that holds the window's size.
            strides: the step along all axes, or along each.
            padding: `valid`, `same` or `causal`.
            dilation: the step within the window, likewise.

        Raises:
            Refusal: no position is left along one of the axes.
        """
        size, rate = self.each(getattr(self, argument)), self.each(dilation)
        rows = zip(sizes, size, self.each(strides), rate, strict=True)
        positions = tuple(window(dim, n, padding, stride, step) for dim, n, stride, step in rows)
        if any(dim is not None and dim < 1 for dim in positions):
            raise self._does_not_fit(sizes, argument, size, rate)
        return positions

    def _does_not_fit(self, sizes: Shape, argument: str, size: tuple[int, ...], dilation: tuple[int, ...]) -> Refusal:
        spans = tuple(step * (n - 1) + 1 for n, step in zip(size, dilation, strict=True))
        fits = [n if dim is None else min(n, (dim - 1) // step + 1) for dim, n, step in zip(sizes, size, dilation, strict=True)]
        smaller = str(min(fits)) if len(set(size)) == 1 else str(fits)
        noun = argument.removesuffix("_size")
        dilated = f" with dilation_rate {_shown(dilation)}" if max(dilation) > 1 else ""
        return Refusal(
            KernelDoesNotFit,
            f"{noun} {_shown(size)}{dilated} does not fit in an input of {_shown(sizes)}",
            label=f"needs at least {_shown(spans)} with padding: valid",
            help=f"set `padding: same`, use `{argument}: {smaller}` or less, or drop a pooling layer before it",
        )


def _shown(sizes: Shape) -> str:
    """`(5, 5)`, and along a single axis `5`."""
    return text(sizes, batch=False) if len(sizes) > 1 else text(sizes, batch=False)[1:-2]

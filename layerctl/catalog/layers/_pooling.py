"""What the poolings share: windows, whole axes, or a number of positions that the output is to have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from layerctl.base.shapes import Shape
from layerctl.catalog import PerAxis
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import FLOATS, Call, DataFormat, FixedReach, Reach, Refusal, Slide, Tree
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongDtype
from layerctl.catalog.layers._origin import Origin, Place, Pool, Window
from layerctl.catalog.layers._spatial import Spatial

INTEGERS = frozenset(("int8", "uint8", "int16", "uint16", "int32", "int64"))
NUMBERS = FLOATS | INTEGERS | {"uint32", "uint64", "bool"}
IN_3D = FLOATS - {"float64"}

# By number of axes, what TensorFlow pools; on anything else Keras builds a model that fails when it runs.
MAXIMA = {1: FLOATS | INTEGERS, 2: FLOATS | INTEGERS, 3: IN_3D}
AVERAGES = {1: FLOATS, 2: FLOATS, 3: IN_3D}


class Pooling(Spatial):
    """A layer that takes the maximum or the average over positions, in each channel by itself.

    Class attributes:
        dtypes: what it works on, by number of axes.
    """

    category: ClassVar[str] = "pooling"
    dtypes: ClassVar[Mapping[int, frozenset[str]]] = dict.fromkeys((1, 2, 3), NUMBERS)

    def pooled(self, sizes: Shape) -> Shape:
        """The output along the layer's axes."""
        raise NotImplementedError

    def origin(self, shape: Shape, at: Place) -> Origin | None:
        channel, position = self.split(at)
        taps, outside = self.under_window(shape, position)
        places = tuple(self.place(channel, place) for _, place in taps)
        return Pool("average" if self.affine else "maximum", places, outside)

    def output(self, call: Call) -> Tree:
        shape = self.compute_output_shape(call.x.shape)
        dtype = call.x.dtype
        if dtype not in self.dtypes[len(self.axes)]:
            help = "use `dtype: float32` for this layer" if dtype in FLOATS else checks.cast_help(dtype)
            raise Refusal(WrongDtype, f"{self.keras_name()} cannot work on {dtype}", label=f"got {dtype}", help=help)
        return call.result(shape)

    def compute_output_shape(self, shape: Shape) -> Shape:
        self.check_rank(shape)
        return self.shaped(shape, self.pooled(self.along(shape)), shape[self.channel_axis])


class WindowPooling(Pooling):
    """The families of MaxPooling and AveragePooling.

    Args:
        pool_size: the size of the window, one for all axes or one for each.
        strides: the step from one window to the next; null is `pool_size`, so that windows touch.
        padding: `valid` (no padding) or `same` (as many positions as the stride leaves).
        data_format: `channels_last` or `channels_first`; null is `channels_last`.

    Weights: none.

    MACs: 0.
    """

    moves_window: ClassVar[bool] = True

    pool_size: PerAxis
    strides: PerAxis | None = None
    padding: Literal["valid", "same"] = "valid"
    data_format: DataFormat | None = None

    def reach(self, shape: Shape) -> Reach:
        return tuple(map(Slide, self.along(shape), self.each(self.pool_size), self.step))

    @property
    def step(self) -> tuple[int, ...]:
        """From one window to the next, along each axis."""
        return self.each(self.pool_size if self.strides is None else self.strides)

    def moving_windows(self, shape: Shape) -> tuple[Window, ...]:
        sizes = self.along(shape)
        rows = zip(sizes, self.pooled(sizes), self.each(self.pool_size), self.step, strict=True)
        return tuple(Window(dim or 0, positions or 0, taps, stride, 1, self.padding) for dim, positions, taps, stride in rows)

    def pooled(self, sizes: Shape) -> Shape:
        return self.window_positions(sizes, "pool_size", self.step, self.padding)


class GlobalPooling(Pooling):
    """The families of GlobalMaxPooling and GlobalAveragePooling.

    Args:
        data_format: `channels_last` or `channels_first`; null is `channels_last`.
        keepdims: whether the pooled axes are kept with length 1.

    Weights: none.

    MACs: 0.
    """

    fixed_reach: ClassVar[FixedReach] = "all"

    data_format: DataFormat | None = None
    keepdims: bool = False

    def origin(self, shape: Shape, at: Place) -> Origin | None:
        single = self.place(self.split(at)[0] if self.keepdims else at[0], (0,) * len(self.axes))
        return super().origin(shape, single)

    def moving_windows(self, shape: Shape) -> tuple[Window, ...]:
        return tuple(Window(dim or 0, 1, dim or 0, 1, 1, "valid") for dim in self.along(shape))

    def pooled(self, sizes: Shape) -> Shape:
        return (1,) * len(sizes) if self.keepdims else ()


class AdaptivePooling(Pooling):
    """The families of AdaptiveMaxPooling and AdaptiveAveragePooling.

    The windows are as large as the output needs them, and overlap where the sizes do not divide. With a single position along an
    axis, before or after, Keras builds a model that TensorFlow cannot run; use global pooling there.

    Args:
        output_size: the positions of the output, one number for all axes or one for each; at least 2.
        data_format: `channels_last` or `channels_first`; null is `channels_last`.

    Weights: none.

    MACs: 0.
    """

    output_size: PerAxis
    data_format: DataFormat | None = None

    def origin(self, shape: Shape, at: Place) -> Origin | None:
        return None  # windows of unlike sizes

    def pooled(self, sizes: Shape) -> Shape:
        wanted = self.each(self.output_size)
        for axis, before, after in zip(self.axes, sizes, wanted, strict=True):
            if 1 in (before, after):
                # Keras asks TensorFlow for windows one larger than the axis: fit and predict fail, a direct call may even crash.
                got = f"{'?' if before is None else before} to {after}"
                raise Refusal(
                    ShapeDoesNotSuit,
                    f"{self.keras_name()} needs at least 2 positions along {axis}, before and after; got {got}",
                    label="Keras builds this, but TensorFlow cannot run it",
                    help=self._instead(wanted),
                )
        return wanted

    def _instead(self, wanted: tuple[int, ...]) -> str:
        if set(wanted) == {1}:
            return f"use `{self.keras_name().replace('Adaptive', 'Global')}: {{keepdims: true}}`, which gives the same"
        return "use an `output_size` of at least 2 along each axis, and drop a pooling layer before it if the input is too small"

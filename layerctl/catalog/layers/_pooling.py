"""The base classes of poolings."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from layerctl.base.shapes import Shape
from layerctl.catalog import PerAxis
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import FLOATS, Call, DataFormat, Reach, Read, Refusal, Slide, Tree
from layerctl.catalog.layers._codes import WrongDtype
from layerctl.catalog.layers._origin import Origin, Place, Pool, Window
from layerctl.catalog.layers._rewriting import Windows
from layerctl.catalog.layers._spatial import Spatial

INTEGERS = frozenset(("int8", "uint8", "int16", "uint16", "int32", "int64"))
NUMBERS = FLOATS | INTEGERS | {"uint32", "uint64", "bool"}
IN_3D = FLOATS - {"float64"}

# The dtypes that TensorFlow pools, by number of axes; with others Keras builds a model that fails when it runs.
MAXIMA = {1: FLOATS | INTEGERS, 2: FLOATS | INTEGERS, 3: IN_3D}
AVERAGES = {1: FLOATS, 2: FLOATS, 3: IN_3D}

STEP = "the step from one window to the next; null is `pool_size`, without gap or overlap."


class Pooling(Spatial):
    """A layer that takes the maximum or the average over positions, in each channel separately.

    Class attributes:
        dtypes: the dtypes that it works on, by number of axes.
    """

    category = "pooling"
    dtypes: ClassVar[Mapping[int, frozenset[str]]] = dict.fromkeys((1, 2, 3), NUMBERS)

    def pooled(self, sizes: Shape) -> Shape:
        """The output's sizes along the layer's axes."""
        raise NotImplementedError

    def origin(self, shape: Shape, at: Place) -> Origin | None:
        channel, position = self.split(at)
        taps, outside = self.under_window(shape, position)
        places = tuple(self.place(channel, place) for _, place in taps)
        return Pool("average" if self.affine else "maximum", places, outside)

    def windows(self, shape: Shape) -> Windows | None:
        if not self.moving_windows(shape):
            return None
        channels = shape[self.channel_axis] or 0
        return self.windows_of("average" if self.affine else "maximum", shape, channels, channels)

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
    """The families of MaxPooling and AveragePooling."""

    moves_window = True

    pool_size: PerAxis = Field(description="the size of the window, one for all axes or one for each.")
    strides: PerAxis | None = Field(None, description=STEP)
    padding: Literal["valid", "same"] = Field(
        "valid", description="`valid` (no padding) or `same` (padded: only `strides` shrinks the output)."
    )
    data_format: DataFormat | None = Field(None, description="`channels_last` or `channels_first`; null is `channels_last`.")

    def reach(self, shape: Shape) -> Reach:
        return self.spatially(self.windows_read(shape), Read(self.channel_axis % len(shape)))

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        return tuple(map(Slide, self.along(shape), self.each(self.pool_size), self.step))

    @property
    def step(self) -> tuple[int, ...]:
        """The step from one window to the next, along each axis."""
        return self.each(self.pool_size if self.strides is None else self.strides)

    def moving_windows(self, shape: Shape) -> tuple[Window, ...]:
        sizes = self.along(shape)
        rows = zip(sizes, self.pooled(sizes), self.each(self.pool_size), self.step, strict=True)
        return tuple(Window(dim or 0, positions or 0, taps, stride, 1, self.padding) for dim, positions, taps, stride in rows)

    def pooled(self, sizes: Shape) -> Shape:
        return self.window_positions(sizes, "pool_size", self.step, self.padding)

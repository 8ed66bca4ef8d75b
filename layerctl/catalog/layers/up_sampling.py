from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, PositiveInt

from layerctl.base.shapes import Shape, scale
from layerctl.catalog import Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, HasDataFormat, ImageFormat, Reach, Read, Refusal, Taps, Tree, VolumeFormat
from layerctl.catalog.layers._codes import WrongDtype
from layerctl.catalog.layers._edges import spatial
from layerctl.catalog.layers._receptive_field import MOST_PHASES
from layerctl.catalog.layers._reshaping import Reshaping

NOT_RESIZABLE = frozenset(("bool", "string", "uint32", "uint64"))
"""Dtypes that TensorFlow cannot interpolate."""


WIDTHS = {"nearest": 1, "bilinear": 2, "bicubic": 4, "lanczos3": 6, "lanczos5": 10}
"""The number of values along an axis from which each new value is computed."""


class _UpSampling(Reshaping):
    """The family of UpSampling1D, UpSampling2D and UpSampling3D."""

    spatial_axes: ClassVar[int]

    if TYPE_CHECKING:
        size: int | tuple[int, ...]

    @property
    def factors(self) -> dict[int, int]:
        """Each spatial axis, and the factor by which it grows."""
        factors = self.size if isinstance(self.size, tuple) else (self.size,) * self.spatial_axes
        return dict(zip(spatial(self.spatial_axes, self.channels_first), factors, strict=True))

    @property
    def width(self) -> int | None:
        """The number of values along an axis from which each new value is computed; None if it is not known."""
        return 1

    def reach(self, shape: Shape) -> Reach:
        factors, width = self.factors, self.width
        if width is None or max(factors.values()) > MOST_PHASES:
            return None
        return tuple(Read(axis, 1, enlarged(factors.get(axis, 1), width)) for axis in range(1, len(shape)))

    def compute_output_shape(self, shape: Shape) -> Shape:
        checks.rank(shape, self.spatial_axes + 2)
        factors = self.factors
        return tuple(scale(size, factors.get(axis, 1)) for axis, size in enumerate(shape))


def enlarged(factor: int, width: int) -> tuple[tuple[Taps, ...], ...]:
    """What is read at each of `factor` new positions in place of one, if each value is computed from `width` old ones.

    A new position that lies exactly on an old one reads that alone.
    """
    if width == 1:
        return ((Taps(0),),) * factor
    phases = []
    for phase in range(factor):
        above, rest = divmod(2 * phase + 1 - factor, 2 * factor)  # (phase + 1/2) / factor - 1/2
        phases.append((Taps(above),) if rest == 0 else (Taps(above - width // 2 + 1, width),))
    return tuple(phases)


class UpSampling1D(_UpSampling):
    """Repeats each step of a sequence.

    Input shape: (batch, steps, features).

    Output shape: (batch, steps × size, features).

    Example:
        ```yaml
        - UpSampling1D: 2
        ```
    """

    spatial_axes = 1

    size: PositiveInt = Field(2, description="how often each step is repeated.")


class UpSampling2D(HasDataFormat, _UpSampling):
    """Enlarges images by repeating their rows and columns, or by interpolation.

    Input shape: (batch, height, width, channels), or (batch, channels, height, width) with `channels_first`.

    Output shape: the input's, height and width multiplied by `size`.

    Example:
        ```yaml
        - UpSampling2D: {size: 2, interpolation: bilinear}
        ```
    """

    spatial_axes = 2

    size: Annotated[PositiveInt | tuple[PositiveInt, PositiveInt], Says("a positive integer, or a list of two")] = Field(
        (2, 2), description="the factor for height and width, or a list of the two."
    )
    data_format: ImageFormat = None
    interpolation: Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area"] = Field(
        "nearest", description="how new pixels are computed; `nearest` repeats pixels."
    )

    @property
    def width(self) -> int | None:
        return WIDTHS.get(self.interpolation)

    def output(self, call: Call) -> Tree:
        shape = self.compute_output_shape(call.x.shape)
        if self.interpolation != "nearest" and call.x.dtype in NOT_RESIZABLE:
            help = f"set `interpolation: nearest`, or {checks.cast_help(call.x.dtype)}"
            raise Refusal(WrongDtype, f"`interpolation: {self.interpolation}` cannot work on {call.x.dtype}", help=help)
        return call.result(shape)


class UpSampling3D(HasDataFormat, _UpSampling):
    """Enlarges volumes by repeating their values along depth, height and width.

    Input shape: (batch, depth, height, width, channels), or (batch, channels, depth, height, width) with `channels_first`.

    Output shape: the input's, depth, height and width multiplied by `size`.

    Example:
        ```yaml
        - UpSampling3D: [1, 2, 2]
        ```
    """

    spatial_axes = 3

    size: Annotated[
        PositiveInt | tuple[PositiveInt, PositiveInt, PositiveInt], Says("a positive integer, or a list of three")
    ] = Field((2, 2, 2), description="the factor for depth, height and width, or a list of the three.")
    data_format: VolumeFormat = None

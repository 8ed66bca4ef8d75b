from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from layerctl.base.shapes import Shape, scale
from layerctl.catalog import Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, DataFormat, HasDataFormat, Reach, Refusal, Slide, Tree
from layerctl.catalog.layers._codes import WrongDtype
from layerctl.catalog.layers._edges import spatial
from layerctl.catalog.layers._reshaping import Reshaping

NOT_RESIZABLE = frozenset(("bool", "string", "uint32", "uint64"))
"""Dtypes that TensorFlow cannot interpolate."""


def enlarged(shape: Shape, size: int | tuple[int, ...], axes: int, data_format: str | None = None) -> Shape:
    """The shape with each spatial axis multiplied by its factor."""
    checks.rank(shape, axes + 2)
    factors = size if isinstance(size, tuple) else (size,) * axes
    out = list(shape)
    for axis, factor in zip(spatial(axes, data_format), factors, strict=True):
        out[axis] = scale(shape[axis], factor)
    return tuple(out)


WIDTHS = {"nearest": 1, "bilinear": 2, "bicubic": 4, "lanczos3": 6, "lanczos5": 10}
"""The number of values along an axis from which each new value is computed."""


def reach_of_upsampling(
    shape: Shape, size: int | tuple[int, ...], axes: int, data_format: str | None, width: int | None
) -> Reach:
    """The reach: each output value depends on `width` input values along each axis; None if the width is not known."""
    if width is None:
        return None
    factors = size if isinstance(size, tuple) else (size,) * axes
    places = spatial(axes, data_format)
    return tuple(Slide(shape[axis], width, 1, factor) for axis, factor in zip(places, factors, strict=True))


class UpSampling1D(Reshaping):
    """Repeats each step of a sequence.

    Input shape: (batch, steps, features).

    Output shape: (batch, steps × size, features).

    Example:
        ```yaml
        - UpSampling1D: 2
        ```
    """

    size: PositiveInt = Field(2, description="how often each step is repeated.")

    def reach(self, shape: Shape) -> Reach:
        return reach_of_upsampling(shape, self.size, 1, None, 1)

    def compute_output_shape(self, shape: Shape) -> Shape:
        return enlarged(shape, self.size, 1)


class UpSampling2D(HasDataFormat, Reshaping):
    """Enlarges images by repeating their rows and columns, or by interpolation.

    Input shape: (batch, height, width, channels), or (batch, channels, height, width) with `channels_first`.

    Output shape: the input's, height and width multiplied by `size`.

    Example:
        ```yaml
        - UpSampling2D: {size: 2, interpolation: bilinear}
        ```
    """

    size: Annotated[PositiveInt | tuple[PositiveInt, PositiveInt], Says("a positive integer, or a list of two")] = Field(
        (2, 2), description="the factor for height and width, or a list of the two."
    )
    data_format: DataFormat | None = Field(
        None,
        description="`channels_last`, (batch, height, width, channels), or `channels_first`, (batch, channels, height, "
        "width); null is `channels_last`.",
    )
    interpolation: Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area"] = Field(
        "nearest", description="how new pixels are computed; `nearest` repeats pixels."
    )

    def reach(self, shape: Shape) -> Reach:
        return reach_of_upsampling(shape, self.size, 2, self.data_format, WIDTHS.get(self.interpolation))

    def output(self, call: Call) -> Tree:
        shape = enlarged(call.x.shape, self.size, 2, self.data_format)
        if self.interpolation != "nearest" and call.x.dtype in NOT_RESIZABLE:
            help = f"set `interpolation: nearest`, or {checks.cast_help(call.x.dtype)}"
            raise Refusal(WrongDtype, f"`interpolation: {self.interpolation}` cannot work on {call.x.dtype}", help=help)
        return call.result(shape)


class UpSampling3D(HasDataFormat, Reshaping):
    """Enlarges volumes by repeating their values along depth, height and width.

    Input shape: (batch, depth, height, width, channels), or (batch, channels, depth, height, width) with `channels_first`.

    Output shape: the input's, depth, height and width multiplied by `size`.

    Example:
        ```yaml
        - UpSampling3D: [1, 2, 2]
        ```
    """

    size: Annotated[
        PositiveInt | tuple[PositiveInt, PositiveInt, PositiveInt], Says("a positive integer, or a list of three")
    ] = Field((2, 2, 2), description="the factor for depth, height and width, or a list of the three.")
    data_format: DataFormat | None = Field(
        None,
        description="`channels_last`, (batch, depth, height, width, channels), or `channels_first`, (batch, channels, "
        "depth, height, width); null is `channels_last`.",
    )

    def reach(self, shape: Shape) -> Reach:
        return reach_of_upsampling(shape, self.size, 3, self.data_format, 1)

    def compute_output_shape(self, shape: Shape) -> Shape:
        return enlarged(shape, self.size, 3, self.data_format)

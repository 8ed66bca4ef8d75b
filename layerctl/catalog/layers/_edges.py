"""Shared by Cropping and ZeroPadding: amounts at the two ends of each spatial axis."""

from typing import Annotated, Any

from pydantic import NonNegativeInt

from layerctl.base.shapes import Shape, add, text
from layerctl.catalog import Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Read, Refusal, Taps
from layerctl.catalog.layers._codes import ShapeDoesNotSuit

Ends = NonNegativeInt | tuple[NonNegativeInt, NonNegativeInt]
Edges1D = Annotated[Ends, Says("an integer from 0, or a list of two: at the start and at the end")]
Edges2D = Annotated[
    NonNegativeInt | tuple[Ends, Ends],
    Says("an integer from 0, or a list of two, for height and width: each an integer or `[start, end]`"),
]
Edges3D = Annotated[
    NonNegativeInt | tuple[Ends, Ends, Ends],
    Says("an integer from 0, or a list of three, for depth, height and width: each an integer or `[start, end]`"),
]


def ends(value: Any, axes: int) -> tuple[tuple[int, int], ...]:
    """The amounts at the start and the end of each axis."""
    per_axis = value if isinstance(value, tuple) and axes > 1 else (value,) * axes
    return tuple((amount, amount) if isinstance(amount, int) else amount for amount in per_axis)


def spatial(axes: int, channels_first: bool | None) -> range:
    """The indices of the spatial axes."""
    first = 2 if channels_first else 1
    return range(first, first + axes)


def moved(shape: Shape, amounts: Any, axes: int, channels_first: bool | None, sign: int) -> tuple[Read, ...]:
    """What is read where the amounts at the start of the axes are cut off (a `sign` of 1) or added (-1)."""
    starts = {axis: start * sign for axis, (start, _) in zip(spatial(axes, channels_first), ends(amounts, axes), strict=True)}
    return tuple(Read(axis, 1, ((Taps(starts.get(axis, 0)),),)) for axis in range(1, len(shape)))


def cropped(shape: Shape, cropping: Any, axes: int, channels_first: bool | None) -> Shape:
    """The shape after cropping.

    Raises:
        Refusal: the rank is wrong, or nothing is left of an axis.
    """
    checks.rank(shape, axes + 2)
    out = list(shape)
    for axis, (start, end) in zip(spatial(axes, channels_first), ends(cropping, axes), strict=True):
        size = shape[axis]
        if size is not None and start + end >= size:
            raise Refusal(
                ShapeDoesNotSuit,
                f"cropping {start} and {end} leaves nothing of axis {axis} of {text(shape)}",
                label=f"the axis is {size} long",
                help=f"crop at most {size - 1} in all along this axis, or start from a larger input",
            )
        out[axis] = add(size, -start, -end)
    return tuple(out)


def padded(shape: Shape, padding: Any, axes: int, channels_first: bool | None) -> Shape:
    """The shape after padding."""
    checks.rank(shape, axes + 2)
    out = list(shape)
    for axis, (start, end) in zip(spatial(axes, channels_first), ends(padding, axes), strict=True):
        out[axis] = add(shape[axis], start, end)
    return tuple(out)

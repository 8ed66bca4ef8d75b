"""Functions that repeat values, or add values around them."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PositiveInt

from layerctl.base.shapes import Dim, Shape, Tensor, add, broadcast, prod, scale, text
from layerctl.catalog import Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Tree
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, UnknownDimension, WrongRank
from layerctl.catalog.ops import _dtypes as dtypes
from layerctl.catalog.ops._base import marked
from layerctl.catalog.ops._shaping import Shaping, many


def _counts(value: object) -> object:
    if (type(value) is int and value > 0) or (
        isinstance(value, tuple) and value and all(type(count) is int and count > 0 for count in value)
    ):
        return value
    raise ValueError


Counts = Annotated[
    Any,
    BeforeValidator(_counts, json_schema_input_type=PositiveInt | tuple[PositiveInt, ...]),
    Says("a positive integer, or a list of such"),
]


class Repeat(Shaping):
    """Each value several times, one after the other.

    Output shape: the input's with `repeats` times the size at `axis`.
    """

    sample = "{repeats: 2, axis: 1}"

    repeats: Counts = Field(description="how often; or a list with a count for each place along the axis.")
    axis: int | None = Field(None, description="the axis; by default all values are treated as one row.")

    def shaped(self, shape: Shape) -> Shape:
        if self.axis is None:
            return (self.times(prod(shape), shape),)
        axis = checks.axis(self.axis, len(shape))
        return (*shape[:axis], self.times(shape[axis], shape), *shape[axis + 1 :])

    def times(self, dim: Dim, shape: Shape) -> Dim:
        counts = many(self.repeats)
        if len(counts) == 1:
            return scale(dim, counts[0])
        if dim is None:
            message = f"has {len(counts)} counts for an axis of unknown size, {text(shape)}"
            self.refuse(UnknownDimension, message, help="write one count for all places, or the dimension into `inputs`")
        if len(counts) != dim:
            message = f"has {len(counts)} counts for {dim} places, {text(shape)}"
            self.refuse(ShapeDoesNotSuit, message, help=f"write {dim} counts, or one for all")
        return sum(counts)


class Tile(Shaping):
    """The whole input several times along each axis.

    Output shape: the input's, each size times its count.
    """

    sample = "[1, 2]"

    repeats: Counts = Field(description="how often along each axis, matched from the last.")

    def shaped(self, shape: Shape) -> Shape:
        counts = many(self.repeats)
        rank = max(len(shape), len(counts))
        dims = (*(1 for _ in range(rank - len(shape))), *shape)
        return tuple(map(scale, dims, (*(1 for _ in range(rank - len(counts))), *counts)))


class BroadcastTo(Shaping):
    """The input repeated along axes of size 1 to a given shape.

    Output shape: shape.
    """

    sample = "[8, 7, 7]"

    shape: tuple[PositiveInt, ...] = Field(description="all sizes, the batch included, which must be known.")

    def shaped(self, shape: Shape) -> Shape:
        wide = broadcast(marked(shape), self.shape)
        if wide is None or any(dim is not None and dim != wanted for dim, wanted in zip(wide[::-1], self.shape[::-1])):  # noqa: B905
            message = f"cannot bring {text(shape)} to [{', '.join(map(str, self.shape))}]"
            help = "each size, counted from the last, stays or was 1; a batch of unknown size fits none: use `ops.tile`"
            self.refuse(ShapeDoesNotSuit, message, help=help)
        if len(shape) > len(self.shape):
            self.refuse(WrongRank, f"wants at least {len(shape)} sizes for {text(shape)}", help="write the batch too")
        return self.shape


def _widths(value: object) -> object:
    """Accepts a pair, or a pair for each axis."""
    if isinstance(value, tuple) and len(value) == 2 and all(type(width) is int and width >= 0 for width in value):
        return (value,)
    if isinstance(value, tuple) and value:
        pairs = tuple(_widths(part) for part in value if isinstance(part, tuple) and len(part) == 2)
        if len(pairs) == len(value) and all(len(pair) == 1 for pair in pairs):  # type: ignore[arg-type]
            return tuple(pair[0] for pair in pairs)  # type: ignore[index]
    raise ValueError


class Pad(Shaping):
    """Adds values around the input.

    Output shape: the input's, each size with both widths added.
    """

    sample = "[[0, 0], [1, 1]]"
    of_call = ("constant_values",)

    pad_width: Annotated[
        Any,
        BeforeValidator(_widths, json_schema_input_type=tuple[Any, ...]),
        Says("a pair of counts, or a list with a pair for each axis"),
    ] = Field(description="how many values to add before and after: a pair for each axis, the batch included.")
    mode: Literal["constant", "reflect", "symmetric"] = Field(
        "constant",
        description="`constant` adds one value; `reflect` mirrors the input without its edge, `symmetric` with it.",
    )
    constant_values: int | float | None = Field(None, description="the value that is added with `mode: constant`.")

    def result(self, x: Tensor) -> Tree:
        if x.dtype in dtypes.NUMBERS:
            self.fitting(x.dtype, constant_values=self.constant_values)
        elif self.constant_values is not None:
            self.accepts(x.dtype, on=dtypes.ONLY_NUMBERS)
        return super().result(x)

    def shaped(self, shape: Shape) -> Shape:
        pairs = self.pad_width  # one pair for all axes would pad the batch too, and TensorFlow does not take it
        if len(pairs) != len(shape):
            message = f"has {len(pairs)} pair{'s' if len(pairs) > 1 else ''} for {len(shape)} axes, {text(shape)}"
            self.refuse(WrongRank, message, help="write a pair for each axis, the batch first: `[[0, 0], …]`")
        if self.mode != "constant":
            if self.constant_values is not None:
                self.refuse(ShapeDoesNotSuit, f"has no `constant_values` in mode `{self.mode}`", help="leave them out")
            for axis, (dim, pair) in enumerate(zip(shape, pairs, strict=True)):
                most = None if dim is None else dim - (self.mode == "reflect")
                if most is not None and max(pair) > most:
                    message = f"mirrors at most {most} values of axis {axis}, which has {dim}; got {max(pair)}"
                    self.refuse(ShapeDoesNotSuit, message, help="use a smaller width, or `mode: constant`")
        return tuple(add(dim, *pair) for dim, pair in zip(shape, pairs, strict=True))

"""Functions that reshape, reorder, repeat and pad."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from layerctl.catalog import Axes, FiniteFloat, PositiveInt, Says
from layerctl.layers import _checks as checks
from layerctl.layers._base import Tree
from layerctl.layers._codes import AxisOutOfRange, ReshapeDoesNotFit, ShapeDoesNotSuit, UnknownDimension, WrongRank
from layerctl.model import BeforeValidator
from layerctl.ops import _dtypes as dtypes
from layerctl.ops._base import Operation, marked
from layerctl.ops._dtypes import Dtypes
from layerctl.shapes import Dim, Shape, Tensor, add, broadcast, prod, scale, text


def many(value: int | tuple[int, ...]) -> tuple[int, ...]:
    """An integer or a list of them, as a list."""
    return (value,) if isinstance(value, int) else value


class _Shaping(Operation):
    """The input's values in another shape or order.

    Input shape: any.

    MACs: 0.
    """

    category: ClassVar[str] = "reshaping"

    def result(self, x: Tensor) -> Tree:
        self.accepts(x.dtype)
        return Tensor(self.shaped(x.shape), x.dtype)

    def shaped(self, shape: Shape) -> Shape:
        """The output's shape, from the input's."""
        return shape


def _target(value: object) -> object:
    dims = (value,) if type(value) is int else value
    if isinstance(dims, tuple) and all(type(dim) is int and (dim > 0 or dim == -1) for dim in dims) and dims.count(-1) < 2:
        return dims
    raise ValueError


class Reshape(_Shaping):
    """The same values in another shape, which holds the batch too: `[-1, 7, 7]`.

    Args:
        newshape: all sizes, the batch first; one of them may be -1, which is then computed.

    Output shape: newshape.
    """

    sample: ClassVar[str] = "[-1, 7, 7]"

    newshape: Annotated[Any, BeforeValidator(_target), Says("a list of positive integers, one of which may be -1")]

    def shaped(self, shape: Shape) -> Shape:
        target: tuple[int, ...] = self.newshape
        total = prod(dim for dim in target if dim != -1) or 1
        size = prod(shape)
        known = prod(dim for dim in shape if dim is not None) or 1
        if size is not None:
            if size % total or (-1 not in target and size != total):
                self.misfit(shape, f"{total if -1 not in target else f'a multiple of {total}'} values; the input has {size}")
            return tuple(size // total if dim == -1 else dim for dim in target)
        if shape[0] is None and -1 not in target:
            self.misfit(shape, "a fixed number of values; the batch can have any size")
        elif shape[0] is None and None not in shape[1:]:
            if known % total:
                self.misfit(shape, f"a multiple of {total} values; each sample has {known}")
        elif -1 not in target and total % known:
            self.misfit(shape, f"{total} values; the input has a multiple of {known}")
        return tuple(None if dim == -1 else dim for dim in target)

    def misfit(self, shape: Shape, what: str) -> None:
        target = f"[{', '.join(map(str, self.newshape))}]"
        help = "`newshape` counts the batch: begin with -1, and let the other sizes multiply to those of one sample"
        self.refuse(ReshapeDoesNotFit, f"{target} holds {what}, {text(shape)}", help=help, label=f"got {text(shape)}")


class Ravel(_Shaping):
    """All values in one axis, those of the batch too.

    Output shape: one axis.
    """

    def shaped(self, shape: Shape) -> Shape:
        return (prod(shape),)


class Transpose(_Shaping):
    """The axes in another order.

    Args:
        axes: for each axis of the output, which one of the input it is; by default the order is reversed, the batch included.

    Output shape: the input's sizes in that order.
    """

    sample: ClassVar[str] = "[0, 2, 1]"

    axes: tuple[int, ...] | None = None

    def shaped(self, shape: Shape) -> Shape:
        if self.axes is None:
            return shape[::-1]
        if len(self.axes) != len(shape):
            message = f"orders {len(self.axes)} axes; the input has {len(shape)}, {text(shape)}"
            self.refuse(WrongRank, message, help="name every axis once, the batch as 0")
        return tuple(shape[axis] for axis in checks.axes(self.axes, len(shape), "axes"))


class Swapaxes(_Shaping):
    """Two axes in each other's place.

    Args:
        axis1: the one.
        axis2: the other.

    Output shape: the input's with the two sizes swapped.
    """

    sample: ClassVar[str] = "{axis1: 1, axis2: 2}"

    axis1: int
    axis2: int

    def shaped(self, shape: Shape) -> Shape:
        a, b = checks.axis(self.axis1, len(shape), "axis1"), checks.axis(self.axis2, len(shape), "axis2")
        order = list(shape)
        order[a], order[b] = order[b], order[a]
        return tuple(order)


class Moveaxis(_Shaping):
    """Axes moved to other places; the rest keep their order.

    Args:
        source: an axis, or several.
        destination: where each of them goes.

    Output shape: the input's sizes in the new order.
    """

    sample: ClassVar[str] = "{source: 1, destination: -1}"

    source: Axes
    destination: Axes

    def shaped(self, shape: Shape) -> Shape:
        source, destination = many(self.source), many(self.destination)
        if len(source) != len(destination):
            message = f"moves {len(source)} axes to {len(destination)} places"
            self.refuse(AxisOutOfRange, message, help="give `source` and `destination` as many axes")
        rank = len(shape)
        places = dict(zip(checks.axes(destination, rank, "destination"), checks.axes(source, rank, "source"), strict=True))
        rest = iter([axis for axis in range(rank) if axis not in places.values()])
        return tuple(shape[places[at] if at in places else next(rest)] for at in range(rank))


class ExpandDims(_Shaping):
    """One more axis, or several, of size 1.

    Args:
        axis: where they stand in the output, the batch being axis 0.

    Output shape: the input's with 1 at `axis`.
    """

    sample: ClassVar[str] = "-1"

    axis: Axes

    def shaped(self, shape: Shape) -> Shape:
        axes = many(self.axis)
        rank = len(shape) + len(axes)
        new = checks.axes(axes, rank)
        rest = iter(shape)
        return tuple(1 if at in new else next(rest) for at in range(rank))


class Squeeze(_Shaping):
    """Without axes of size 1.

    Args:
        axis: the axes; by default all that have size 1.

    Output shape: the input's without them.
    """

    sample: ClassVar[str] = "-1"

    axis: Axes | None = None

    def shaped(self, shape: Shape) -> Shape:
        if self.axis is None:
            return tuple(dim for dim in shape if dim != 1)
        gone = checks.axes(many(self.axis), len(shape))
        for axis in gone:
            if shape[axis] != 1:
                message = f"drops axes of size 1; axis {axis} of {text(shape)} has {shape[axis] or 'an unknown size'}"
                self.refuse(ShapeDoesNotSuit, message, help="name an axis of size 1, or reduce it with `ops.mean`")
        return tuple(dim for axis, dim in enumerate(shape) if axis not in gone)


class Flip(_Shaping):
    """The values in reverse order along axes.

    Args:
        axis: the axes; all by default.

    Output shape: the input's.
    """

    sample: ClassVar[str] = "1"

    axis: Axes | None = None

    def shaped(self, shape: Shape) -> Shape:
        if self.axis is not None:
            checks.axes(many(self.axis), len(shape))
        return shape


class Roll(_Shaping):
    """The values moved along axes; those that fall off an end come in at the other.

    Args:
        shift: by how many places; a list with one for each axis.
        axis: the axes; by default all values are moved as if in a row.

    Output shape: the input's.
    """

    sample: ClassVar[str] = "{shift: 1, axis: 1}"

    shift: Axes
    axis: Axes | None = None

    def shaped(self, shape: Shape) -> Shape:
        shifts = many(self.shift)
        axes = None if self.axis is None else tuple(checks.axis(axis, len(shape)) for axis in many(self.axis))
        alone = isinstance(self.shift, int), axes is None or isinstance(self.axis, int)
        if alone[0] != alone[1] or (axes is not None and len(shifts) != len(axes)):
            message = f"has {len(shifts)} shifts for {'all values in a row' if axes is None else f'{len(axes)} axes'}"
            help = "write one number and no axis or one, or lists of as many entries"
            self.refuse(ShapeDoesNotSuit, message, help=help)
        return shape


def _counts(value: object) -> object:
    if (type(value) is int and value > 0) or (
        isinstance(value, tuple) and value and all(type(count) is int and count > 0 for count in value)
    ):
        return value
    raise ValueError


Counts = Annotated[Any, BeforeValidator(_counts), Says("a positive integer, or a list of such")]


class Repeat(_Shaping):
    """Each value several times, one after the other.

    Args:
        repeats: how often; a list with a count for each place along the axis.
        axis: along which; by default all values are put in a row.

    Output shape: the input's with `repeats` times the size at `axis`.
    """

    sample: ClassVar[str] = "{repeats: 2, axis: 1}"

    repeats: Counts
    axis: int | None = None

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


class Tile(_Shaping):
    """The whole input several times along each axis.

    Args:
        repeats: how often along each axis, counted from the last.

    Output shape: the input's, each size times its count.
    """

    sample: ClassVar[str] = "[1, 2]"

    repeats: Counts

    def shaped(self, shape: Shape) -> Shape:
        counts = many(self.repeats)
        rank = max(len(shape), len(counts))
        dims = (*(1 for _ in range(rank - len(shape))), *shape)
        return tuple(map(scale, dims, (*(1 for _ in range(rank - len(counts))), *counts)))


class BroadcastTo(_Shaping):
    """The input repeated along axes of size 1 until it has a shape.

    Args:
        shape: all sizes, the batch included, which must then be known.

    Output shape: shape.
    """

    sample: ClassVar[str] = "[8, 7, 7]"

    shape: tuple[PositiveInt, ...]

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
    """A pair, or a pair for each axis."""
    if isinstance(value, tuple) and len(value) == 2 and all(type(width) is int and width >= 0 for width in value):
        return (value,)
    if isinstance(value, tuple) and value:
        pairs = tuple(_widths(part) for part in value if isinstance(part, tuple) and len(part) == 2)
        if len(pairs) == len(value) and all(len(pair) == 1 for pair in pairs):  # type: ignore[arg-type]
            return tuple(pair[0] for pair in pairs)  # type: ignore[index]
    raise ValueError


class Pad(_Shaping):
    """More values around the input.

    Args:
        pad_width: how many before and after, a pair for each axis, the batch included.
        mode: `constant` values, or those of the input mirrored: without its edge (`reflect`) or with it (`symmetric`).
        constant_values: what is put in where `mode` is `constant`.

    Output shape: the input's, each size with both widths added.
    """

    sample: ClassVar[str] = "[[0, 0], [1, 1]]"
    of_call: ClassVar[tuple[str, ...]] = ("constant_values",)

    pad_width: Annotated[Any, BeforeValidator(_widths), Says("a pair of counts, or a list with a pair for each axis")]
    mode: Literal["constant", "reflect", "symmetric"] = "constant"
    constant_values: int | FiniteFloat | None = None

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


class _Matrix(_Shaping):
    on: ClassVar[Dtypes] = dtypes.NUMERIC

    def two(self, shape: Shape) -> None:
        if len(shape) < 2:
            self.refuse(WrongRank, f"works on matrices, of rank 2 or more; got {text(shape)}", help="add an axis")


class _Triangle(_Matrix):
    """The matrices of the last two axes, with zeros on one side of a diagonal.

    Args:
        k: which diagonal; 0 is the main one, those above it are positive.

    Output shape: the input's.
    """

    k: int = 0

    def shaped(self, shape: Shape) -> Shape:
        self.two(shape)
        return shape


class Tril(_Triangle):
    """The lower triangle of matrices, zeros above."""


class Triu(_Triangle):
    """The upper triangle of matrices, zeros below."""


class Diagonal(_Matrix):
    """The diagonal of the matrices along two axes.

    Args:
        offset: which diagonal; 0 is the main one, those above it are positive.
        axis1: the axis of the rows; the batch is axis 0.
        axis2: the axis of the columns.

    Output shape: the input's without both axes, and the diagonal last.
    """

    sample: ClassVar[str] = "{axis1: 1, axis2: 2}"

    offset: int = 0
    axis1: int = 0
    axis2: int = 1

    def shaped(self, shape: Shape) -> Shape:
        self.two(shape)
        gone = checks.axes((self.axis1, self.axis2), len(shape), "axis1 and axis2")
        rows, columns = (shape[axis] for axis in gone)
        size: Dim = None
        if rows is not None and columns is not None:
            size = min(rows, columns, columns - self.offset if self.offset > 0 else rows + self.offset)
            if size <= 0:
                message = f"has no diagonal {self.offset} in {rows} × {columns} values"
                self.refuse(ShapeDoesNotSuit, message, help="use an offset nearer to 0")
        return (*(dim for axis, dim in enumerate(shape) if axis not in gone), size)

"""Functions that reshape and reorder."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from layerctl.base.shapes import Shape, prod, text
from layerctl.catalog import Axes, Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Reach, Read
from layerctl.catalog.layers._codes import AxisOutOfRange, ReshapeDoesNotFit, ShapeDoesNotSuit, WrongRank
from layerctl.catalog.layers._receptive_field import regrouped
from layerctl.catalog.ops._shaping import Shaping, many


def _target(value: object) -> object:
    dims = (value,) if type(value) is int else value
    if isinstance(dims, tuple) and all(type(dim) is int and (dim > 0 or dim == -1) for dim in dims) and dims.count(-1) < 2:
        return dims
    raise ValueError


class _Reordering(Shaping):
    """A function that moves whole axes, or adds some of size 1."""

    def reach(self, shape: Shape) -> Reach:
        moved = self.shaped(tuple(range(2, len(shape) + 2)))  # sizes that tell the axes apart
        return tuple(Read(moved.index(axis + 2)) for axis in range(1, len(shape))) if moved[:1] == (2,) else None


class _Regrouping(Shaping):
    """A function that keeps the values of each sample in their order."""

    def reach(self, shape: Shape) -> Reach:
        made = self.shaped(shape)
        return regrouped(shape, made) if shape[:1] == made[:1] and prod(shape[1:]) == prod(made[1:]) else None


class Reshape(_Regrouping):
    """The same values in another shape, with the batch: `[-1, 7, 7]`.

    Output shape: newshape.
    """

    of_sparse = "sparse"
    sample = "[-1, 7, 7]"

    newshape: Annotated[
        Any,
        BeforeValidator(_target, json_schema_input_type=int | tuple[int, ...]),
        Says("a list of positive integers, one of which may be -1"),
    ] = Field(description="all sizes, the batch first; one may be -1, which is then computed.")

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


class Ravel(Shaping):
    """All values in one axis, those of the batch too.

    Output shape: one axis.
    """

    def shaped(self, shape: Shape) -> Shape:
        return (prod(shape),)


class Transpose(_Reordering):
    """The axes in another order.

    Output shape: the input's sizes in that order.
    """

    of_sparse = "sparse"
    sample = "[0, 2, 1]"

    axes: tuple[int, ...] | None = Field(
        None,
        description="for each axis of the output, its axis in the input; by default the order is reversed, the batch included.",
    )

    def shaped(self, shape: Shape) -> Shape:
        if self.axes is None:
            return shape[::-1]
        if len(self.axes) != len(shape):
            message = f"orders {len(self.axes)} axes; the input has {len(shape)}, {text(shape)}"
            self.refuse(WrongRank, message, help="name every axis once, the batch as 0")
        return tuple(shape[axis] for axis in checks.axes(self.axes, len(shape), "axes"))


class Swapaxes(_Reordering):
    """Swaps two axes.

    Output shape: the input's with the two sizes swapped.
    """

    sample = "{axis1: 1, axis2: 2}"

    axis1: int = Field(description="the first axis.")
    axis2: int = Field(description="the second axis.")

    def shaped(self, shape: Shape) -> Shape:
        a, b = checks.axis(self.axis1, len(shape), "axis1"), checks.axis(self.axis2, len(shape), "axis2")
        order = list(shape)
        order[a], order[b] = order[b], order[a]
        return tuple(order)


class Moveaxis(_Reordering):
    """Axes moved to other places; the rest keep their order.

    Output shape: the input's sizes in the new order.
    """

    sample = "{source: 1, destination: -1}"

    source: Axes = Field(description="the axis, or axes, to move.")
    destination: Axes = Field(description="the new place of each.")

    def shaped(self, shape: Shape) -> Shape:
        source, destination = many(self.source), many(self.destination)
        if len(source) != len(destination):
            message = f"moves {len(source)} axes to {len(destination)} places"
            self.refuse(AxisOutOfRange, message, help="give `source` and `destination` as many axes")
        rank = len(shape)
        places = dict(zip(checks.axes(destination, rank, "destination"), checks.axes(source, rank, "source"), strict=True))
        rest = iter([axis for axis in range(rank) if axis not in places.values()])
        return tuple(shape[places[at] if at in places else next(rest)] for at in range(rank))


class ExpandDims(_Reordering):
    """Adds one or more axes of size 1.

    Output shape: the input's with 1 at `axis`.
    """

    of_sparse = "sparse"
    sample = "-1"

    axis: Axes = Field(description="the new axes in the output, the batch being axis 0.")

    def shaped(self, shape: Shape) -> Shape:
        axes = many(self.axis)
        rank = len(shape) + len(axes)
        new = checks.axes(axes, rank)
        rest = iter(shape)
        return tuple(1 if at in new else next(rest) for at in range(rank))


class Squeeze(_Regrouping):
    """Removes axes of size 1.

    Output shape: the input's without them.
    """

    of_sparse = "sparse"
    sample = "-1"

    axis: Axes | None = Field(None, description="the axes; by default all that have size 1.")

    def shaped(self, shape: Shape) -> Shape:
        if self.axis is None:
            return tuple(dim for dim in shape if dim != 1)
        gone = checks.axes(many(self.axis), len(shape))
        for axis in gone:
            if shape[axis] != 1:
                message = f"drops axes of size 1; axis {axis} of {text(shape)} has {shape[axis] or 'an unknown size'}"
                self.refuse(ShapeDoesNotSuit, message, help="name an axis of size 1, or reduce it with `ops.mean`")
        return tuple(dim for axis, dim in enumerate(shape) if axis not in gone)


class Flip(Shaping):
    """The values in reverse order along axes."""

    sample = "1"

    axis: Axes | None = Field(None, description="the axes; all by default.")

    def shaped(self, shape: Shape) -> Shape:
        if self.axis is not None:
            checks.axes(many(self.axis), len(shape))
        return shape


class Roll(Shaping):
    """The values shifted along axes; those beyond one end come in at the other."""

    sample = "{shift: 1, axis: 1}"

    shift: Axes = Field(description="by how many places; or a list with one number for each axis.")
    axis: Axes | None = Field(None, description="the axes; by default all values are treated as one row.")

    def shaped(self, shape: Shape) -> Shape:
        shifts = many(self.shift)
        axes = None if self.axis is None else tuple(checks.axis(axis, len(shape)) for axis in many(self.axis))
        alone = isinstance(self.shift, int), axes is None or isinstance(self.axis, int)
        if alone[0] != alone[1] or (axes is not None and len(shifts) != len(axes)):
            message = f"has {len(shifts)} shifts for {'all values in a row' if axes is None else f'{len(axes)} axes'}"
            help = "write one number and no axis or one, or lists of as many entries"
            self.refuse(ShapeDoesNotSuit, message, help=help)
        return shape

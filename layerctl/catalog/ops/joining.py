"""Functions that join tensors, and that split one into several."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PositiveInt

from layerctl.base.shapes import Dim, Shape, Tensor, add, same, text
from layerctl.catalog import Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Reach, Tree
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, ShapesDoNotMerge, UnknownDimension, WrongRank
from layerctl.catalog.layers._receptive_field import along, channels_by_axis
from layerctl.catalog.ops._base import Operation, Unmultiplied, marked, unmarked


class _Join(Operation):
    """A function that joins a list of tensors.

    Input shape: a list of tensors of one rank.
    """

    category = "joining"
    tensors = ("xs",)
    input_kind = "list"

    def result(self, xs: tuple[Tensor, ...]) -> Tree:
        dtype = self.promoted({str(number): x for number, x in enumerate(xs)})
        return Tensor(self.joined_shape(tuple(x.shape for x in xs)), dtype)

    def joined_shape(self, shapes: tuple[Shape, ...]) -> Shape:
        """The output's shape."""
        raise NotImplementedError

    def along(self, shapes: tuple[Shape, ...], axis: int) -> Shape:
        """The shapes joined along an axis."""
        self.alike(shapes, axis)
        total = add(*(shape[axis] for shape in shapes))
        first = shapes[0]
        return (*first[:axis], total, *first[axis + 1 :])

    def alike(self, shapes: tuple[Shape, ...], free: int | None) -> None:
        """All shapes must be equal, but at one axis."""
        listed = ", ".join(text(shape) for shape in shapes[:6]) + (", …" if len(shapes) > 6 else "")
        if len({len(shape) for shape in shapes}) > 1:
            self.refuse(ShapesDoNotMerge, f"joins tensors of one rank; got {listed}", help="add the missing axis first")
        for axis, dims in enumerate(zip(*shapes, strict=True)):
            if axis != free and not all(same(a, b) for a in dims for b in dims):
                what = "of one shape" if free is None else f"that are equal along every axis but {free}"
                self.refuse(ShapesDoNotMerge, f"joins tensors {what}; got {listed}", help="bring the inputs to the same size")


class Concatenate(_Join):
    """Tensors one after another along an axis.

    Output shape: the inputs' shape, with the sum of their sizes along `axis`.
    """

    of_sparse = "sparse if all are"
    sample = "-1"

    axis: int = Field(0, description="the axis that grows; 0, the batch, by default.")

    def channels_at(self, rank: int) -> int | None:
        return channels_by_axis(self.axis, rank, most=4)  # axis 1 of a video holds the frames, which may be joined

    def reach(self, shape: Shape) -> Reach:
        axis = self.axis % len(shape)
        return along(shape, (axis,), among=(axis,)) if axis else None

    def joined_shape(self, shapes: tuple[Shape, ...]) -> Shape:
        return self.along(shapes, checks.axis(self.axis, len(shapes[0])))


class Stack(_Join):
    """Tensors side by side along a new axis.

    Output shape: the inputs' shape, with their number at `axis`.
    """

    tensors = ("x",)
    sample = "1"

    axis: int = Field(0, description="the position of the new axis; 0, before the batch, by default.")

    def result(self, x: tuple[Tensor, ...]) -> Tree:  # the parameter's name in Keras
        return super().result(x)

    def joined_shape(self, shapes: tuple[Shape, ...]) -> Shape:
        axis = checks.axis(self.axis, len(shapes[0]) + 1)
        self.alike(shapes, None)
        return (*shapes[0][:axis], len(shapes), *shapes[0][axis:])


class Hstack(_Join):
    """Tensors one after another along axis 1, the one after the batch.

    Output shape: the inputs' shape, with the sum of their sizes along axis 1.
    """

    def joined_shape(self, shapes: tuple[Shape, ...]) -> Shape:
        self.wide(shapes, 2)
        return self.along(shapes, 1)

    def wide(self, shapes: tuple[Shape, ...], rank: int) -> None:
        for shape in shapes:
            if len(shape) < rank:
                message = f"works on tensors of at least rank {rank}; got {text(shape)}"
                self.refuse(WrongRank, message, help="use `ops.concatenate` or `ops.stack`")


class Vstack(Hstack):
    """Tensors one after another along axis 0, the batch.

    Output shape: the inputs' shape, with the sum of their sizes along axis 0.
    """

    def joined_shape(self, shapes: tuple[Shape, ...]) -> Shape:
        self.wide(shapes, 1)
        return self.along(shapes, 0)


def _sections(value: object) -> object:
    if (type(value) is int and value > 0) or (
        isinstance(value, tuple)
        and value
        and all(type(index) is int and index > 0 for index in value)
        and value == tuple(sorted(set(value)))
    ):
        return value
    raise ValueError


class Split(Unmultiplied):
    """Splits a tensor along an axis: several outputs, `NAME[0]`, `NAME[1]` and so on.

    Output shape: for each part the input's, with its own size at `axis`.
    """

    category = "joining"
    sample = "{indices_or_sections: 2, axis: -1}"

    indices_or_sections: Annotated[
        Any,
        BeforeValidator(_sections, json_schema_input_type=PositiveInt | tuple[PositiveInt, ...]),
        Says("a positive integer, or a list of increasing positive integers"),
    ] = Field(description="the number of equal parts, or a list of the places where a new part begins.")
    axis: int = Field(0, description="the axis; 0, the batch, by default.")

    def result(self, x: Tensor) -> Tree:
        axis = checks.axis(self.axis, x.rank)
        dim, wanted = x.shape[axis], self.indices_or_sections
        if dim is None and axis == 0 and wanted != 1:
            message = f"cannot split the batch, which can have any size, {text(x.shape)}"
            self.refuse(UnknownDimension, message, help="add `axis`: 1 is the first after the batch, -1 the last")
        return tuple(Tensor((*x.shape[:axis], size, *x.shape[axis + 1 :]), x.dtype) for size in self.sizes(dim, x.shape))

    def sizes(self, dim: Dim, shape: Shape) -> list[Dim]:
        wanted = self.indices_or_sections
        if isinstance(wanted, int):
            if dim is not None and dim % wanted:
                message = f"cannot split {dim} values of axis {self.axis} into {wanted} equal parts, {text(shape)}"
                self.refuse(ShapeDoesNotSuit, message, help="list where the parts begin, or use another number")
            return [None if dim is None else dim // wanted] * wanted
        if dim is not None and wanted[-1] >= dim:
            message = f"cannot begin a part at {wanted[-1]}: axis {self.axis} has {dim} values, {text(shape)}"
            self.refuse(ShapeDoesNotSuit, message, help=f"use places from 1 to {dim - 1}")
        ends = (*wanted, dim)
        return [None if end is None else end - start for start, end in zip((0, *wanted), ends, strict=True)]


class Unstack(Unmultiplied):
    """The slices of a tensor along an axis, which they lack: several outputs, `NAME[0]`, `NAME[1]` and so on.

    Output shape: for each slice the input's without `axis`.
    """

    category = "joining"
    module = "core"
    sample = "{axis: 1}"

    num: PositiveInt | None = Field(
        None, description="the number of tensors; by default the size of the axis, which must be known."
    )
    axis: int = Field(0, description="the axis; 0, the batch, by default.")

    def result(self, x: Tensor) -> Tree:
        axis = checks.axis(self.axis, x.rank)
        dim = marked(x.shape)[axis]
        count = self.num if self.num is not None else x.shape[axis]
        if count is None or not same(count, dim):
            has = "an unknown size" if x.shape[axis] is None else x.shape[axis]
            message = f"gives {count or 'a slice for each'} of axis {self.axis}, which has {has}, {text(x.shape)}"
            self.refuse(UnknownDimension if x.shape[axis] is None else ShapeDoesNotSuit, message, help="set `axis`, or `num`")
        return (Tensor(unmarked((*x.shape[:axis], *x.shape[axis + 1 :])), x.dtype),) * count

"""Functions that look up, sort and rank."""

from typing import Any

from pydantic import Field, PositiveInt

from layerctl.base.shapes import Dim, Shape, Tensor, broadcast, prod, text
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Tree
from layerctl.catalog.layers._codes import AxisOutOfRange, ShapeDoesNotSuit, ShapesDoNotMerge, WrongRank
from layerctl.catalog.ops import _dtypes as dtypes
from layerctl.catalog.ops._base import Integers, OfOne, Unmultiplied, marked, shape_of, unmarked
from layerctl.catalog.ops._dtypes import Dtypes
from layerctl.catalog.ops.values import Dtype

PLACES = Dtypes("places as int16, int32 or int64", frozenset(("int16", "int32", "int64")))


class Take(Unmultiplied):
    """The values at some places along an axis.

    Input shape: any; the places any.

    Output shape: the input's, with the shape of the places at `axis`.
    """

    category = "indexing"
    tensors = ("x", "indices")
    sample = "{indices: [0, 2], axis: 1}"

    indices: Integers = Field(None, description="places from 0, in place of a second input that holds them.")
    axis: int | None = Field(None, description="the axis; by default all values are treated as one row.")

    def result(self, x: Tensor, indices: Any) -> Tree:
        if isinstance(indices, Tensor):
            self.accepts(indices.dtype, on=PLACES)
        at = None if self.axis is None else checks.axis(self.axis, x.rank)
        if not isinstance(indices, Tensor):
            self.in_range(indices, prod(x.shape) if at is None else x.shape[at])
        places = shape_of(indices)
        return Tensor(places if at is None else (*x.shape[:at], *places, *x.shape[at + 1 :]), x.dtype)

    def in_range(self, indices: Any, dim: Dim) -> None:
        for index in dtypes.flat(indices):
            assert isinstance(index, int)
            if dim is not None and not -dim <= index < dim:
                self.refuse(ShapeDoesNotSuit, f"has no place {index} among {dim} values", help=f"use 0 to {dim - 1}")

    def array_dtype(self, name: str, operands: Any) -> str:
        return "int32"


class TakeAlongAxis(Unmultiplied):
    """The values at places along an axis, with places for each row.

    Input shape: the values, and places of the same rank.

    Output shape: that of the places, where the other axes broadcast.
    """

    category = "indexing"
    tensors = ("x", "indices")
    sample = "{axis: 1}"

    axis: int | None = Field(None, description="the axis; by default all values are treated as one row.")

    def result(self, x: Tensor, indices: Tensor) -> Tree:
        self.accepts(indices.dtype, on=dtypes.ONLY_NUMBERS)
        shape: Shape = (prod(x.shape),) if self.axis is None else marked(x.shape)
        if len(shape) != indices.rank:
            message = f"wants places of rank {len(shape)}; got {text(indices.shape)} for {text(x.shape)}"
            self.refuse(WrongRank, message, help="add the missing axis with `ops.expand_dims`")
        at = 0 if self.axis is None else checks.axis(self.axis, len(shape))
        places = marked(indices.shape)
        out = broadcast((*shape[:at], places[at], *shape[at + 1 :]), places)
        if out is None:
            listed = f"{text(x.shape)} and {text(indices.shape)}"
            self.refuse(ShapesDoNotMerge, f"needs other axes that broadcast; got {listed}", help="bring them to one size")
        return Tensor(unmarked(out), x.dtype)


class OneHot(Unmultiplied):
    """A 1 at the place that each integer names, 0 elsewhere.

    Output shape: the input's, with `num_classes` at `axis`.
    """

    category = "indexing"
    module = "nn"
    on = dtypes.NUMERIC
    sample = "10"

    num_classes: PositiveInt = Field(description="the length of the vectors.")
    axis: int = Field(-1, description="the position of the new axis; last by default.")
    dtype: Dtype | None = Field(None, description="the output's dtype; float32 by default.")  # type: ignore[misc]  # no policy: the function's own argument

    def config(self) -> dict[str, Any]:
        return {**super().config(), "dtype": self.dtype or dtypes.FLOATX}

    def result(self, x: Tensor) -> Tree:
        self.accepts(x.dtype)
        at = x.rank if self.axis == -1 else self.axis
        if self.axis != -1 and not 0 <= self.axis < x.rank:
            message = f"puts its axis at -1 or 0 to {x.rank - 1}; got {self.axis}"
            self.refuse(AxisOutOfRange, message, help="use -1 for the last")
        return Tensor((*x.shape[:at], self.num_classes, *x.shape[at:]), self.dtype or dtypes.FLOATX)


class TopK(Unmultiplied):
    """The greatest values along the last axis, and their places: two outputs, `NAME[0]` and `NAME[1]`.

    Input shape: (…, n) with n of at least k.

    Output shape: (…, k) twice.
    """

    category = "indexing"
    module = "math"
    on = dtypes.ONLY_NUMBERS
    sample = "3"

    k: PositiveInt = Field(description="the number of values.")
    sorted: bool = Field(True, description="whether they are sorted, the largest first.")

    def result(self, x: Tensor) -> Tree:
        self.accepts(x.dtype)
        checks.min_rank(x.shape, 1)
        dim = marked(x.shape)[-1]
        if dim is not None and dim < self.k:
            message = f"gives {self.k} values of the last axis, which has {'any number' if dim < 0 else dim}, {text(x.shape)}"
            self.refuse(ShapeDoesNotSuit, message, help="lower `k`")
        shape = (*x.shape[:-1], self.k)
        return (Tensor(shape, x.dtype), Tensor(shape, "int32"))


class _Order(OfOne):
    """The order of values along an axis.

    Output shape: the input's, or one axis of all values.
    """

    category = "indexing"
    on = dtypes.NUMERIC

    axis: int | None = Field(-1, description="the axis; null treats all values as one row.")

    def shaped(self, shape: Shape) -> Shape:
        if self.axis is None:
            return (prod(shape),)
        checks.axis(self.axis, len(shape))
        return shape


class Sort(_Order):
    """The values in ascending order."""


class Argsort(_Order):
    """The places of the values in ascending order of the values."""

    def gives(self, dtype: str) -> str:
        return "int32"

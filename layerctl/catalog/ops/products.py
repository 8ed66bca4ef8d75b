"""Products that sum over an axis, such as matmul."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, NonNegativeInt

from layerctl.base.shapes import Dim, Shape, Tensor, broadcast, prod, same, text
from layerctl.catalog import Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Reach, Tree
from layerctl.catalog.layers._codes import ShapesDoNotMerge, WrongRank
from layerctl.catalog.layers._receptive_field import along
from layerctl.catalog.ops import _dtypes as dtypes
from layerctl.catalog.ops._base import BATCH, Operation, marks, unmarked


class _Product(Operation):
    """A product of two tensors that sums over an axis of each.

    MACs: the multiplications for one sample: the product of the sizes of all axes but the batch, counting summed axes once.
    """

    category = "products"
    tensors = ("x1", "x2")
    on = dtypes.NUMERIC

    def result(self, x1: Tensor, x2: Tensor) -> Tree:
        dtype = self.promoted({"x1": x1, "x2": x2})
        self.accepts(dtype)
        kept, _ = self.sums(*marks((x1, x2), (x1.shape, x2.shape)))
        return Tensor(unmarked(kept), dtype)

    def macs(self, call: Call, output: Tree) -> int | None:
        operands = self.known(call)
        tensors = (operands["x1"], operands["x2"])
        kept, summed = self.sums(*marks(tensors, [tensor.shape for tensor in tensors]))
        return work((*kept, *summed), tensors)

    def sums(self, a: Shape, b: Shape) -> tuple[Shape, Shape]:
        """The sizes of the result, and those of the summed axes.

        Raises:
            Refusal: the shapes do not fit.
        """
        raise NotImplementedError

    def matching(self, a: Dim, b: Dim, shapes: tuple[Shape, Shape], what: str) -> Dim:
        """The size of a summed axis, which must be the same in both tensors."""
        if not same(a, b) or (a == BATCH) != (b == BATCH):
            listed = " and ".join(text(unmarked(shape)) for shape in shapes)
            self.refuse(ShapesDoNotMerge, f"sums over {what}, which must be equal; got {listed}", help="transpose one of them")
        return a if b is None else b

    def at_least(self, shape: Shape, rank: int) -> None:
        if len(shape) < rank:
            self.refuse(WrongRank, f"works on tensors of at least rank {rank}; got {text(unmarked(shape))}", help="add an axis")


def work(dims: Iterable[Dim], tensors: Sequence[Tensor]) -> int | None:
    """Multiplications for one sample, from the sizes of all axes; the first axis of the first tensor is the batch."""
    sizes = tuple(dims)
    total = prod(1 if dim == BATCH else dim for dim in sizes)
    batch = tensors[0].shape[0] if tensors[0].shape else None
    return total if total is None or batch is None or BATCH in sizes else total // batch


class Matmul(_Product):
    """The matrix product of the last two axes; those before broadcast.

    Input shape: (…, n, k) and (…, k, m).

    Output shape: (…, n, m).
    """

    def reach_of(self, part: int | str, shapes: Mapping[int | str, Shape], literals: Mapping[str, Any]) -> Reach:
        first, second = shapes.get(0), shapes.get("x2")
        if first is None or second is None or len(first) != len(second) or len(first) < 2:
            return None
        rank, shape = len(first), shapes[part]
        summed = rank - 1 if part == 0 else rank - 2
        wide = broadcast(first[:-2], second[:-2]) or ()
        repeated = (axis for axis in range(1, rank - 2) if shape[axis] == 1 != wide[axis])
        return along(shape, (summed, *repeated)) if summed else None

    def result(self, x1: Tensor, x2: Tensor) -> Tree:
        out = super().result(x1, x2)
        assert isinstance(out, Tensor)
        return Tensor(out.shape, "int32") if x1.dtype == x2.dtype == "int8" else out

    def sums(self, a: Shape, b: Shape) -> tuple[Shape, Shape]:
        for shape in (a, b):
            self.at_least(shape, 1)
        left = a if len(a) > 1 else (1, *a)
        right = b if len(b) > 1 else (*b, 1)
        what = "the last axis of `x1` and the last but one of `x2`"
        summed = self.matching(left[-1], right[-2], (a, b), what)
        before = broadcast(left[:-2], right[:-2])
        if before is None:
            listed = " and ".join(text(unmarked(shape)) for shape in (a, b))
            self.refuse(ShapesDoNotMerge, f"needs leading axes that broadcast; got {listed}", help="bring them to one shape")
        rows = (left[-2],) if len(a) > 1 else ()
        columns = (right[-1],) if len(b) > 1 else ()
        return (*before, *rows, *columns), (summed,)


class Dot(_Product):
    """The product over the last axis of the first tensor and the last but one of the second, without broadcasting.

    Input shape: (…, k) and (…, k, m), or (k,).

    Output shape: all axes of both but the ones of size k.
    """

    def sums(self, a: Shape, b: Shape) -> tuple[Shape, Shape]:
        if not a or not b:
            return (*a, *b), ()
        at = -1 if len(b) == 1 else -2
        what = f"the last axis of `x1` and {'the last but one' if at == -2 else 'the only one'} of `x2`"
        if len(b) == 1 and len(a) > 1 and (a[-1] is None) != (b[0] is None):
            self.matching(0, 1, (a, b), what)  # Keras needs both known, or neither
        summed = self.matching(a[-1], b[at], (a, b), what)
        return (*a[:-1], *b[:at], *(b[at + 1 :] if at == -2 else ())), (summed,)


class Inner(_Product):
    """The product over the last axis of both tensors.

    Input shape: (…, k) and (…, k).

    Output shape: the other axes of the first tensor, then those of the second.
    """

    def sums(self, a: Shape, b: Shape) -> tuple[Shape, Shape]:
        if not a or not b:
            return (*a, *b), ()
        summed = self.matching(a[-1], b[-1], (a, b), "the last axis of both")
        return (*a[:-1], *b[:-1]), (summed,)


class Outer(_Product):
    """Every value of one tensor times every value of another.

    Input shape: any two.

    Output shape: (values of the first, values of the second), the batch among them.
    """

    def sums(self, a: Shape, b: Shape) -> tuple[Shape, Shape]:
        return (prod(None if dim == BATCH else dim for dim in a), prod(None if dim == BATCH else dim for dim in b)), ()

    def macs(self, call: Call, output: Tree) -> int | None:
        operands = self.known(call)
        tensors = (operands["x1"], operands["x2"])
        sizes = [dim for shape in marks(tensors, [tensor.shape for tensor in tensors]) for dim in shape]
        return work(sizes, tensors)


def _pairs(value: object) -> object:
    """Accepts a count of axes, or two lists of equally many axes."""
    if type(value) is int and value >= 0:
        return value
    if isinstance(value, tuple) and len(value) == 2:
        lists = tuple((part,) if type(part) is int else part for part in value)
        if all(isinstance(part, tuple) and all(type(axis) is int for axis in part) for part in lists):
            if len(lists[0]) == len(lists[1]):
                return lists
    raise ValueError


class Tensordot(_Product):
    """The product over the given axes.

    Input shape: any two whose summed axes are of equal size.

    Output shape: the other axes of the first tensor, then those of the second.
    """

    sample = "{axes: [[2], [1]]}"

    axes: Annotated[
        Any,
        BeforeValidator(_pairs, json_schema_input_type=NonNegativeInt | tuple[Any, ...]),
        Says("a count, or two lists of as many axes"),
    ] = Field(
        2, description="how many of the last axes of the first tensor and the first of the second, or a list of axes for each."
    )

    def sums(self, a: Shape, b: Shape) -> tuple[Shape, Shape]:
        if isinstance(self.axes, int):
            for shape in (a, b):
                self.at_least(shape, self.axes)
            left = tuple(range(len(a) - self.axes, len(a)))
            right = tuple(range(self.axes))
        else:
            left = checks.axes(self.axes[0], len(a), "axes")
            right = checks.axes(self.axes[1], len(b), "axes")
        pairs = zip(left, right, strict=True)
        summed = tuple(self.matching(a[i], b[j], (a, b), f"axis {i} of `x1` and axis {j} of `x2`") for i, j in pairs)
        kept = [dim for at, dim in enumerate(a) if at not in left]
        return (*kept, *(dim for at, dim in enumerate(b) if at not in right)), summed

"""Functions that reduce axes, and running totals along one."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from layerctl.base.shapes import FLOATS, Shape, Tensor, prod, text
from layerctl.catalog import Axes, Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Reach, Tree
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._receptive_field import along
from layerctl.catalog.ops import _dtypes as dtypes
from layerctl.catalog.ops._base import OfOne, Unmultiplied
from layerctl.catalog.ops.values import Dtype


def several(axes: Axes) -> tuple[int, ...]:
    """One axis or several, as a tuple."""
    return axes if isinstance(axes, tuple) else (axes,)


class _Reduction(OfOne):
    """A function of all values along some axes.

    Output shape: the input's without the reduced axes, or with 1 in their place.
    """

    category = "reductions"
    on = dtypes.NUMERIC
    sample = "{axis: [1, 2], keepdims: true}"

    axis: Axes | None = Field(None, description="the axes that are reduced, the batch being axis 0; all of them by default.")
    keepdims: bool = Field(False, description="whether the reduced axes are kept with size 1.")

    def reach(self, shape: Shape) -> Reach:
        axes = range(len(shape)) if self.axis is None else several(self.axis)
        return None if 0 in axes or -len(shape) in axes else along(shape, tuple(axes), kept=self.keepdims)

    def shaped(self, shape: Shape) -> Shape:
        rank = len(shape)
        axis = (self.axis,) if isinstance(self.axis, int) else self.axis
        gone = tuple(range(rank)) if axis is None else checks.axes(axis, rank)
        kept = ((1 if at in gone else dim, at in gone) for at, dim in enumerate(shape))
        return tuple(dim for dim, reduced in kept if self.keepdims or not reduced)


class _Total(_Reduction):
    def gives(self, dtype: str) -> str:
        small = {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}
        return small.get(dtype, dtype)


class _Statistic(_Reduction):
    def gives(self, dtype: str) -> str:
        return dtype if dtype in FLOATS else dtypes.FLOATX


class _Answer(_Reduction):
    def gives(self, dtype: str) -> str:
        return "bool"


class Sum(_Total):
    """The sum of all values along the axes."""

    of_sparse = "sparse"

    def gives(self, dtype: str) -> str:
        return "uint32" if dtype == "uint64" else super().gives(dtype)


class Prod(_Total):
    """The product of all values along the axes."""

    dtype: Dtype | None = Field(None, description="the output's dtype; by default the input's, and 32 bits for smaller integers.")  # type: ignore[misc]  # no policy: the function's own argument

    def gives(self, dtype: str) -> str:
        return self.dtype or super().gives(dtype)


class Mean(_Statistic):
    """The mean of all values along the axes."""


class Var(_Statistic):
    """The variance of all values along the axes."""


class Std(_Statistic):
    """The standard deviation of all values along the axes."""


class Median(_Statistic):
    """The median of all values along the axes."""


class _Extreme(_Reduction):
    """The greatest or least value along the axes."""

    initial: int | float | None = Field(None, description="a value that is compared with those of the input.")

    def result(self, x: Tensor) -> Tree:
        out = super().result(x)
        if self.initial is not None:
            self.accepts(x.dtype, on=dtypes.ONLY_NUMBERS)
            self.fitting(x.dtype, initial=self.initial)
        return out


class Max(_Extreme):
    """The greatest value along the axes."""


class Min(_Extreme):
    """The least value along the axes."""


class Amax(_Reduction):
    """The greatest value along the axes; `ops.max` has one more argument."""


class Amin(_Reduction):
    """The least value along the axes; `ops.min` has one more argument."""


class Ptp(_Reduction):
    """The greatest value along the axes minus the least."""

    on = dtypes.ONLY_NUMBERS


class Any(_Answer):
    """Whether any value along the axes is true; numbers are true unless 0."""


class All(_Answer):
    """Whether all values along the axes are true; numbers are true unless 0."""


class CountNonzero(_Reduction):
    """How many values along the axes are not 0."""

    on = dtypes.ANY
    sample = "{axis: 1}"
    keepdims: ClassVar[bool] = False  # type: ignore[misc]  # the only reduction without this argument

    def gives(self, dtype: str) -> str:
        return "int32"


class Logsumexp(_Reduction):
    """The logarithm of the sum of exp(x) along the axes; always float32, as in Keras."""

    module = "math"
    on = dtypes.ONLY_FLOATS

    def gives(self, dtype: str) -> str:
        return dtypes.FLOATX


class Norm(_Statistic):
    """A norm of the values along one axis, or of the matrices along two."""

    module = "linalg"
    sample = "{axis: -1}"

    ord: Annotated[
        Literal["fro", "nuc"] | int | Annotated[float, Field(allow_inf_nan=True)] | None, Says("`fro`, `nuc`, a number or null")
    ] = Field(None, description="the kind of norm: `fro`, `nuc` or a number; the root of the sum of squares by default.")

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        return ("ord", "axis", "keepdims")

    def result(self, x: Tensor) -> Tree:
        out = super().result(x)
        count = x.rank if self.axis is None else 1 if isinstance(self.axis, int) else len(self.axis)
        matrix = (None, "fro", "nuc", 1, -1, 2, -2, float("inf"), float("-inf"))
        if count == 1 and isinstance(self.ord, str):
            self.refuse(ShapeDoesNotSuit, f"has no `ord` `{self.ord}` along one axis", help="name two axes, or use a number")
        if count == 2 and self.ord not in matrix:
            self.refuse(ShapeDoesNotSuit, f"has no `ord` {self.ord} of a matrix", help="use fro, nuc, 1, -1, 2, -2 or infinity")
        if count not in (1, 2):
            help = "set `axis` to one axis or two, the batch being axis 0"
            self.refuse(ShapeDoesNotSuit, f"works along one axis or two; got {count} of {text(x.shape)}", help=help)
        return out


class _Position(_Reduction):
    """The place of a value along an axis."""

    sample = "{axis: -1}"

    axis: int | None = Field(None, description="the axis, the batch being axis 0; by default all values are searched as one row.")

    def gives(self, dtype: str) -> str:
        return "int32"


class Argmax(_Position):
    """The place of the greatest value along an axis."""


class Argmin(_Position):
    """The place of the least value along an axis."""


class _Running(Unmultiplied):
    """Running totals along an axis.

    Output shape: the input's, or one axis of all values.
    """

    category = "reductions"
    on = dtypes.NUMERIC
    sample = "{axis: 1}"

    axis: int | None = Field(None, description="the axis, the batch being axis 0; by default all values are treated as one row.")
    dtype: Dtype | None = Field(None, description="the output's dtype; the input's by default.")  # type: ignore[misc]  # no policy: the function's own argument

    def reach(self, shape: Shape) -> Reach:
        return along(shape, (self.axis,), among=(self.axis % len(shape),)) if self.axis else None

    def result(self, x: Tensor) -> Tree:
        self.accepts(x.dtype)
        if self.axis is not None:
            checks.axis(self.axis, x.rank)
        dtype = self.dtype or x.dtype
        self.accepts(dtype)
        return Tensor((prod(x.shape),) if self.axis is None else x.shape, "int32" if dtype == "bool" else dtype)


class Cumsum(_Running):
    """The sum of each value and those before it along an axis."""


class Cumprod(_Running):
    """The product of each value and those before it along an axis."""


class Normalize(Unmultiplied):
    """Divides by a norm along the axes; always float32, as in Keras."""

    category = "reductions"
    module = "nn"
    on = dtypes.ONLY_FLOATS

    axis: Axes | None = Field(-1, description="the axes that are normalized together, the batch being axis 0.")
    order: PositiveInt = Field(2, description="the order of the norm; 2 is the root of the sum of squares.")
    epsilon: PositiveFloat | None = Field(None, description="the smallest divisor; used in place of smaller norms.")

    def reach(self, shape: Shape) -> Reach:
        axes = range(len(shape)) if self.axis is None else several(self.axis)
        return None if 0 in axes or -len(shape) in axes else along(shape, tuple(axes))

    def result(self, x: Tensor) -> Tree:
        self.accepts(x.dtype, on=self.on if self.order == 2 else dtypes.NUMERIC)
        axes = (self.axis,) if isinstance(self.axis, int) else self.axis
        if x.rank and axes is not None:
            checks.axes(axes, x.rank)
        count = max(x.rank, 1) if axes is None else len(axes)
        if self.order != 2 and count > 1 and not (count == 2 and self.order == 1):
            message = f"has no norm of order {self.order} along {count} axes"
            self.refuse(ShapeDoesNotSuit, message, help="set `axis` to one axis, or `order` to 2")
        return Tensor(x.shape, dtypes.FLOATX)

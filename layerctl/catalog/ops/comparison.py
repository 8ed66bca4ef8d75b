"""Comparisons, logic, and `where`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from layerctl.base.shapes import FLOATS, Tensor
from layerctl.catalog.layers._base import Tree
from layerctl.catalog.layers._codes import WrongDtype
from layerctl.catalog.ops import _dtypes as dtypes
from layerctl.catalog.ops._base import AnyOperand, Pairwise, Unmultiplied


class _Comparison(Pairwise):
    """A comparison of two values; the output is boolean."""

    category = "comparison"
    elementwise = True
    sample = "0.5"
    on = dtypes.NUMERIC
    ordered: ClassVar[bool] = True

    x2: AnyOperand = Field(None, description="a number, or a list of numbers, in place of a second input.")
    x1: AnyOperand = Field(None, description="the same in place of the first input; the input is then the second operand.")

    def result(self, **operands: Any) -> Tree:
        shape = self.joined(operands)
        dtype = self.promoted(operands)
        self.accepts(dtype)
        if dtype == "bool" and self.ordered:
            self.refuse(WrongDtype, "does not order truth values", help="cast one of them first with `ops.cast: int32`")
        return Tensor(shape, "bool")


class _Equality(_Comparison):
    """A comparison that takes truth values too."""

    on = dtypes.ANY
    ordered = False


class _Logical(Pairwise):
    """A logical function of two values."""

    category = "comparison"
    elementwise = True
    sample = "true"
    on = dtypes.NUMERIC

    x2: AnyOperand = Field(None, description="`true`, `false`, a number, or a list of these, in place of a second input.")
    x1: AnyOperand = Field(None, description="the same in place of the first input; the input is then the second operand.")

    def result(self, **operands: Any) -> Tree:
        shape = self.joined(operands)
        self.accepts(*(value.dtype for value in operands.values() if isinstance(value, Tensor)))
        return Tensor(shape, "bool")

    def array_dtype(self, name: str, operands: Mapping[str, Any]) -> str:
        return {"int": "int32", "float": dtypes.FLOATX, "bool": "bool"}[dtypes.weak(operands[name])]


class _Test(Unmultiplied):
    """A test of each value; the output is boolean."""

    category = "comparison"
    elementwise = True
    on = dtypes.NUMERIC

    def result(self, x: Tensor) -> Tree:
        self.accepts(x.dtype)
        return Tensor(x.shape, "bool")


class Equal(_Equality):
    """Whether two values are equal."""


class NotEqual(_Equality):
    """Whether two values differ."""


class Less(_Comparison):
    """Whether the first value is below the second."""


class LessEqual(_Comparison):
    """Whether the first value is not above the second."""


class Greater(_Comparison):
    """Whether the first value is above the second."""


class GreaterEqual(_Comparison):
    """Whether the first value is not below the second."""


class LogicalAnd(_Logical):
    """Whether both values are true; numbers are true unless 0."""


class LogicalOr(_Logical):
    """Whether one of two values is true; numbers are true unless 0."""


class LogicalXor(_Logical):
    """Whether exactly one of two values is true; numbers are true unless 0."""


class Isclose(_Equality):
    """Whether two values are nearly equal."""

    of_call = ("rtol", "atol")

    rtol: float = Field(1e-05, description="the difference allowed, as a share of the second value.")
    atol: float = Field(1e-08, description="the absolute difference allowed in addition.")
    equal_nan: bool = Field(False, description="whether NaN is equal to NaN.")

    def called_on(self, operands: Mapping[str, Any]) -> list[Any]:
        return [*operands.values(), self.rtol, self.atol]

    def call_keywords(self) -> dict[str, Any]:
        return {}


class _FloatTest(_Test):
    """A test of floats; Keras accepts integers only if their shape is known."""

    def result(self, x: Tensor) -> Tree:
        if x.dtype not in FLOATS and None in x.shape:
            self.accepts(x.dtype, on=dtypes.ONLY_FLOATS)
        return super().result(x)


class LogicalNot(_Test):
    """Whether a value is false; numbers are false if 0."""


class Isfinite(_FloatTest):
    """Whether a value is neither infinite nor NaN."""


class Isinf(_FloatTest):
    """Whether a value is infinite."""


class Isnan(_FloatTest):
    """Whether a value is NaN."""


class Signbit(_Test):
    """Whether a value is negative, or -0."""


class Where(Unmultiplied):
    """The values of one tensor where a condition holds, of another elsewhere.

    Input shape: a condition and two tensors, all of which broadcast.

    Output shape: what all broadcast to.
    """

    category = "comparison"
    elementwise = True
    tensors = ("condition", "x1", "x2")
    sample = "{x1: 1.0, x2: 0.0}"

    x1: AnyOperand = Field(
        None,
        description="a number, or a list of numbers, in place of the tensor whose values are taken where the condition holds.",
    )
    x2: AnyOperand = Field(None, description="the same in place of the tensor whose values are taken elsewhere.")

    def result(self, condition: Tensor, x1: Any, x2: Any) -> Tree:
        self.accepts(condition.dtype, on=dtypes.NUMERIC)
        shape = self.joined({"condition": condition, "x1": x1, "x2": x2})
        return Tensor(shape, self.promoted({"x1": x1, "x2": x2}))

    def array_dtype(self, name: str, operands: Mapping[str, Any]) -> str:
        return super().array_dtype(name, {key: value for key, value in operands.items() if key != "condition"})

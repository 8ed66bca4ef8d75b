"""Functions of two tensors, value by value; one of the two can be a number or a list of numbers."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from layerctl.base.shapes import FLOATS, Tensor
from layerctl.catalog.layers._base import Call, Tree
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongDtype
from layerctl.catalog.layers._sparse import BesideDense, merges_sparse
from layerctl.catalog.ops import _dtypes as dtypes
from layerctl.catalog.ops._base import Operand, Pairwise


class _Arithmetic(Pairwise):
    """A function of two tensors, value by value; their shapes broadcast."""

    category = "arithmetic"
    elementwise = True
    sample = "3.0"
    joins_text: ClassVar[bool] = False
    divides: ClassVar[bool] = False
    beside_dense: ClassVar[BesideDense] = "multiplied"
    dtype_of_booleans: ClassVar[str | None] = None
    """The output's dtype for two truth values; None refuses them."""

    x2: Operand = Field(None, description="a number, or a list of numbers, in place of a second input.")
    x1: Operand = Field(None, description="the same in place of the first input; the input is then the second operand.")

    def gives_sparse(self, call: Call) -> bool | None:
        """A number beside a sparse tensor is a dense operand; a list of numbers would be spread over the batch."""
        operands = self.known(call).values()
        tensors = [x for x in operands if isinstance(x, Tensor)]
        listed = any(type(x) is tuple for x in operands) and self.beside_dense != "made dense"
        if listed or not merges_sparse(tensors, self.beside_dense):
            return None
        if self.beside_dense == "added" and tensors[0].dtype not in FLOATS and any(type(x) is float for x in operands):
            return None
        alone = len(tensors) == 1 and self.of_sparse == "sparse if all are"
        return False if alone else super().gives_sparse(call)

    @property
    def literals(self) -> list[float]:
        """The numbers that stand in place of an input."""
        given = self.given()
        numbers = (number for name in self.tensors if name in given for number in dtypes.flat(given[name]))
        return [number for number in numbers if isinstance(number, int | float)]

    def result(self, **operands: Any) -> Tree:
        return Tensor(self.joined(operands), self.gives(operands))

    def gives(self, operands: Mapping[str, Any]) -> str:
        """The output's dtype."""
        dtype = self.promoted(operands)
        if dtype == "bool" and self.dtype_of_booleans is None:
            self.refuse(WrongDtype, "does not work on two truth values", help="cast one of them first with `ops.cast: int32`")
        if not (dtype == "string" and self.joins_text):
            self.accepts(dtype, on=dtypes.NUMERIC)
        divisor = operands.get("x2")
        if self.divides and dtype not in FLOATS and not isinstance(divisor, Tensor) and 0 in dtypes.flat(divisor):
            self.refuse(ShapeDoesNotSuit, f"divides {dtype} by 0", help="use another number, or cast the input to float32")
        return self.dtype_of_booleans if dtype == "bool" and self.dtype_of_booleans else dtype


class _Quotient(_Arithmetic):
    """A function of two tensors that returns floats, even for integers."""

    def gives(self, operands: Mapping[str, Any]) -> str:
        self.accepts(self.promoted(operands), on=dtypes.NUMERIC)
        return self.promoted({**operands, "": 1.0})

    def array_dtype(self, name: str, operands: Mapping[str, Any]) -> str:
        return super().array_dtype(name, {**operands, "": 1.0})


class _Division(_Quotient):
    of_sparse = "sparse"

    def gives_sparse(self, call: Call) -> bool | None:
        """A sparse divisor is made dense."""
        divisor = self.known(call)["x2"]
        dense = isinstance(divisor, Tensor) and divisor.sparse
        return False if dense else super().gives_sparse(call)


class Add(_Arithmetic):
    """The sum of two tensors, or of a tensor and a number; joins texts."""

    commutes = "add"
    regroups = True
    joins_text = True
    of_sparse = "sparse if all are"
    beside_dense = "added"

    @property
    def fixed_factor(self) -> float | None:
        return 1.0 if self.literals else None


class Subtract(_Arithmetic):
    """The difference of two tensors."""

    of_sparse = "sparse if all are"
    beside_dense = "added"

    @property
    def fixed_factor(self) -> float | None:
        return 1.0 if self.literals else None


class Multiply(_Arithmetic):
    """The product of two tensors, value by value."""

    commutes = "multiply"
    regroups = True
    of_sparse = "sparse"

    @property
    def fixed_factor(self) -> float | None:
        return max(map(abs, self.literals), default=None)


class FloorDivide(_Arithmetic):
    """The quotient of two tensors, rounded down."""

    divides = True


class Mod(_Arithmetic):
    """The remainder of a division, with the divisor's sign."""

    dtype_of_booleans = "int32"
    divides = True


class Fmod(_Arithmetic):
    """The remainder of a division, with the dividend's sign."""

    dtype_of_booleans = "int32"
    divides = True


class Power(_Arithmetic):
    """One tensor to the power of another."""


class Maximum(_Arithmetic):
    """The greater of two values."""

    commutes = "maximum"
    regroups = True
    of_sparse = "sparse if all are"
    beside_dense = "made dense"


class Minimum(_Arithmetic):
    """The lesser of two values."""

    commutes = "minimum"
    regroups = True
    of_sparse = "sparse if all are"
    beside_dense = "made dense"


class Fmax(_Arithmetic):
    """The greater of two values; NaN is ignored."""


class Fmin(_Arithmetic):
    """The lesser of two values; NaN is ignored."""


class Divide(_Division):
    """The quotient of two tensors."""

    @property
    def fixed_factor(self) -> float | None:
        divisors = self.literals if self.x1 is None else ()
        return max((1 / abs(divisor) for divisor in divisors if divisor), default=None)


class TrueDivide(Divide):
    """The quotient of two tensors; the same as `ops.divide`."""


class DivideNoNan(_Quotient):
    """The quotient of two tensors, 0 where the divisor is 0."""


class Arctan2(_Quotient):
    """The angle of the point (x2, x1), whose tangent is x1 / x2; Keras takes a number as float32."""

    def gives(self, operands: Mapping[str, Any]) -> str:
        literal = any(not isinstance(value, Tensor) for value in operands.values())
        return super().gives({**operands, **({" ": Tensor((), dtypes.FLOATX)} if literal else {})})

    def array_dtype(self, name: str, operands: Mapping[str, Any]) -> str:
        return dtypes.FLOATX


class Logaddexp(_Quotient):
    """log(exp(x1) + exp(x2))."""


class Logaddexp2(_Quotient):
    """log2(2^x1 + 2^x2)."""

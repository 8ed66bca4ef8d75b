"""Functions that change the dtype of values, copy values, or fill a shape with one value."""

from typing import Literal

from pydantic import Field

from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import Tree
from layerctl.catalog.ops import _dtypes as dtypes
from layerctl.catalog.ops._base import OfOne, Unmultiplied

Dtype = Literal[
    "float32", "float16", "bfloat16", "float64", "int32", "int64", "int8", "int16",
    "uint8", "uint16", "uint32", "uint64", "bool",
]  # fmt: skip


class _Values(OfOne):
    """A function of one tensor, value by value."""

    category = "values"

    @property
    def keeps_values(self) -> bool:
        return True


class Cast(_Values):
    """The same values in another dtype."""

    module = "core"
    on = dtypes.NUMERIC
    sample = "float32"

    dtype: Dtype = Field(description="the output's dtype.")  # type: ignore[misc]  # the function's own argument, and required

    def gives(self, dtype: str) -> str:
        return self.dtype


class SaturateCast(Cast):
    """The same values in another dtype, clipped to its range."""


class Copy(_Values):
    """The values unchanged."""


class StopGradient(_Values):
    """The values unchanged, without a gradient: training does not go back beyond this."""

    module = "core"
    tensors = ("variable",)

    def result(self, variable: Tensor) -> Tree:
        return super().result(variable)


class _Filled(Unmultiplied):
    """A tensor of one value, in the shape of another."""

    category = "values"
    on = dtypes.NUMERIC

    dtype: Dtype | None = Field(None, description="the output's dtype; the input's by default.")  # type: ignore[misc]  # no policy: the function's own argument

    def result(self, x: Tensor) -> Tree:
        self.accepts(x.dtype, on=self.on if self.dtype is None else dtypes.ANY)
        return Tensor(x.shape, self.dtype or x.dtype)


class ZerosLike(_Filled):
    """Zeros in the shape of the input; empty texts where it holds texts."""

    on = dtypes.ANY


class OnesLike(_Filled):
    """Ones in the shape of the input."""

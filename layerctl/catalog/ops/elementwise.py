"""Functions of one tensor, value by value."""

from pydantic import Field

from layerctl.base.shapes import FLOATS, Tensor
from layerctl.catalog.layers._base import Tree
from layerctl.catalog.ops import _dtypes as dtypes
from layerctl.catalog.ops._base import OfOne

Number = int | float


class _Elementwise(OfOne):
    """A function of one tensor, value by value."""

    category = "element-wise"
    elementwise = True


class _Real(_Elementwise):
    """A function that returns floats, even for integers."""

    on = dtypes.NUMERIC

    def gives(self, dtype: str) -> str:
        return dtype if dtype in FLOATS else dtypes.FLOATX


class _OfFloats(_Elementwise):
    """A function that works on floats only."""

    module = "math"
    on = dtypes.ONLY_FLOATS


class _Angle(_Real):
    """A function of angles."""

    on = dtypes.Dtypes("numbers but uint64", dtypes.NUMERIC.names - {"uint64"})

    def gives(self, dtype: str) -> str:
        return "float64" if dtype == "int64" else super().gives(dtype)


class Absolute(_Elementwise):
    """The absolute value of each value; also `ops.abs`."""

    on = dtypes.NUMERIC


class Negative(_Elementwise):
    """Each value with the other sign."""

    on = dtypes.Dtypes("floats and signed integers", FLOATS | dtypes.SIGNED)


class Sign(_Elementwise):
    """-1, 0 or 1 by the sign of each value."""

    on = dtypes.Dtypes("numbers but uint64", dtypes.NUMBERS - {"uint64"})


class Square(_Elementwise):
    """The square of each value."""

    on = dtypes.NUMERIC

    def gives(self, dtype: str) -> str:
        return "int32" if dtype == "bool" else dtype


class Trunc(_Elementwise):
    """Each value without its fraction."""

    on = dtypes.NUMERIC


class Round(_Elementwise):
    """Each value rounded to the nearest."""

    on = dtypes.ONLY_NUMBERS

    decimals: int = Field(0, description="the number of digits after the point.")


class Ceil(_Real):
    """Each value rounded up to an integer."""


class Floor(_Real):
    """Each value rounded down to an integer."""


class Sqrt(_Real):
    """The square root of each value."""


class Rsqrt(_OfFloats):
    """One over the square root of each value."""


class Cbrt(_Real):
    """The cube root of each value."""

    def gives(self, dtype: str) -> str:
        return {"int64": "float64", "uint64": "uint64"}.get(dtype, super().gives(dtype))


class Reciprocal(_Elementwise):
    """One over each value; always float32, as in Keras."""

    on = dtypes.ONLY_FLOATS

    def gives(self, dtype: str) -> str:
        return dtypes.FLOATX


class Exp(_Real):
    """e to the power of each value."""


class Expm1(_Real):
    """exp(x) - 1, accurate for small x."""


class Log(_Real):
    """The natural logarithm of each value."""


class Log10(_Real):
    """The logarithm to base 10 of each value."""


class Log1p(_Real):
    """log(1 + x), accurate for small x."""


class Log2(_Real):
    """The logarithm to base 2 of each value."""


class Fabs(_Real):
    """The absolute value of each value, as a float."""


class Exp2(_Real):
    """2 to the power of each value."""

    on = dtypes.Dtypes("float32, integers and truth values", dtypes.INTEGERS | {"float32", "bool"})


class Sin(_Real):
    """The sine of each value."""


class Cos(_Real):
    """The cosine of each value."""


class Tan(_Real):
    """The tangent of each value."""


class Arcsin(_Real):
    """The inverse sine of each value."""


class Arccos(_Real):
    """The inverse cosine of each value."""


class Arctan(_Real):
    """The inverse tangent of each value."""


class Sinh(_Real):
    """The hyperbolic sine of each value."""


class Cosh(_Real):
    """The hyperbolic cosine of each value."""


class Arcsinh(_Real):
    """The inverse hyperbolic sine of each value."""


class Arccosh(_Real):
    """The inverse hyperbolic cosine of each value."""


class Arctanh(_Real):
    """The inverse hyperbolic tangent of each value."""


class Sinc(_Real):
    """sin(πx) / (πx) of each value x."""


class Deg2rad(_Angle):
    """Angles in degrees as radians."""


class Rad2deg(_Angle):
    """Angles in radians as degrees."""


class Erf(_OfFloats):
    """The error function of each value."""


class Erfc(_OfFloats):
    """One minus the error function of each value."""


class Erfinv(_OfFloats):
    """The inverse of the error function."""


class Clip(_Elementwise):
    """Each value clipped to a range."""

    on = dtypes.NUMERIC
    sample = "{x_min: 0.0, x_max: 1.0}"

    x_min: Number = Field(description="the least value.")
    x_max: Number = Field(description="the greatest value.")

    def gives(self, dtype: str) -> str:
        return "int32" if dtype == "bool" else dtype

    def result(self, x: Tensor) -> Tree:
        out = super().result(x)
        assert isinstance(out, Tensor)
        self.fitting(out.dtype, x_min=self.x_min, x_max=self.x_max)
        return out


class NanToNum(_Elementwise):
    """Replaces NaN and infinities by numbers."""

    nan: Number = Field(0.0, description="replaces NaN.")
    posinf: Number | None = Field(None, description="replaces infinity; the highest number of the dtype by default.")
    neginf: Number | None = Field(None, description="replaces minus infinity; the lowest number of the dtype by default.")

"""The activation functions."""

from pydantic import Field

from layerctl.base.shapes import FLOATS, Shape, Tensor, text
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._activations import ActivationLayer
from layerctl.catalog.layers._base import AlongAxis, Reach, Tree
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, UnknownDimension
from layerctl.catalog.layers._receptive_field import along
from layerctl.catalog.ops import _dtypes as dtypes
from layerctl.catalog.ops._base import OfOne, Unmultiplied

Number = int | float


class _Activation(OfOne, ActivationLayer):
    """An activation function."""

    module = "nn"
    on = dtypes.ONLY_FLOATS


class _AlongAxis(AlongAxis, _Activation):
    """An activation function along an axis."""

    def result(self, x: Tensor) -> Tree:
        self.accepts(x.dtype)
        checks.axis(self.axis, x.rank)
        return super().result(x)


class Relu(_Activation):
    """max(0, x)."""

    on = dtypes.ONLY_NUMBERS


class Relu6(_Activation):
    """x clipped to 0 … 6."""

    on = dtypes.ONLY_NUMBERS


class Tanh(_Activation):
    """The hyperbolic tangent of each value."""

    of_sparse = "sparse"
    module = "numpy"
    on = dtypes.NUMERIC

    def gives(self, dtype: str) -> str:
        return dtype if dtype in FLOATS else dtypes.FLOATX


class Sigmoid(_Activation):
    """1 / (1 + exp(-x))."""


class Softmax(_AlongAxis):
    """exp(x) over its sum along an axis: probabilities."""

    axis: int = Field(-1, description="the axis along which the outputs add up to 1.")

    @property
    def softmax_axes(self) -> tuple[int, ...]:
        return (self.axis,)


class LogSoftmax(_AlongAxis):
    """log(softmax(x)) along an axis."""

    axis: int = Field(-1, description="the axis along which the probabilities add up to 1.")


class Softplus(_Activation):
    """log(1 + exp(x))."""


class Softsign(_Activation):
    """x / (1 + |x|)."""


class Silu(_Activation):
    """x sigmoid(x). Also `ops.swish`."""


class Selu(_Activation):
    """Elu scaled so that deep networks keep mean and variance."""


class HardSigmoid(_Activation):
    """A piecewise linear sigmoid: relu6(x + 3) / 6."""


class HardSilu(_Activation):
    """x times hard_sigmoid(x). Also `ops.hard_swish`."""


class HardTanh(_Activation):
    """x clipped to -1 … 1."""


class TanhShrink(_Activation):
    """x - tanh(x)."""


class LogSigmoid(_Activation):
    """log(sigmoid(x))."""


class SparsePlus(_Activation):
    """Like softplus, but exactly 0 below -1."""


class SparseSigmoid(_Activation):
    """x / 2 + 1 / 2 clipped to 0 … 1."""


class Elu(_Activation):
    """x where x > 0, else alpha (exp(x) - 1)."""

    alpha: Number = Field(1.0, description="the scale of negative values.")


class Celu(_Activation):
    """max(0, x) + min(0, alpha (exp(x / alpha) - 1))."""

    alpha: Number = Field(1.0, description="the scale of negative values.")


class Gelu(_Activation):
    """x times the cumulative normal distribution of x."""

    approximate: bool = Field(True, description="whether tanh approximates the exact function.")


class LeakyRelu(_Activation):
    """x where x > 0, else negative_slope × x."""

    on = dtypes.ONLY_NUMBERS

    negative_slope: Number = Field(0.2, description="the slope below 0.")


class _Limited(_Activation):
    """An activation with a limit; it works on integers only if the limit is an integer."""

    def result(self, x: Tensor) -> Tree:
        if any(isinstance(getattr(self, name), float) for name in type(self).model_fields):
            return super().result(x)
        self.accepts(x.dtype, on=dtypes.ONLY_NUMBERS)
        return x


class HardShrink(_Limited):
    """x where |x| is above a threshold, else 0."""

    threshold: Number = Field(0.5, description="the distance from 0.")


class SoftShrink(_Limited):
    """x moved towards 0 by a threshold; 0 where |x| is below it."""

    threshold: Number = Field(0.5, description="the distance from 0.")


class Squareplus(_Activation):
    """(x + sqrt(x² + b)) / 2."""

    b: Number = Field(4, description="how smooth the function is around 0.")


class Threshold(_Limited):
    """x where x is above a threshold, else another value."""

    sample = "{threshold: 0.1, default_value: 0.0}"

    threshold: Number = Field(description="the threshold.")
    default_value: Number = Field(description="the value that replaces those below the threshold.")


class Sparsemax(_AlongAxis):
    """The point of the probability simplex nearest to x: probabilities, many of them 0."""

    on = dtypes.Dtypes("floats but float16", FLOATS - {"float16"})

    axis: int = Field(-1, description="the axis along which the outputs add up to 1.")


class Glu(AlongAxis, Unmultiplied, ActivationLayer):
    """One half of an axis, times the sigmoid of the other half.

    Input shape: any with an even number of values along `axis`.

    Output shape: the input's, with half the size along `axis`.
    """

    module = "nn"
    on = dtypes.ONLY_FLOATS

    axis: int = Field(-1, description="the axis that is halved.")

    def reach(self, shape: Shape) -> Reach:
        return along(shape, (self.axis,), among=(self.axis % len(shape),))

    @property
    def may_sum_values(self) -> bool:
        return False

    def result(self, x: Tensor) -> Tree:
        self.accepts(x.dtype)
        axis = checks.axis(self.axis, x.rank)
        dim = x.shape[axis]
        if dim is None:
            message = f"halves axis {self.axis}, whose size is not known, {text(x.shape)}"
            self.refuse(UnknownDimension, message, help="write the dimension into `inputs`, or name another axis")
        if dim % 2:
            message = f"halves axis {self.axis}, which has {dim} values, {text(x.shape)}"
            self.refuse(ShapeDoesNotSuit, message, help="give it an even number of values")
        return Tensor((*x.shape[:axis], dim // 2, *x.shape[axis + 1 :]), x.dtype)

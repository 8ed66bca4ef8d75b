from pydantic import Field, NonNegativeFloat

from layerctl.base.shapes import same, text
from layerctl.catalog import Axes
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import AlongAxis, Call, Layer, Refusal, Tree, Weight
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._normalization import sizes, tupled

LAST = "normalize the last axis (`axis: -1`), or move the axes to the end with Permute"


class RMSNormalization(AlongAxis, Layer):
    """Scales the values of each position to a root mean square of 1 over the given axes, then by a learned factor.

    Input shape: any, at least rank 1; the dimensions at `axis` are known.

    Output shape: the input's.

    Weights: scale, of the shape of the input at `axis`.

    Example:
        ```yaml
        - RMSNormalization
        ```
    """

    category = "normalization"
    keeps_dtype_when_run = True
    call_arguments = ("x",)
    stricter = {
        "epsilon": "`epsilon` below 0 is refused: it can divide by zero, and Keras does not check.",
        "no axes": "An empty list of axes is refused: the layer would divide each value by itself.",
    }

    axis: Axes = Field(
        -1,
        description="the axis, or axes, that are normalized together; only the last axes are of use, because Keras "
        "always applies the learned factor to the last ones.",
    )
    epsilon: NonNegativeFloat = Field(1e-6, description="added to the mean square, against division by zero.")

    def output(self, call: Call) -> Tree:
        x = call.x
        checks.numeric(x, "RMSNormalization")
        checks.axes(tupled(self.axis), x.rank, help=LAST)
        scale = self._scale(call)
        last = x.shape[x.rank - len(scale) :]
        if not all(size == 1 or same(size, dim) for size, dim in zip(scale, last, strict=True)):
            raise Refusal(
                ShapeDoesNotSuit,
                f"the learned factor {text(scale, batch=False)} of axis {self.axis} does not fit the last axes of "
                f"{text(x.shape)}, to which Keras applies it",
                help=LAST,
            )
        return call.result(x.shape)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        return (Weight("scale", self._scale(call)),)

    def _scale(self, call: Call) -> tuple[int, ...]:
        return sizes(call.x.shape, tuple(sorted(tupled(self.axis))))

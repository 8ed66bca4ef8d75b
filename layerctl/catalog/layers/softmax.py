from pydantic import Field

from layerctl.base.shapes import text
from layerctl.catalog import Axes
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._activations import ActivationLayer
from layerctl.catalog.layers._base import AlongAxis, Call, Refusal, Tree
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._masks import broadcasts, mask_of


class Softmax(AlongAxis, ActivationLayer):
    """Turns scores into probabilities along an axis: exp(x) over its sum.

    Call arguments: `mask`, of the input's shape or with 1 in place of some dimensions: where it is false, the output is 0.

    Input shape: any, at least rank 1.

    Example:
        ```yaml
        - Softmax
        ```
    """

    call_arguments = ("inputs", "mask")
    usable_as_activation = True
    stricter = {
        "no axes": "An empty list of axes is refused: the layer would divide each value by itself.",
        "integers in a softmax": "Integers are refused; Keras accepts them only with a mask.",
    }

    axis: Axes = Field(-1, description="the axis, or axes, along which the outputs add up to 1.")

    @property
    def softmax_axes(self) -> tuple[int, ...]:
        return self.axis if isinstance(self.axis, tuple) else (self.axis,)

    def output(self, call: Call) -> Tree:
        x = call.x
        checks.axes(self.axis if isinstance(self.axis, tuple) else (self.axis,), x.rank)
        checks.floating(x, "Softmax")
        mask = mask_of(call)
        if mask is not None and not broadcasts(mask.shape, x.shape):
            raise Refusal(
                ShapeDoesNotSuit,
                f"expected a mask that broadcasts to {text(x.shape)}; got {text(mask.shape)}",
                help="give the mask as many axes as the input, with 1 where it is the same for all positions",
            )
        return call.result(x.shape)

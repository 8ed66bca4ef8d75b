from pydantic import Field

from layerctl.catalog import Axes
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import AlongAxis, Call, Layer, Tree
from layerctl.catalog.layers._normalization import tupled


class UnitNormalization(AlongAxis, Layer):
    """Scales the values of each position to a Euclidean norm of 1 over the given axes.

    Input shape: any, at least rank 1.

    Output shape: the input's.

    Example:
        ```yaml
        - UnitNormalization
        ```
    """

    category = "normalization"
    masks = "passes"
    stricter = {
        "no axes": "An empty list of axes is refused: the layer would divide each value by itself.",
    }

    axis: Axes = Field(-1, description="the axis, or axes, over which the norm is computed.")

    def output(self, call: Call) -> Tree:
        checks.axes(tupled(self.axis), call.x.rank)
        checks.floating(call.x, "UnitNormalization")
        return call.result(call.x.shape)

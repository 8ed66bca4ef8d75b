from pydantic import Field, NonNegativeFloat

from layerctl.catalog import Axes
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Tree, Weight
from layerctl.catalog.layers._normalization import Affine, gamma_and_beta, sizes, tupled


class LayerNormalization(Affine):
    """Brings the values of each position to mean 0 and standard deviation 1 over the given axes, whatever the batch.

    Input shape: any, at least rank 1; the dimensions at `axis` are known.

    Weights: gamma and beta, each of the shape of the input at `axis`. Keras sorts the axes as written, so that of
    `[1, -1]` the last axis comes first.

    Example:
        ```yaml
        - LayerNormalization: {epsilon: 1e-6}
        ```
    """

    masks = "passes"
    stricter = {
        "no axes": "An empty list of axes is refused: the layer would divide each value by itself.",
    }

    axis: Axes = Field(-1, description="the axis, or axes, that are normalized together.")
    epsilon: NonNegativeFloat = Field(1e-3, description="added to the variance, against division by zero.")

    def output(self, call: Call) -> Tree:
        x = call.x
        checks.numeric(x, "LayerNormalization")
        checks.axes(tupled(self.axis), x.rank)
        if self.center or self.scale:
            sizes(x.shape, tupled(self.axis))
        return call.result(x.shape)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        if not (self.center or self.scale):
            return ()
        shape = sizes(call.x.shape, tuple(sorted(tupled(self.axis))))
        return gamma_and_beta(shape, scale=self.scale, center=self.center)

from pydantic import Field

from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._attention import Attending
from layerctl.catalog.layers._base import Call, Tree, Weight


class AdditiveAttention(Attending):
    """Gives each query a mean of the values, weighted by the sums of tanh(query + key) over the features (Bahdanau et al., 2015).

    Keras's argument `score_mode` has no effect here and is left out.

    Weights: scale (width) with `use_scale`.

    Example:
        ```yaml
        - AdditiveAttention:
          inputs: [decoded, encoded]
        ```
    """

    use_scale: bool = Field(True, description="whether each feature is multiplied by a learned weight before the sum.")

    def output(self, call: Call) -> Tree:
        output = super().output(call)
        if self.use_scale:
            checks.known(self.tensors(call)[0].shape, -1, "the scale has a weight for each feature")
        return output

    def weights(self, call: Call) -> tuple[Weight, ...]:
        return (Weight("scale", (self.tensors(call)[0].shape[-1] or 0,)),) if self.use_scale else ()

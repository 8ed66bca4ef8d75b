from pydantic import Field

from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._attention import Attending
from layerctl.catalog.layers._base import Call, Tree, Weight


class AdditiveAttention(Attending):
    """Gives each query a mean of the values, weighted by the sums of tanh(query + key) over the features (Bahdanau et al., 2015).

    Keras's argument `score_mode` has no effect here and is left out.

    Call arguments: `inputs`, a list [query, value] or [query, value, key]; without a key the value is the key. `mask`, a list
    [query mask, value mask] of (batch, steps), true where a step counts; `use_causal_mask`, whether a query attends only to
    values up to its own step; `return_attention_scores`; `training`.

    Input shape: query (batch, query steps, width), value (batch, value steps, value width), key (batch, value steps, width); each
    may have the same further axes after the batch.

    Output shape: (batch, query steps, value width); with `return_attention_scores` a list: this, then the weights on the values,
    (batch, query steps, value steps).

    Weights: scale (width) with `use_scale`.

    MACs: query steps × value steps × (width + value width): the scores, then the weighted sum.

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

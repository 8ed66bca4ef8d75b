from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._attention import Attending
from layerctl.catalog.layers._base import FLOATS, Call, Tree, Weight, placed


class Attention(Attending):
    """Gives each query a mean of the values, weighted by how well the query matches their keys (Luong et al., 2015).

    Call arguments: `inputs`, a list [query, value] or [query, value, key]; without a key the value is the key. `mask`, a list
    [query mask, value mask] of (batch, steps), true where a step counts; `use_causal_mask`, whether a query attends only to
    values up to its own step; `return_attention_scores`; `training`.

    Input shape: query (batch, query steps, width), value (batch, value steps, value width), key (batch, value steps, width); each
    may have the same further axes after the batch.

    Output shape: (batch, query steps, value width); with `return_attention_scores` a list: this, then the weights on the values,
    (batch, query steps, value steps).

    Weights: scale () with `use_scale`; concat_score_weight () with `score_mode: concat`.

    MACs: query steps × value steps × (width + value width): the scores, then the weighted sum.

    Example:
        ```yaml
        - Attention:
          inputs: [decoded, encoded]
          call_args: {use_causal_mask: true}
        ```
    """

    stricter: ClassVar[Mapping[str, str]] = {
        "sparse queries": "Sparse vectors are refused; Keras can work on sparse queries if it does not add them to keys.",
    }
    after: ClassVar[dict[str, str]] = {"score_mode": "use_scale"}

    score_mode: Literal["dot", "concat"] = Field(
        "dot", description="how a query is compared to a key: by their product (`dot`), or by the tanh of their sum (`concat`)."
    )

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        return placed(super().own_fields(), cls.after)

    @property
    def adds(self) -> bool:
        return self.score_mode == "concat"

    def output(self, call: Call) -> Tree:
        output = super().output(call)
        query, _, key = self.tensors(call)
        if not self.adds and not self.use_scale and not FLOATS & {query.dtype, key.dtype}:
            checks.floating(query, "Attention")  # products of integers are integers, on which softmax does not work
        return output

    def weights(self, call: Call) -> tuple[Weight, ...]:
        scale = (Weight("scale", ()),) if self.use_scale else ()
        return (*scale, Weight("concat_score_weight", ())) if self.score_mode == "concat" else scale

from typing import Literal

from pydantic import Field

from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._attention import Attending
from layerctl.catalog.layers._base import FLOATS, Call, Tree, Weight


class Attention(Attending):
    """Gives each query a mean of the values, weighted by how well the query matches their keys (Luong et al., 2015).

    Weights: scale () with `use_scale`; concat_score_weight () with `score_mode: concat`.

    Example:
        ```yaml
        - Attention:
          inputs: [decoded, encoded]
          call_args: {use_causal_mask: true}
        ```
    """

    after = {"score_mode": "use_scale"}

    score_mode: Literal["dot", "concat"] = Field(
        "dot", description="how a query is compared to a key: by their product (`dot`), or by the tanh of their sum (`concat`)."
    )

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

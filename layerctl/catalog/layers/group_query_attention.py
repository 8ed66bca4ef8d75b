from typing import Self

from pydantic import Field, PositiveInt, model_validator

from layerctl.base.shapes import Shape, Tensor, text
from layerctl.catalog import ArgumentError
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Refusal
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._projected import Projected


class GroupQueryAttention(Projected):
    """Attention with several heads, where a group of query heads shares one head of keys and values (Ainslie et al., 2023).

    Call arguments: `query`; `value`; `key`, the value by default; `attention_mask` (batch, query steps, value steps), true where
    a query may attend to a value; `query_mask` (batch, query steps); `value_mask` and `key_mask` (batch, value steps);
    `use_causal_mask`, whether a query attends only to values up to its own step; `return_attention_scores`; `training`.

    Input shape: query (batch, query steps, features), value (batch, value steps, features), as wide as the query, key
    (batch, value steps, key features).

    Output shape: (batch, query steps, features); with `return_attention_scores` a list: this, then the scores,
    (batch, num_query_heads, query steps, value steps).

    Weights: kernel and bias of the query, the key, the gate with `use_gate`, the value: (features, heads, head_dim) and
    (heads, head_dim); kernel (num_query_heads, head_dim, features) and bias (features) of the output.

    MACs: those of the projections, steps × features × heads × head_dim, and back to the output; the scores and the weighted sum,
    num_query_heads × query steps × value steps × 2 head_dim.

    Example:
        ```yaml
        - GroupQueryAttention: {head_dim: 16, num_query_heads: 8, num_key_value_heads: 2}
          inputs: {query: decoded, value: encoded}
        ```
    """

    masks_queries = True
    masks = "passes"
    stricter = {
        "widths": "Query and value of different widths are refused, even if one has a single feature, which Keras broadcasts.",
    }

    head_dim: PositiveInt = Field(description="the width of a head.")
    num_query_heads: PositiveInt = Field(description="the number of heads of queries.")
    num_key_value_heads: PositiveInt = Field(description="the number of heads of keys and values; divides `num_query_heads`.")

    @classmethod
    def automatic_name(cls) -> str:
        return "grouped_query_attention"  # Keras exports its class GroupedQueryAttention under the shorter name

    @model_validator(mode="after")
    def _whole_groups(self) -> Self:
        if self.num_query_heads % self.num_key_value_heads:
            message = f"{self.num_query_heads} heads of queries cannot share {self.num_key_value_heads} heads of keys equally"
            raise ArgumentError("num_key_value_heads", message, f"use a number that divides {self.num_query_heads}")
        return self

    @property
    def heads(self) -> tuple[int, int]:
        return self.num_query_heads, self.num_key_value_heads

    @property
    def sizes(self) -> tuple[int, int]:
        return self.head_dim, self.head_dim

    def check_rank(self, part: str, tensor: Tensor, query: Tensor) -> None:
        checks.rank(tensor.shape, 3, help=f"give the {part} the axes (batch, steps, features)")

    def check_widths(self, query: Tensor, value: Tensor) -> None:
        if query.shape[-1] != value.shape[-1]:
            message = f"query and value must be equally wide; the query {text(query.shape)} has {query.shape[-1]} features, "
            message += f"the value {text(value.shape)} has {value.shape[-1]}"
            help = f"bring the value to that width with `Dense: {query.shape[-1]}`, or use MultiHeadAttention"
            raise Refusal(ShapeDoesNotSuit, message, label="of unlike width", help=help)

    def promised_scores(self, call: Call) -> Shape:
        return self.scores(call)

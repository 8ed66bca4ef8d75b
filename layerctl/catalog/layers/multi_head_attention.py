from typing import Annotated

from pydantic import Field, PositiveInt

from layerctl.base.shapes import Shape, Tensor, text
from layerctl.catalog import Axes, Says
from layerctl.catalog.layers._base import Call, Refusal
from layerctl.catalog.layers._codes import AxisOutOfRange
from layerctl.catalog.layers._projected import Projected


class MultiHeadAttention(Projected):
    """Attention with several heads, each with its own projections of query, key and value (Vaswani et al., 2017).

    Keras promises scores of (batch, num_heads, query steps, query steps), whatever the value's steps and `attention_axes`; so
    does layerctl.

    Call arguments: `query`; `value`; `key`, the value by default; `attention_mask` (batch, query steps, value steps), true where
    a query may attend to a value; `value_mask` and `key_mask` (batch, value steps); `query_mask`, which has no effect;
    `use_causal_mask`, whether a query attends only to values up to its own step; `return_attention_scores`; `training`.

    Input shape: query (batch, query steps, features), value and key (batch, value steps, features), each of its own width; or
    with further axes.

    Output shape: that of the query, with `output_shape` in place of its features; with `return_attention_scores` a list: this,
    then the scores.

    Weights: kernel and bias of the query, the key, the gate with `use_gate`, the value: (features, num_heads, key_dim or
    value_dim) and (num_heads, key_dim or value_dim); kernel (num_heads, value_dim, *output) and bias (*output) of the output.

    MACs: those of the projections, steps × features × num_heads × width of a head, and back to the output; the scores and the
    weighted sum, num_heads × query steps × value steps × (key_dim + value_dim).

    Example:
        ```yaml
        - MultiHeadAttention: {num_heads: 4, key_dim: 16}
          inputs: {query: decoded, value: encoded}
        ```
    """

    fixed_by_first_call = "rank"
    after = {"output_shape": "use_bias", "attention_axes": "output_shape"}
    masks_queries = False
    masks = "passes"
    stricter = {
        "attention axes": "`attention_axes` that name the batch or the features are refused; for inputs of rank 3 Keras "
        "does not always check.",
        "query mask": "A `query_mask` of text is refused; Keras does not check, as it ignores the mask.",
    }

    num_heads: PositiveInt = Field(description="the number of heads.")
    key_dim: PositiveInt = Field(description="the width of a head's queries and keys.")
    value_dim: PositiveInt | None = Field(None, description="the width of a head's values; `key_dim` by default.")
    output_shape: Annotated[
        PositiveInt | tuple[PositiveInt, ...] | None, Says("a positive integer, a list of positive integers, or null")
    ] = Field(None, description="the width of the output, or its axes after those of the steps; the query's width by default.")
    attention_axes: Annotated[Axes | None, Says("an integer, a list of one or more integers, or null")] = Field(
        None, description="the axes of the steps that attend to each other; by default all between the batch and the features."
    )

    @property
    def heads(self) -> tuple[int, int]:
        return self.num_heads, self.num_heads

    @property
    def sizes(self) -> tuple[int, int]:
        return self.key_dim, self.value_dim or self.key_dim

    def result_axes(self, query: Tensor) -> tuple[int, ...]:
        sizes = self.output_shape
        return (sizes,) if isinstance(sizes, int) else tuple(sizes or ()) or super().result_axes(query)

    def axes_of(self, query: Tensor) -> tuple[int, ...]:
        if self.attention_axes is None:
            return tuple(range(1, query.rank - 1))
        listed = self.attention_axes if isinstance(self.attention_axes, tuple) else (self.attention_axes,)
        axes = tuple(axis + query.rank if axis < 0 else axis for axis in listed)
        if not all(1 <= axis <= query.rank - 2 for axis in axes) or len(set(axes)) < len(axes):
            message = (
                f"`attention_axes` {list(listed)} of {text(query.shape)}: steps attend along axes between batch and features"
            )
            between = "1" if query.rank == 3 else f"1 to {query.rank - 2}, each at most once"
            raise Refusal(AxisOutOfRange, message, help=f"use {between}, or leave `attention_axes` out")
        return axes

    def promised_scores(self, call: Call) -> Shape:
        batch, length = call.x.shape[:2]
        return (batch, self.num_heads, length, length)

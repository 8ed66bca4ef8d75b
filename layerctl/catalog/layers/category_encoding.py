from typing import Literal

from pydantic import Field, PositiveInt, model_validator

from layerctl.base.shapes import Shape, Tensor, same, text
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Layer, Refusal, Tree
from layerctl.catalog.layers._categorical import counted, joined, one_hot, vectors_are_dense
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongDtype


class CategoryEncoding(Layer):
    """Turns integers into vectors of ones and zeros, or of counts.

    Call arguments: `count_weights`, of the input's shape: the weight of each value with `output_mode: count`.

    Input shape: (batch, values); with `one_hot` any.

    Output shape: (batch, num_tokens); with `one_hot` the input's plus an axis of num_tokens, in place of a last axis of size 1.

    Example:
        ```yaml
        - CategoryEncoding: {num_tokens: 12, output_mode: one_hot}
        ```
    """

    category = "preprocessing"
    call_arguments = ("inputs", "count_weights")
    stricter = {
        "sparse": "`sparse` is refused where Keras can make sparse vectors only for a known batch size.",
        "vectors of a batch": "Vectors of a whole sample are refused if a sample is a single value: Keras would take the batch "
        "for one sample.",
    }

    num_tokens: PositiveInt = Field(description="the number of different integers, from 0.")
    output_mode: Literal["multi_hot", "one_hot", "count"] = Field(
        "multi_hot",
        description="`one_hot` gives a vector for each value; `multi_hot` one for each sample, with 1 for each integer "
        "that occurs; `count` one for each sample, with how often each integer occurs.",
    )
    sparse: bool = Field(False, description="whether the result is sparse; whether later layers accept that is not checked.")

    _vectors_are_dense = model_validator(mode="after")(vectors_are_dense)

    @property
    def vocabulary_size(self) -> int | None:
        return self.num_tokens

    def output(self, call: Call) -> Tree:
        checks.numeric(call.x, "CategoryEncoding")
        weights = call.arguments.get("count_weights")
        if isinstance(weights, Tensor):
            self.weigh(call.x.shape, weights)
        counted(self.output_mode, call.policy.variable if weights is None else call.policy.compute)
        return super().output(call)

    def compute_output_shape(self, shape: Shape) -> Shape:
        if self.output_mode == "one_hot":
            return one_hot(shape, self.num_tokens)
        return joined(shape, self.num_tokens, self.output_mode)

    def weigh(self, shape: Shape, weights: Tensor) -> None:
        """Checks that the weights match the values, of that shape."""
        if self.output_mode != "count":
            message = f"`count_weights` says how much values count; `output_mode: {self.output_mode}` does not count them"
            raise Refusal(ShapeDoesNotSuit, message, help="set `output_mode: count`, or leave out `count_weights`")
        if weights.dtype == "string":
            help = "name a tensor of numbers as `count_weights`"
            raise Refusal(WrongDtype, "`count_weights` takes numbers; got string", help=help)
        if len(shape) != weights.rank or not all(same(a, b) for a, b in zip(shape, weights.shape, strict=True)):
            message = f"`count_weights` has the shape of the input, {text(shape)}; got {text(weights.shape)}"
            raise Refusal(ShapeDoesNotSuit, message, label=f"got {text(weights.shape)}", help="give each value a weight")

from typing import Annotated, Self

from pydantic import AfterValidator, Field, PositiveFloat, WithJsonSchema, model_validator

from layerctl.base.shapes import Tensor, prod, same, text
from layerctl.catalog import ArgumentError, Initializer, Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, MaskTree, Refusal, Tree, Weight
from layerctl.catalog.layers._calls import BYTES
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongDtype
from layerctl.catalog.layers.embedding import Embedding


def _dtype(name: str) -> str:
    if name not in BYTES:
        raise ValueError
    return name


class ReversibleEmbedding(Embedding):
    """An embedding that can also be called in reverse: from vectors back to a score for each integer.

    Called with `call_args: {reverse: true}`, usually by `reuse`, it multiplies by the transposed table.

    Input shape: any; integers from 0 to `input_dim` - 1. In reverse (batch, …, output_dim).

    Output shape: the input's plus a last axis of output_dim. In reverse (batch, …, input_dim).

    Weights: embeddings (input_dim, output_dim); without `tie_weights` reverse_embeddings (output_dim, input_dim);
    with `lora_rank` as those of Embedding.

    MACs: 0; in reverse the product of the input's axes × input_dim.

    Example:
        ```yaml
        - ReversibleEmbedding: {input_dim: 10_000, output_dim: 128}
          name: tokens
        - reuse: tokens
          call_args: {reverse: true}
        ```
    """

    call_arguments = ("inputs", "reverse")
    after = {"tie_weights": "output_dim", "reverse_dtype": "mask_zero", "logit_soft_cap": "reverse_dtype"}
    stricter = {
        "soft cap": "`logit_soft_cap` of 0 or less is refused: 0 divides by zero, and a negative one acts as a positive one.",
        "one value": "A batch of single values is refused in reverse: Keras would take the batch for features.",
    }

    embeddings_initializer: Initializer = Field("uniform", description="initial values of the tables.")
    tie_weights: bool = Field(True, description="whether the reverse call uses the same table; else it has one of its own.")
    reverse_dtype: (
        Annotated[str, AfterValidator(_dtype), WithJsonSchema({"enum": list(BYTES)}), Says("a dtype, such as `float32`")] | None
    ) = Field(None, description="the compute dtype of the reverse call; the layer's by default.")
    logit_soft_cap: PositiveFloat | None = Field(
        None, description="a limit on the scores of the reverse call: cap × tanh(score / cap)."
    )

    @model_validator(mode="after")
    def _lora_ties_weights(self) -> Self:
        if self.lora_rank is not None and not self.tie_weights:
            raise ArgumentError("lora_rank", "`lora_rank` works only with `tie_weights: true`", "remove one of the two")
        return self

    @staticmethod
    def reversed(call: Call) -> bool:
        reverse = call.arguments.get("reverse", False)
        if not isinstance(reverse, bool):
            raise Refusal(WrongDtype, "`reverse` is `true` or `false`", help="write `call_args: {reverse: true}`")
        return reverse

    def output(self, call: Call) -> Tree:
        if not self.reversed(call):
            return super().output(call)
        shape = call.x.shape
        checks.min_rank(shape, 2)
        checks.numeric(call.x, "the reverse")
        if not same(shape[-1], self.output_dim):
            message = f"in reverse the last axis is as long as `output_dim`, {self.output_dim}; got {text(shape)}"
            help = f"bring it to that length with `Dense: {self.output_dim}`"
            raise Refusal(ShapeDoesNotSuit, message, label=f"got {text(shape)}", help=help)
        return call.result((*shape[:-1], self.input_dim))

    def mask(self, call: Call, input_mask: MaskTree) -> MaskTree:
        return None if self.reversed(call) else super().mask(call, input_mask)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        reverse = () if self.tie_weights else (Weight("reverse_embeddings", (self.output_dim, self.input_dim)),)
        return (*super().weights(call), *reverse)

    def macs(self, call: Call, output: Tree) -> int | None:
        assert isinstance(output, Tensor)
        return prod((*output.shape[1:], self.output_dim)) if self.reversed(call) else 0

from typing import Self

from pydantic import Field, PositiveInt, model_validator

from layerctl.base.shapes import Shape, Tensor
from layerctl.catalog import Constraint, Initializer, Regularizer
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, HasLora, Layer, Masks, MaskTree, Reach, Read, Tree, Weight
from layerctl.catalog.layers._origin import Entry, Origin, Place


class Embedding(HasLora, Layer):
    """Turns each integer into a learned vector, a row of a table.

    Keras's argument `weights`, an array of initial values, cannot be written in a spec.

    Input shape: any; integers from 0 to `input_dim` - 1. Floats are accepted and cut to integers, as Keras does.

    Output shape: the input's plus a last axis of output_dim.

    Weights: embeddings (input_dim, output_dim); with `lora_rank` it is frozen, and lora_embeddings_a (input_dim, lora_rank) and
    lora_embeddings_b (lora_rank, output_dim) are trained.

    MACs: 0: a look-up needs no multiplication.

    Example:
        ```yaml
        - Embedding: {input_dim: 10_000, output_dim: 128}
        ```
    """

    of_sparse = "dense"
    category = "core"

    input_dim: PositiveInt = Field(description="the number of rows: the largest integer + 1.")
    output_dim: PositiveInt = Field(description="the length of each vector.")
    embeddings_initializer: Initializer = Field("uniform", description="initial values of the table.")
    embeddings_regularizer: Regularizer = Field(None, description="a penalty on the table.")
    embeddings_constraint: Constraint = Field(None, description="applied to the table after each update.")
    mask_zero: bool = Field(False, description="whether 0 stands for no value, so that the layers after this one skip it.")
    lora_rank: PositiveInt | None = Field(
        None, description="the rank of a low-rank update that is trained in place of the table."
    )
    lora_alpha: float | None = Field(None, description="the scale of the low-rank update; `lora_rank` by default.")
    quantization_config: None = Field(None, description="null; quantization happens after training and has no place in a spec.")

    @model_validator(mode="after")
    def _lora_excludes_constraints(self) -> Self:
        return self.refuse_constraint("embeddings_constraint", self.embeddings_constraint)

    @property
    def masks(self) -> Masks:  # type: ignore[override]  # depends on the arguments
        return "makes" if self.mask_zero else "drops"

    @property
    def marks(self) -> tuple[int, ...]:
        return (0,) if self.mask_zero else ()

    @property
    def vocabulary_size(self) -> int | None:
        return self.input_dim

    def origin(self, shape: Shape, at: Place) -> Origin | None:
        return Entry(at[:-1], at[-1])

    def gives_sparse(self, call: Call) -> bool | None:
        return None if self.mask_zero else super().gives_sparse(call)

    def reach(self, shape: Shape) -> Reach:
        return tuple(map(Read, range(1, len(shape))))

    def output(self, call: Call) -> Tree:
        checks.numeric(call.x, "Embedding")
        return call.result((*call.x.shape, self.output_dim))

    def mask(self, call: Call, input_mask: MaskTree) -> MaskTree:
        return Tensor(call.x.shape, "bool")

    def weights(self, call: Call) -> tuple[Weight, ...]:
        return self.updated(Weight("embeddings", (self.input_dim, self.output_dim)))

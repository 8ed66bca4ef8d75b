from typing import Self

from pydantic import Field, PositiveInt, model_validator

from layerctl.base.shapes import Shape, prod
from layerctl.catalog import Activation, Constraint, Initializer, Regularizer
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, HasActivation, HasLora, Layer, Product, Reach, Tree, Weight
from layerctl.catalog.layers._origin import Origin, Place, Sum, Term
from layerctl.catalog.layers._receptive_field import along


class Dense(HasActivation, HasLora, Layer):
    """A fully connected layer: each output is a weighted sum of the last axis of the input, plus a bias.

    Input shape: (batch, …, features), at least rank 2.

    Output shape: (batch, …, units).

    Weights: kernel (features, units); bias (units,) with `use_bias`; with `lora_rank` the kernel is frozen, and lora_kernel_a
    (features, lora_rank) and lora_kernel_b (lora_rank, units) are trained.

    MACs: product of the output's dimensions × features.

    Example:
        ```yaml
        - Dense: {units: 10, activation: softmax}
        ```
    """

    category = "core"
    linear = True
    fully_connected = True
    is_matrix = True
    masks = "passes"

    units: PositiveInt = Field(description="the size of the output's last axis.")
    activation: Activation = Field(None, description="the function applied to the sums; none by default.")
    use_bias: bool = Field(True, description="whether a bias is added.")
    kernel_initializer: Initializer = Field("glorot_uniform", description="initial values of the kernel.")
    bias_initializer: Initializer = Field("zeros", description="initial values of the bias.")
    kernel_regularizer: Regularizer = Field(None, description="a penalty on the kernel.")
    bias_regularizer: Regularizer = Field(None, description="a penalty on the bias.")
    kernel_constraint: Constraint = Field(None, description="applied to the kernel after each update.")
    bias_constraint: Constraint = Field(None, description="applied to the bias after each update.")
    lora_rank: PositiveInt | None = Field(
        None, description="the rank of a low-rank update that is trained in place of the kernel."
    )
    lora_alpha: float | None = Field(None, description="the scale of the low-rank update; `lora_rank` by default.")
    quantization_config: None = Field(None, description="null; quantization happens after training and has no place in a spec.")

    @model_validator(mode="after")
    def _lora_excludes_constraints(self) -> Self:
        return self.refuse_constraint("kernel_constraint", self.kernel_constraint)

    def gives_sparse(self, call: Call) -> bool | None:
        return False if call.x.rank == 2 else None

    def output(self, call: Call) -> Tree:
        checks.numeric(call.x, "Dense")
        return super().output(call)

    @property
    def bias_axis(self) -> int | None:
        return -1 if self.use_bias else None

    def reach(self, shape: Shape) -> Reach:
        return along(shape, (-1,))

    def compute_output_shape(self, shape: Shape) -> Shape:
        checks.min_rank(shape, 2)
        checks.known(shape, -1, "the kernel needs to know the number of features")
        return (*shape[:-1], self.units)

    def product(self, shape: Shape) -> Product | None:
        return None if shape[-1] is None else Product(prod(shape[1:-1]), shape[-1], self.units)

    def origin(self, shape: Shape, at: Place) -> Origin | None:
        terms = (Term((*at[:-1], number), {"kernel": (number, at[-1])}) for number in range(shape[-1] or 0))
        return Sum(tuple(terms), at[-1])

    def weights(self, call: Call) -> tuple[Weight, ...]:
        features = call.x.shape[-1] or 0
        return self.updated(*checks.kernel_and_bias((features, self.units), self.units, self.use_bias))

    def macs(self, call: Call, output: Tree) -> int | None:
        return prod((*call.x.shape[1:], self.units))

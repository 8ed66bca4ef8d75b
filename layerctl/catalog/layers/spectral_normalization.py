from typing import Self

from pydantic import Field, PositiveInt, model_validator

from layerctl.base.shapes import Shape, Tensor
from layerctl.catalog import ArgumentError
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Layer, Reach, Refusal, Slide, Tree, Weight
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._wrapper import Inner, check_alone, inner_call, inner_weights

KERNEL_NAMES = ("kernel", "embeddings")


class SpectralNormalization(Layer):
    """Wraps a layer, and in training divides its kernel by the kernel's largest singular value.

    Input shape: that of the wrapped layer.

    Output shape: that of the wrapped layer.

    Weights: those of the wrapped layer, and vector_u (1, last dimension of the kernel), not trained, after the kernel.

    MACs: those of the wrapped layer.

    Example:
        ```yaml
        - SpectralNormalization: {layer: {Conv2D: {filters: 32, kernel_size: 3}}}
        ```
    """

    category = "normalization"
    call_arguments = ("inputs", "training")
    fixed_by_first_call = "features"
    can_be_frozen = False
    keeps_dtype_when_run = True

    layer: Inner = Field(
        description="the layer whose kernel is normalized: Dense, EinsumDense, Embedding, or a convolution that has one kernel."
    )
    power_iterations: PositiveInt = Field(
        1, description="how often each training step refines the estimate of the largest singular value."
    )

    @model_validator(mode="after")
    def _one_tensor(self) -> Self:
        if self.layer.input_kind == "list":
            message = f"{self.layer.keras_name()} joins several tensors, and has no kernel to normalize"
            raise ArgumentError("layer", message, "wrap a layer with a kernel, such as Dense or Conv2D")
        check_alone("SpectralNormalization", self.layer)
        return self

    def output(self, call: Call) -> Tree:
        checks.numeric(call.x, "SpectralNormalization")
        inner = inner_call(call, self.layer, call.x, {})
        output = self.layer.output(inner)
        if _kernel(self.layer, self.layer.weights(inner)) is None or not isinstance(output, Tensor):
            raise Refusal(
                ShapeDoesNotSuit,
                f"{self.layer.keras_name()} has no single kernel to normalize",
                help="wrap Dense, EinsumDense, Embedding or a convolution, without `lora_rank`",
            )
        return call.result(output.shape)

    def gives_sparse(self, call: Call) -> bool | None:
        return self.layer.gives_sparse(call)  # type: ignore[no-any-return]

    def output_when_run(self, call: Call, output: Tree) -> Tree:
        """Keras casts the wrapped layer's output to the dtype of its input, even to integers."""
        assert isinstance(output, Tensor)
        return Tensor(output.shape, call.x.dtype)

    def reach(self, shape: Shape) -> Reach:
        return self.layer.reach(shape)  # type: ignore[no-any-return]

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        return self.layer.slides(shape)  # type: ignore[no-any-return]

    def weights(self, call: Call) -> tuple[Weight, ...]:
        weights = inner_weights(call, self.layer, inner_call(call, self.layer, call.x, {}))
        kernel = _kernel(self.layer, weights)
        assert kernel is not None
        vector = Weight("vector_u", (1, kernel.shape[-1]), trainable=False, dtype=kernel.dtype)
        return (kernel, vector, *(weight for weight in weights if weight is not kernel))

    def macs(self, call: Call, output: Tree) -> int | None:
        inner = inner_call(call, self.layer, call.x, {})
        return self.layer.macs(inner, self.layer.output(inner))  # type: ignore[no-any-return]


def _kernel(layer: Layer, weights: tuple[Weight, ...]) -> Weight | None:
    """The weight that Keras normalizes, the layer's attribute `kernel` or `embeddings`; None if there is not just one."""
    if layer.step_layer is not None or any(weight.name.startswith(("recurrent_", "lora_")) for weight in weights):
        return None
    kernels = [weight for weight in weights if weight.name in KERNEL_NAMES]
    return kernels[0] if len(kernels) == 1 else None

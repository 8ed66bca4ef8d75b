from __future__ import annotations

from typing import Annotated, Any, ClassVar

from layerctl.catalog import Kind, PositiveInt
from layerctl.layers._base import Call, Layer, Policy, Refusal, Tree, Weight
from layerctl.layers._codes import ShapeDoesNotSuit
from layerctl.shapes import Tensor

NORMALIZABLE = ("kernel", "embeddings")


class SpectralNormalization(Layer):
    """Wraps a layer, and in training divides its kernel by the kernel's largest singular value.

    Args:
        layer: the layer whose kernel is normalized: Dense, EinsumDense, Embedding, or a convolution that has one kernel.
        power_iterations: how often a training step refines its estimate of the singular value.

    Input shape: that of the wrapped layer.

    Output shape: that of the wrapped layer.

    Weights: those of the wrapped layer, and vector_u (1, last dimension of the kernel), not trained, after the kernel.

    MACs: those of the wrapped layer.

    Example:
        ```yaml
        - SpectralNormalization: {layer: {Conv2D: {filters: 32, kernel_size: 3}}}
        ```
    """

    category: ClassVar[str] = "normalization"
    call_arguments: ClassVar[tuple[str, ...]] = ("inputs", "training")

    layer: Annotated[Any, Kind("layers")]
    power_iterations: PositiveInt = 1

    def output(self, call: Call) -> Tree:
        inner = self._inner(call)
        name = self.layer.keras_name()
        if self.layer.takes == "many":
            raise Refusal(ShapeDoesNotSuit, f"{name} joins several tensors; the wrapped layer is called on one")
        output = self.layer.output(inner)
        if _kernel(self.layer, self.layer.weights(inner)) is None or not isinstance(output, Tensor):
            raise Refusal(
                ShapeDoesNotSuit,
                f"{name} has no single kernel to normalize",
                help="wrap Dense, EinsumDense, Embedding or a convolution, without `lora_rank`",
            )
        return call.result(output.shape)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        inner = self._inner(call)
        weights = self._frozen(self.layer.weights(inner), inner.policy)
        kernel = _kernel(self.layer, weights)
        assert kernel is not None
        vector = Weight("vector_u", (1, kernel.shape[-1]), trainable=False, dtype=kernel.dtype)
        rest = [weight for weight in weights if weight is not kernel]
        return (kernel, vector, *rest)

    def macs(self, call: Call, output: Tree) -> int | None:
        inner = self._inner(call)
        return self.layer.macs(inner, self.layer.output(inner))  # type: ignore[no-any-return]

    def _inner(self, call: Call) -> Call:
        policy = Policy.named(self.layer.dtype) if self.layer.dtype else call.policy
        return Call(call.inputs, policy)

    def _frozen(self, weights: tuple[Weight, ...], policy: Policy) -> tuple[Weight, ...]:
        dtype = policy.variable
        return tuple(weight._replace(dtype=weight.dtype or dtype) for weight in weights)


def _kernel(layer: Layer, weights: tuple[Weight, ...]) -> Weight | None:
    """The one weight that Keras finds as the layer's attribute `kernel` or `embeddings`."""
    if hasattr(layer, "layer") and not isinstance(layer, SpectralNormalization):
        return None
    if any(weight.name.startswith(("recurrent_", "lora_")) for weight in weights):
        return None
    found = [weight for weight in weights if weight.name in NORMALIZABLE]
    return found[0] if len(found) == 1 else None

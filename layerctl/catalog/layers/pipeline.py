from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from layerctl.base.shapes import Tensor
from layerctl.catalog import Kind, Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import FLOATS, Call, Layer, Refusal, Tree, Weight
from layerctl.catalog.layers._codes import WrongRank
from layerctl.catalog.layers._objects import suit
from layerctl.catalog.layers._wrapper import inner_call


def _several(value: object) -> object:
    if not isinstance(value, tuple) or not all(isinstance(part, Layer) for part in value):
        raise PydanticCustomError("layers", "no list of layers")
    if not value:
        raise ValueError
    return value


Layers = Annotated[
    Any, Says("a list of layers, such as `[RandomFlip, {Rescaling: 0.5}]`"), Kind("layers", many=True), AfterValidator(_several)
]


class Pipeline(Layer):
    """A sequence of layers as one layer, mostly to prepare data.

    Input shape: what the first layer takes.

    Output shape: what the last layer gives.

    Weights: those of its layers.

    MACs: those of its layers.

    Example:
        ```yaml
        - Pipeline: [RandomFlip, {RandomRotation: 0.1}, {Rescaling: 0.5}]
        ```
    """

    category = "preprocessing"
    call_arguments = ("inputs", "training", "mask")
    trainable: ClassVar[bool] = True  # type: ignore[misc]  # no argument of this class
    dtype: ClassVar[None] = None  # type: ignore[misc]  # likewise
    autocast: ClassVar[bool] = False  # type: ignore[misc]  # likewise
    activity_regularizer: ClassVar[None] = None  # type: ignore[misc]  # likewise
    stricter = {
        "one image": "A single image is refused: Keras would take the batch for its height.",
        "parts": "Integers are refused for a layer that works on floats, and lists of tensors; Keras passes integers on, and "
        "stacks lists.",
        "unknown channels": "Images with an unknown number of channels are refused, although a few layers accept them: one "
        "rule for all is simpler.",
    }

    layers: Layers = Field(description="the layers, each called on the output of the one before.")

    @property
    def keeps_values(self) -> bool:
        return all(layer.keeps_values for layer in self.layers)

    def steps(self, call: Call) -> Iterator[tuple[Layer, Call, Tree]]:
        """Each layer with its call and its output."""
        value: Tree = call.x
        for layer in self.layers:
            inner = self.inner(call, layer, value)
            value = layer.output_in_pipeline(inner)
            yield layer, inner, value

    def inner(self, call: Call, layer: Layer, value: Tree) -> Call:
        """The call of one of the layers."""
        name = layer.keras_name()
        if not isinstance(value, Tensor) or layer.input_kind == "list":
            message = f"{name} cannot stand here in a Pipeline, which hands one tensor from layer to layer"
            raise Refusal(WrongRank, message, help="make it an item of its own, beside the Pipeline")
        if layer.category != "preprocessing":
            checks.floating(value, f"{name} in a Pipeline")
        arguments = {key: value for key, value in call.arguments.items() if key in layer.call_arguments}
        inner = inner_call(call, layer, value, arguments)
        cast = layer.casts_inputs and value.dtype in FLOATS
        return inner._replace(inputs=Tensor(value.shape, inner.policy.compute)) if cast else inner

    def output(self, call: Call) -> Tree:
        return [value for _, _, value in self.steps(call)][-1]

    def weights(self, call: Call) -> tuple[Weight, ...]:
        weights: list[Weight] = []
        for layer, inner, value in self.steps(call):
            created = layer.weights(inner)
            suit(layer, inner, created, value)
            dtype = inner.policy.variable
            weights += (w._replace(trainable=w.trainable and layer.trainable, dtype=w.dtype or dtype) for w in created)
        return tuple(weight._replace(dtype=None) if weight.dtype == call.policy.variable else weight for weight in weights)

    def macs(self, call: Call, output: Tree) -> int | None:
        counts = [layer.macs(inner, value) for layer, inner, value in self.steps(call)]
        return None if None in counts else sum(counts)  # type: ignore[arg-type]

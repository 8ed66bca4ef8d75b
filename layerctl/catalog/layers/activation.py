from pydantic import Field

from layerctl.base.shapes import Shape
from layerctl.catalog import Activation as Function
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._activations import ActivationLayer
from layerctl.catalog.layers._base import Call, HasActivation, Layer, Reach, Tree
from layerctl.catalog.layers._receptive_field import along

OF_NUMBERS = frozenset(("leaky_relu", "relu", "relu6"))
"""Functions that work on integers, too."""
OF_NUMBERS_AND_BOOLEANS = frozenset(("exponential", "tanh"))


class Activation(HasActivation, ActivationLayer):
    """Applies an activation function to each value, or along the last axis (`softmax`, `log_softmax`, `sparsemax`).

    Example:
        ```yaml
        - Activation: relu
        ```
    """

    stricter = {
        "a list": "A list of tensors is refused; Keras accepts one if the arguments make the layer do nothing.",
    }

    activation: Function = Field(description="the function, or a layer that computes one; null leaves the input as it is.")

    @property
    def keeps_dtype_when_run(self) -> bool:  # type: ignore[override]  # depends on the function
        function = self.activation
        return function.keeps_dtype_when_run if isinstance(function, Layer) else function in (None, "linear", "relu", "relu6")

    @property
    def is_identity(self) -> bool:  # type: ignore[override]  # likewise
        return self.final_activation == "linear"

    @property
    def elementwise(self) -> bool:  # type: ignore[override]  # likewise
        return self.activation_is_elementwise

    @property
    def rowwise(self) -> bool:
        return self.activation.rowwise if isinstance(self.activation, Layer) else not self.elementwise

    def reach(self, shape: Shape) -> Reach:
        if isinstance(self.activation, Layer):
            return self.activation.reach(shape)
        return "place" if self.elementwise else along(shape, (-1,))

    def output(self, call: Call) -> Tree:
        if isinstance(self.activation, Layer):
            return self.activation.output(call)
        if self.activation in OF_NUMBERS or self.activation in OF_NUMBERS_AND_BOOLEANS:
            checks.numeric(call.x, f"`{self.activation}`", booleans=self.activation in OF_NUMBERS_AND_BOOLEANS)
        elif self.activation not in (None, "linear"):
            checks.floating(call.x, f"`{self.activation}`")
        return call.result(call.x.shape)

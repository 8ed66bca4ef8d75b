from pydantic import Field, NonNegativeFloat

from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._activations import ActivationLayer
from layerctl.catalog.layers._base import Call, Tree
from layerctl.catalog.layers._final_activation import Function


class ReLU(ActivationLayer):
    """Rectified linear unit: min(x, max_value) from the threshold on, else negative_slope × (x - threshold).

    Example:
        ```yaml
        - ReLU: {max_value: 6}
        ```
    """

    usable_as_activation = True
    stricter = {
        "integers": "Integers are refused with both a slope and a limit: whether Keras accepts them depends on the slope's type.",
    }

    max_value: NonNegativeFloat | None = Field(None, description="the largest output; null for no limit.")
    negative_slope: NonNegativeFloat = Field(0.0, description="the slope below the threshold.")
    threshold: NonNegativeFloat = Field(0.0, description="where the linear part begins.")

    @property
    def keeps_dtype_when_run(self) -> bool:  # type: ignore[override]  # with a slope TensorFlow turns integers into floats
        return not self.negative_slope

    @property
    def final_activation(self) -> str | None:
        plain = not self.negative_slope and not self.threshold
        return {None: "relu", 6.0: "relu6"}.get(self.max_value, "re_lu") if plain else "re_lu"

    @property
    def activation_function(self) -> Function:
        if self.threshold or (self.max_value is not None and (self.max_value != 6 or self.negative_slope)):
            limits = (("max_value", self.max_value), ("negative_slope", self.negative_slope), ("threshold", self.threshold))
            return Function("re_lu", limits)
        if self.negative_slope:
            return Function("leaky_relu", (("negative_slope", self.negative_slope),))
        return Function("relu" if self.max_value is None else "relu6")

    def output(self, call: Call) -> Tree:
        if self.negative_slope and (self.max_value is not None or self.threshold):
            checks.floating(call.x, "ReLU with a slope and a limit")  # Keras multiplies the slope into the input's own dtype
        else:
            checks.numeric(call.x, "ReLU", booleans=False)
        return call.result(call.x.shape)

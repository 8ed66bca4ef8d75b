from pydantic import Field, NonNegativeFloat

from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._activations import ActivationLayer
from layerctl.catalog.layers._base import Call, Tree


class LeakyReLU(ActivationLayer):
    """Leaky rectified linear unit: x where x > 0, else negative_slope × x.

    Example:
        ```yaml
        - LeakyReLU: {negative_slope: 0.1}
        ```
    """

    usable_as_activation = True

    negative_slope: NonNegativeFloat = Field(0.3, description="the slope below 0.")

    @property
    def final_activation(self) -> str | None:
        return "leaky_relu"  # the name of the function

    def output(self, call: Call) -> Tree:
        checks.numeric(call.x, "LeakyReLU", booleans=False)
        return call.result(call.x.shape)

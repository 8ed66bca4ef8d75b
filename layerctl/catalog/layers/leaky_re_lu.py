from typing import ClassVar

from pydantic import Field, NonNegativeFloat

from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Layer, Masks, Tree


class LeakyReLU(Layer):
    """Rectified linear unit that leaks: x where x > 0, else negative_slope x.

    Input shape: any.

    Output shape: the input's.

    Weights: none.

    MACs: 0.

    Example:
        ```yaml
        - LeakyReLU: {negative_slope: 0.1}
        ```
    """

    category: ClassVar[str] = "activations"
    usable_as_activation: ClassVar[bool] = True
    masks: ClassVar[Masks] = "passes"

    negative_slope: NonNegativeFloat = Field(0.3, description="the slope below 0.")

    @property
    def final_activation(self) -> str | None:
        return "leaky_relu"

    def output(self, call: Call) -> Tree:
        checks.numeric(call.x, "LeakyReLU", booleans=False)
        return call.result(call.x.shape)

"""The base class of layers that are activation functions."""

from typing import ClassVar

from layerctl.catalog import Arguments, snake_case
from layerctl.catalog.layers._base import Layer, Masks


class ActivationLayer(Layer):
    """An activation function as a layer.

    Input shape: any.

    Output shape: the input's.
    """

    category = "activations"
    is_activation = True
    elementwise = True
    masks: ClassVar[Masks] = "passes"

    @property
    def final_activation(self) -> str | None:
        return snake_case(self.keras_name())

    @property
    def activation_object(self) -> Arguments | None:
        return self

    @property
    def activation_is_elementwise(self) -> bool:
        return self.elementwise

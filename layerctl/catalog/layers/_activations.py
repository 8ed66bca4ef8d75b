"""The base class of layers that are activation functions."""

from typing import ClassVar

from layerctl.catalog import Arguments, snake_case
from layerctl.catalog.layers._base import Layer, Masks
from layerctl.catalog.layers._final_activation import Function


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
    def activation_function(self) -> Function | None:
        name = self.final_activation
        return None if name is None else Function(name, tuple((key, getattr(self, key)) for key in sorted(self.own_fields())))

    @property
    def activation_object(self) -> Arguments | None:
        return self

    @property
    def activation_is_elementwise(self) -> bool:
        return self.elementwise

"""The activation function that a layer's output comes from."""

from typing import TYPE_CHECKING, ClassVar

from layerctl.catalog import Activation, Arguments
from layerctl.catalog.activations import OVER_LAST_AXIS
from layerctl.catalog.layers._values import AboutValues


class AboutActivation(AboutValues):
    """The activation function that the output comes from. A layer that says nothing has none.

    Class attributes:
        is_activation: whether the layer is an activation function, and nothing else.
        usable_as_activation: whether an `activation:` may name the layer.
        activation_is_last: whether nothing follows its activation; in a recurrent layer gates do.
    """

    is_activation: ClassVar[bool] = False
    usable_as_activation: ClassVar[bool] = False
    activation_is_last: ClassVar[bool] = True

    @property
    def final_activation(self) -> str | None:
        """The name of the function, such as `relu`; None where there is none to name."""
        return None

    @property
    def activation_object(self) -> Arguments | None:
        """The function where it is a layer, which may have arguments, as in `{LeakyReLU: 0.1}`; None where it has only a name."""
        return None

    @property
    def activation_is_elementwise(self) -> bool:
        """Whether the function works on each value by itself; softmax, for one, does not. True where there is no function."""
        return True

    @property
    def softmax_axes(self) -> tuple[int, ...]:
        """The axes along which the outputs add up to 1; empty where they need not."""
        return (-1,) if self.final_activation == "softmax" else ()


class HasActivation(AboutActivation):
    """A layer with an argument `activation`, which is applied last."""

    if TYPE_CHECKING:  # each family declares it where Keras's constructor has it
        activation: Activation

    @property
    def final_activation(self) -> str | None:
        function = self.activation
        return function.final_activation if isinstance(function, AboutActivation) else function or "linear"

    @property
    def activation_object(self) -> Arguments | None:
        return self.activation if isinstance(self.activation, Arguments) else None

    @property
    def activation_is_elementwise(self) -> bool:
        function = self.activation
        return function.elementwise if isinstance(function, AboutActivation) else function not in OVER_LAST_AXIS

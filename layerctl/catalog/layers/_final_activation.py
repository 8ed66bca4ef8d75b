"""The activation function that a layer's output comes from."""

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from layerctl.catalog import Activation, Arguments
from layerctl.catalog.activations import ALIASES, DEFAULTS, OVER_LAST_AXIS
from layerctl.catalog.layers._values import AboutValues


class Function(NamedTuple):
    """An activation function, in a form that is equal for equal functions: its name and all of its arguments."""

    name: str
    arguments: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def named(cls, name: str) -> "Function":
        """The function that a name stands for."""
        return cls(ALIASES.get(name, name), DEFAULTS.get(name, ()))


class AboutActivation(AboutValues):
    """The activation function that the output comes from. By default there is none.

    Class attributes:
        is_activation: whether the layer is only an activation function.
        usable_as_activation: whether `activation:` can name the layer.
        activation_is_last: whether the activation is the layer's last operation; in a recurrent layer it is not.
    """

    is_activation: ClassVar[bool] = False
    usable_as_activation: ClassVar[bool] = False
    activation_is_last: ClassVar[bool] = True

    @property
    def final_activation(self) -> str | None:
        """The name of the function, such as `relu`, or None."""
        return None

    @property
    def activation_function(self) -> Function | None:
        """The function with its arguments, in a form that is equal for equal functions; None where there is none."""
        return None

    @property
    def activation_object(self) -> Arguments | None:
        """The function if it is a layer with arguments, as in `{LeakyReLU: 0.1}`; None if it has only a name."""
        return None

    @property
    def activation_is_elementwise(self) -> bool:
        """Whether the function works on each value separately, as softmax does not. True without a function."""
        return True

    @property
    def softmax_axes(self) -> tuple[int, ...]:
        """The axes along which the outputs add up to 1; empty if there are none."""
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
    def activation_function(self) -> Function | None:
        function = self.activation
        return function.activation_function if isinstance(function, AboutActivation) else Function.named(function or "linear")

    @property
    def activation_object(self) -> Arguments | None:
        return self.activation if isinstance(self.activation, Arguments) else None

    @property
    def activation_is_elementwise(self) -> bool:
        function = self.activation
        return function.elementwise if isinstance(function, AboutActivation) else function not in OVER_LAST_AXIS

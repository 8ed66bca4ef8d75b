"""How Keras constructs a layer, and how a spec declares a custom layer, whose class is not imported for checks."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from layerctl.base.shapes import Shape
from layerctl.base.source import Span
from layerctl.catalog.layers._calls import Weight


class Result(NamedTuple):
    """An output tensor of a custom layer.

    Attributes:
        shape: without the batch dimension.
        dtype: None for the layer's compute dtype.
    """

    shape: Shape
    dtype: str | None = None


class Declaration(NamedTuple):
    """What a spec says of a custom layer.

    Attributes:
        module: the module of its class.
        positional: the constructor's first argument, if it is written without a name.
        arguments: the constructor's arguments, by name.
        output: the output of a call: one tensor, several, or some by name; None if the spec does not say.
        weights: its variables; None if the spec does not say.
        places: where in the spec the class, `output_shape` and `weights` are written.
    """

    module: str
    positional: tuple[Any, ...]
    arguments: Mapping[str, Any]
    output: Result | tuple[Result, ...] | Mapping[str, Result] | None
    weights: tuple[Weight, ...] | None
    places: Mapping[str, Span]


class AboutConstruction:
    """How Keras constructs the layer. By default it is a layer of Keras that works with every back end.

    Class attributes:
        is_function: whether it is a function of `keras.ops`, not a layer.
        tensorflow_only: whether it works with the TensorFlow back end only.
        required_in_config: the arguments that Keras's `from_config` needs even if they have their default values.
        can_be_frozen: whether `trainable: false` freezes its weights. In a layer around other layers Keras applies it before
            those exist, and trains them nonetheless.
        declaration: what the spec says of a custom layer; None for a layer of Keras.
    """

    is_function: ClassVar[bool] = False
    tensorflow_only: ClassVar[bool] = False
    required_in_config: ClassVar[tuple[str, ...]] = ()
    can_be_frozen: ClassVar[bool] = True
    declaration: ClassVar[Declaration | None] = None

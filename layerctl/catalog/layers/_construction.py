"""How Keras makes a layer, and what a spec says of a layer of the user's own, whose class is not imported before."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from layerctl.base.shapes import Shape
from layerctl.base.source import Span
from layerctl.catalog.layers._calls import Weight


class Result(NamedTuple):
    """A tensor that a layer of the user's own gives.

    Attributes:
        shape: without the batch dimension.
        dtype: None for the layer's compute dtype.
    """

    shape: Shape
    dtype: str | None = None


class Declaration(NamedTuple):
    """What a spec says of a layer of the user's own.

    Attributes:
        module: where its class is.
        positional: the constructor's first argument, where it is given without a name.
        arguments: of the constructor, by name.
        output: what a call gives: one tensor, several, or some by name; None where that is not said.
        weights: its variables; None where they are not said.
        places: where the class is named, and what stands behind `output_shape` and `weights`.
    """

    module: str
    positional: tuple[Any, ...]
    arguments: Mapping[str, Any]
    output: Result | tuple[Result, ...] | Mapping[str, Result] | None
    weights: tuple[Weight, ...] | None
    places: Mapping[str, Span]


class AboutConstruction:
    """How Keras makes the layer. One that says nothing is a layer of Keras's, with any back end.

    Class attributes:
        is_function: whether it is a function of `keras.ops`, which makes no layer.
        tensorflow_only: whether Keras has it with TensorFlow alone.
        required_in_config: the arguments that Keras's `from_config` looks for even where they have their defaults.
        can_be_frozen: whether `trainable: false` freezes its weights. Keras sets that of a layer around others before it knows
            those, and trains them nonetheless.
        declaration: what the spec says of a layer of the user's own; None for those of Keras.
    """

    is_function: ClassVar[bool] = False
    tensorflow_only: ClassVar[bool] = False
    required_in_config: ClassVar[tuple[str, ...]] = ()
    can_be_frozen: ClassVar[bool] = True
    declaration: ClassVar[Declaration | None] = None

"""The base class of all layers. Layers know nothing of graphs, files or Keras.

This file and those of its base classes have no `from __future__ import annotations`: with it, annotations are text, which
pydantic would evaluate again for each subclass.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import Field

from layerctl.base.shapes import FLOATS, Shape
from layerctl.catalog import CATALOGS, Arguments, Regularizer, snake_case
from layerctl.catalog.layers._calls import (
    AboutCalls,
    Call,
    DtypePolicy,
    FixedPart,
    InputKind,
    Policy,
    Refusal,
    Tree,
    Weight,
    leaves,
)
from layerctl.catalog.layers._construction import AboutConstruction
from layerctl.catalog.layers._design import AboutDesign
from layerctl.catalog.layers._final_activation import AboutActivation, HasActivation
from layerctl.catalog.layers._lora import HasLora
from layerctl.catalog.layers._masks import AboutMasks, Masks, MaskTree
from layerctl.catalog.layers._origin import AboutOrigin
from layerctl.catalog.layers._receptive_field import (
    AboutReceptiveField,
    AlongAxis,
    DataFormat,
    FixedReach,
    HasDataFormat,
    ImageFormat,
    Reach,
    Read,
    Slide,
    Taps,
    VolumeFormat,
)
from layerctl.catalog.layers._rewriting import AboutRewriting, Product
from layerctl.catalog.layers._sparse import AboutSparse, OfSparse
from layerctl.catalog.layers._values import AboutValues
from layerctl.catalog.layers._variants import AboutVariants

__all__ = [
    "FLOATS", "AlongAxis", "Call", "DataFormat", "DtypePolicy", "FixedPart", "FixedReach",
    "HasActivation", "HasDataFormat", "HasLora", "ImageFormat", "InputKind", "Layer", "MaskTree", "Masks", "OfSparse", "Policy",
    "Product", "Reach", "Read", "Refusal", "Slide", "Taps", "Tree", "VolumeFormat", "Weight", "layer_class", "leaves",
]  # fmt: skip
"""The names that the file of a layer imports."""


class Layer(
    Arguments,
    AboutConstruction,
    AboutCalls,
    AboutMasks,
    AboutSparse,
    AboutActivation,
    AboutReceptiveField,
    AboutValues,
    AboutOrigin,
    AboutRewriting,
    AboutDesign,
    AboutVariants,
):
    """A layer: Keras's arguments as fields, its output, its weights, and its multiplications (MACs).

    Most layers define no more than that. What other parts of layerctl ask is in the base classes, one concern and one file each,
    with default answers:

    - AboutConstruction: how Keras constructs it, and whether its class is Keras's or the user's.
    - AboutCalls: what it is called on, with which arguments, and whether it can be called again.
    - AboutMasks: what it does with masks.
    - AboutSparse: what it makes of sparse vectors.
    - AboutActivation: its activation function.
    - AboutReceptiveField: which part of the input one output value depends on, and which axis holds the channels.
    - AboutValues: whether it copies, transforms or sums values.
    - AboutOrigin: the input values and weights that one output value is computed from.
    - AboutRewriting: whether it is a product with a matrix.
    - AboutDesign: facts for the design rules.
    - AboutVariants: variants of it that an error message proposes.

    Class attributes:
        category: the layer's group in Keras's documentation.
        stricter: what layerctl refuses although Keras accepts it, and why; adds to what the base classes list.
        own_first: whether Keras's constructor has the arguments of the class itself before those of its family.
        after: the arguments that it has elsewhere, each with the one before it.
    """

    category: ClassVar[str]
    stricter: ClassVar[Mapping[str, str]] = {
        "glu": "`activation: glu` is refused: Keras promises the input's shape, but the output has half of its last axis.",
        "norms": "A constraint to negative norms, or with `min_value` above `max_value`, is refused: no weight can satisfy it.",
        "axes of a constraint": "A constraint along an axis that a weight lacks, or along one axis twice, is refused: Keras "
        "fails in training only.",
        "STFT": "The initializer STFT is refused for a kernel with several channels: Keras fills all of them alike.",
        "second call": "A second call of a layer on an unknown number of features is refused, although the first call "
        "fixed it: one rule for all calls is simpler.",
    }

    own_first: ClassVar[bool] = False
    after: ClassVar[Mapping[str, str]] = {}

    trainable: bool = Field(True, description="whether training changes the weights.")
    dtype: DtypePolicy | None = Field(None, description="the dtype policy; the model's by default.")
    autocast: bool = Field(True, description="whether floating inputs are cast to the compute dtype.")
    activity_regularizer: Regularizer = Field(None, description="a penalty on the output.")

    _own_name: ClassVar[str | None] = None

    def output(self, call: Call) -> Tree:
        """Shape and dtype of the result.

        Raises:
            Refusal: Keras could not build or run this call.
            Unknown: only Keras can tell.
        """
        return call.result(self.compute_output_shape(call.x.shape))

    def compute_output_shape(self, shape: Shape) -> Shape:
        """The output shape of a layer with one input and one output in the compute dtype; by default the input's."""
        return shape

    def weights(self, call: Call) -> tuple[Weight, ...]:
        """The variables that the first call creates, in Keras's order. Called after `output` has accepted the call."""
        return ()

    def macs(self, call: Call, output: Tree) -> int | None:
        """Multiply-accumulates of one sample; 0 for work that does not multiply by weights, None where not known."""
        return 0

    def output_in_pipeline(self, call: Call) -> Tree:
        """Shape and dtype of the result within a Pipeline; some layers work only there."""
        return self.output(call)

    @property
    def own_policy(self) -> str | None:
        """The name of the layer's own dtype policy, from its arguments or fixed by Keras; None to use the model's."""
        return self.dtype

    @property
    def casts_inputs(self) -> bool:
        """Whether floating inputs are cast to the compute dtype."""
        return self.autocast

    @property
    def trains_weights(self) -> bool:
        """Whether training changes its trainable weights."""
        return self.trainable or not self.can_be_frozen

    @property
    def contents(self) -> tuple[Any, ...]:
        """The values in which to look for layers within this one: its arguments, or the layers of a nested model."""
        return tuple(self.given().values())

    @property
    def undeclared(self) -> tuple[str, ...]:
        """The keys (`output_shape`, `weights`) that a spec leaves out of a custom layer: this one, or one within it."""
        inner = (value for value in self.contents if isinstance(value, Layer))
        return tuple(dict.fromkeys(key for layer in inner for key in layer.undeclared))

    @property
    def step_layer(self) -> "Layer | None":
        """The layer that it calls on each step of a sequence separately, if it does nothing else."""
        return None

    def decomposed(self) -> "tuple[tuple[Layer, slice], ...]":
        """Layers that together, in sequence, compute the same, each with its slice of the weights; empty if there are none."""
        return ()

    @classmethod
    def automatic_name(cls) -> str:
        """The name that Keras gives it by default."""
        return snake_case(cls.keras_name())

    @property
    def own_name(self) -> str | None:
        """The name in the spec of a layer within another; the names of items are in the graph."""
        return self._own_name

    def with_name(self, name: str) -> Self:
        """A copy with that name."""
        return self.model_copy(update={"_own_name": name})

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        names = super().own_fields() if cls.own_first else cls.model_fields
        own = [name for name in names if name not in Layer.model_fields and name not in cls.after]
        for name, predecessor in cls.after.items():
            own.insert(own.index(predecessor) + 1, name)
        return tuple(own)

    @classmethod
    def example(cls) -> str:
        """An item of a spec that calls it."""
        return f"- {cls.spec_name()}"

    @classmethod
    def plain_sections(cls) -> dict[str, str]:
        """The sections of its page that follow from its code; its docstring has the others."""
        weights = {"Weights": "none."} if cls.weights is Layer.weights and not cls.is_function else {}
        return weights | ({"MACs": "0."} if cls.macs is Layer.macs else {})


def layer_class(name: str) -> type[Layer] | None:
    """The layer class with that name in a spec, or None."""
    cls = CATALOGS["layers"].find(name)
    assert cls is None or issubclass(cls, Layer)
    return cls

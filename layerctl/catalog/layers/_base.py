"""What every layer says of itself: see `Layer`. Layers know nothing of graphs, files or Keras.

This file and those of the concerns have no `from __future__ import annotations`: it makes text of annotations, and that of a
base would be evaluated again for each class below it.
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
    Reach,
    Slide,
)
from layerctl.catalog.layers._rewriting import AboutRewriting, Product
from layerctl.catalog.layers._values import AboutValues

__all__ = [
    "FLOATS", "AlongAxis", "Call", "DataFormat", "DtypePolicy", "FixedPart", "FixedReach",
    "HasActivation", "HasDataFormat", "HasLora", "InputKind", "Layer", "MaskTree", "Masks", "Policy", "Product",
    "Reach", "Refusal", "Slide", "Tree", "Weight", "layer_class", "leaves", "placed",
]  # fmt: skip
"""All that the file of a layer needs."""


class Layer(
    Arguments,
    AboutConstruction,
    AboutCalls,
    AboutMasks,
    AboutActivation,
    AboutReceptiveField,
    AboutValues,
    AboutOrigin,
    AboutRewriting,
    AboutDesign,
):
    """A layer: Keras's arguments as fields, its output, its weights, and its multiplications (MACs).

    A layer need not say more. Its bases hold what other parts of layerctl ask besides, a concern each, in a file of its own, with
    the answer of a layer that says nothing:

    - AboutConstruction: how Keras makes it, and whose class it is.
    - AboutCalls: whether it is called on one tensor or on a list, with which arguments, and again.
    - AboutMasks: what becomes of masks.
    - AboutActivation: the activation function that its output comes from.
    - AboutReceptiveField: what of its input one output value is computed from, and where the channels are.
    - AboutValues: whether it copies values, works on each by itself, or sums them.
    - AboutOrigin: the places and weights that one output value is computed from.
    - AboutRewriting: whether it is a product with a matrix.
    - AboutDesign: what the design rules ask.

    Class attributes:
        category: Keras's group of the layer.
        stricter: what is refused although Keras lets it pass, and why; beyond what the base classes say.
    """

    category: ClassVar[str]
    stricter: ClassVar[Mapping[str, str]] = {
        "glu": "`activation: glu` is refused: Keras promises the input's last axis, and gives half of it.",
        "norms": "A constraint to norms below 0, or from a `min_value` to a smaller `max_value`, is refused: there are none.",
        "axes of a constraint": "A constraint along an axis that a weight lacks, or along one twice, is refused: Keras finds "
        "it in training only.",
        "STFT": "The initializer STFT of a kernel with several channels is refused: Keras fills them all with the same waves.",
        "second call": "A layer's second call whose features are unknown is refused, though the first call told them: one "
        "rule for both is simpler.",
    }

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
        """The shape rule of a layer with one input and one output in the compute dtype; the input's shape by default."""
        return shape

    def weights(self, call: Call) -> tuple[Weight, ...]:
        """The variables that a first call of this kind creates, in Keras's order. Called after `output` accepted the call."""
        return ()

    def macs(self, call: Call, output: Tree) -> int | None:
        """Multiply-accumulates of one sample; 0 for work that does not multiply by weights, None where not known."""
        return 0

    def output_in_pipeline(self, call: Call) -> Tree:
        """Shape and dtype of the result where the layer is a part of a Pipeline; some layers work there alone."""
        return self.output(call)

    @property
    def own_policy(self) -> str | None:
        """The dtype policy that it has whatever the model's is, by name: the one it is given, or the one Keras gives it."""
        return self.dtype

    @property
    def casts_inputs(self) -> bool:
        """Whether floats are cast to the compute dtype on the way in."""
        return self.autocast

    @property
    def trains_weights(self) -> bool:
        """Whether training changes its weights, those apart that are never trained."""
        return self.trainable or not self.can_be_frozen

    @property
    def contents(self) -> tuple[Any, ...]:
        """What the layer holds: its arguments, or the layers of a nested model."""
        return tuple(self.given().values())

    @property
    def undeclared(self) -> tuple[str, ...]:
        """The wiring keys that would say what is not known of it, or of a layer within it."""
        inner = (value for value in self.contents if isinstance(value, Layer))
        return tuple(dict.fromkeys(key for layer in inner for key in layer.undeclared))

    @property
    def step_layer(self) -> "Layer | None":
        """The layer that it calls on each step of a sequence by itself, if that is all it does."""
        return None

    def decomposed(self) -> "tuple[tuple[Layer, slice], ...]":
        """Layers that do the same one after the other, and which of its weights each has; empty where there are none."""
        return ()

    @classmethod
    def automatic_name(cls) -> str:
        """What Keras calls it where nobody gives it a name."""
        return snake_case(cls.keras_name())

    @property
    def own_name(self) -> str | None:
        """The name that the spec gave to a layer within a layer; items have theirs in the graph."""
        return self._own_name

    def with_name(self, name: str) -> Self:
        """A copy that has a name of its own."""
        return self.model_copy(update={"_own_name": name})

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        base = Layer.model_fields
        return tuple(name for name in cls.model_fields if name not in base)

    @classmethod
    def example(cls) -> str:
        """How an item is written that calls it."""
        return f"- {cls.spec_name()}"


def layer_class(name: str) -> type[Layer] | None:
    """The class of the layer that a spec calls by that name; None where there is no such layer."""
    cls = CATALOGS["layers"].find(name)
    assert cls is None or issubclass(cls, Layer)
    return cls


def placed(fields: tuple[str, ...], after: Mapping[str, str]) -> tuple[str, ...]:
    """Fields in another order: each that `after` names right behind another one."""
    names = [name for name in fields if name not in after]
    for name, before in after.items():
        names.insert(names.index(before) + 1, name)
    return tuple(names)

"""Whether the initializers, regularizers and constraints of a layer suit its weights, and its activation its output."""

from collections.abc import Iterator, Sequence

from layerctl.base.model import remembered
from layerctl.base.shapes import Tensor, text
from layerctl.catalog import CATALOGS, Kind, OfWeight
from layerctl.catalog.layers._base import Call, HasActivation, Layer, Policy, Refusal, Tree, Weight, leaves
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongDtype

OF_WEIGHT = ("initializers", "regularizers", "constraints")
PLAIN = "float32"
"""The dtype that every object works on, so that a layer's defaults need no look."""


def suit(layer: Layer, call: Call, weights: Sequence[Weight], output: Tree) -> None:
    """Refuses a call whose weights or output an object of the layer cannot make or judge; Keras fails when it builds or trains.

    Raises:
        Refusal: an object does not suit.
    """
    policy = call.policy
    if isinstance(output, Tensor):
        _activation(layer, output, policy)
    for field, found in _objects(layer, plain=policy.variable == PLAIN):
        part, _, kind = field.rpartition("_")
        if field == "activity_regularizer":
            for tensor in leaves(layer.output_when_run(call, output)):
                _judge(field, found, "the output", tensor.shape, tensor.dtype)
        if kind != "initializer" and not layer.trains_weights:
            continue
        for weight in weights:
            if part in _parts(weight, kind) and (kind == "initializer" or weight.trainable):
                _judge(field, found, f"the weight `{weight.name}`", weight.shape, weight.dtype or policy.variable)


def _activation(layer: Layer, output: Tensor, policy: Policy) -> None:
    """An activation that is a layer has rules of its own; a recurrent layer applies it at each step, to no output."""
    found = layer.activation if isinstance(layer, HasActivation) else None
    if isinstance(found, Layer) and layer.activation_is_last:
        call = Call(output, policy)
        suit(found, call, (), found.output(call))
    elif found == "sparsemax" and policy.compute == "float16":
        help = "use `softmax`, or another dtype policy for this layer"
        raise Refusal(WrongDtype, "`sparsemax` does not work in float16", help=help)


def _objects(layer: Layer, *, plain: bool) -> Iterator[tuple[str, OfWeight]]:
    """The objects that the spec gives, and where weights are held in an unusual dtype the default ones too."""
    holding = _holding(type(layer))
    for field in sorted(layer.model_fields_set & holding if plain else holding):
        value = getattr(layer, field)
        if isinstance(value, OfWeight):
            yield field, value
        elif isinstance(value, str) and field.endswith("_initializer"):
            cls = CATALOGS["initializers"].find(value)
            if cls is not None and issubclass(cls, OfWeight):
                yield field, cls.model_construct()


@remembered
def _holding(cls: type[Layer]) -> frozenset[str]:
    """The fields that take an object which is applied to a weight or to an output."""
    fields = cls.model_fields.items()
    return frozenset(name for name, info in fields for mark in info.metadata if isinstance(mark, Kind) and mark.name in OF_WEIGHT)


def _parts(weight: Weight, kind: str) -> tuple[str, ...]:
    """What an argument for this weight begins with: `depthwise_initializer` is for `depthwise_kernel`.

    The matrices of a low-rank update share the regularizer of the weight that they update.
    """
    name = weight.name
    if name.startswith("lora_"):
        return (name.removeprefix("lora_")[:-2],) if kind == "regularizer" else ()
    return ("kernel", "depthwise") if name == "kernel" else (name, name.removesuffix("_kernel"))


def _judge(field: str, found: OfWeight, what: str, shape: Sequence[int | None], dtype: str) -> None:
    name = found.keras_name()
    if found.dtypes is not None and dtype not in found.dtypes:
        works = ", ".join(sorted(found.dtypes))
        help = f"use a dtype policy whose weights are of one of {works}, or another {field}"
        if field == "activity_regularizer":
            help = "leave it out, or cast the input to floats first: `ops.cast: float32`"
        raise Refusal(WrongDtype, f"{name} does not work in {dtype}, the dtype of {what}", help=help)
    reason = found.misfit(shape)
    if reason is not None:
        shown = text(shape, batch=None in shape)
        raise Refusal(ShapeDoesNotSuit, f"{what} {shown} {reason}", label=f"`{field}` is {name}", help=f"use another `{field}`")

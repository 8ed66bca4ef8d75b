"""Checks that initializers, regularizers and constraints of a layer fit its weights, and its activation its output."""

from collections.abc import Iterator, Sequence

from layerctl.base.model import remembered
from layerctl.base.shapes import Tensor, text
from layerctl.catalog import CATALOGS, Kind, OfWeight
from layerctl.catalog.layers._base import Call, HasActivation, Layer, Policy, Refusal, Tree, Weight, leaves
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongDtype

OF_WEIGHT = ("initializers", "regularizers", "constraints")
PLAIN = "float32"
"""The dtype that every object works on; with it, a layer's defaults need no check."""


def suit(layer: Layer, call: Call, weights: Sequence[Weight], output: Tree) -> None:
    """Checks that each object of a layer can be applied to its weights or output; else Keras would fail in building or training.

    Raises:
        Refusal: an object cannot be applied.
    """
    policy = call.policy
    if isinstance(output, Tensor):
        _activation(layer, output, policy)
    for field, obj in _objects(layer, plain=policy.variable == PLAIN):
        part, _, kind = field.rpartition("_")
        if field == "activity_regularizer":
            for tensor in leaves(layer.output_when_run(call, output)):
                _check_object(field, obj, "the output", tensor.shape, tensor.dtype)
        if kind != "initializer" and not layer.trains_weights:
            continue
        for weight in weights:
            if part in _parts(weight, kind) and (kind == "initializer" or weight.trainable):
                _check_object(field, obj, f"the weight `{weight.name}`", weight.shape, weight.dtype or policy.variable)


def _activation(layer: Layer, output: Tensor, policy: Policy) -> None:
    """Checks the activation; in a recurrent layer it works on steps, not on the output, and is checked elsewhere."""
    activation = layer.activation if isinstance(layer, HasActivation) else None
    if isinstance(activation, Layer) and layer.activation_is_last:
        call = Call(output, policy)
        suit(activation, call, (), activation.output(call))
    elif activation == "sparsemax" and policy.compute == "float16":
        help = "use `softmax`, or another dtype policy for this layer"
        raise Refusal(WrongDtype, "`sparsemax` does not work in float16", help=help)


def _objects(layer: Layer, *, plain: bool) -> Iterator[tuple[str, OfWeight]]:
    """The objects that the spec sets; the default ones too unless weights are `plain`, of the dtype that suits all."""
    fields = _object_fields(type(layer))
    for field in sorted(layer.model_fields_set & fields if plain else fields):
        value = getattr(layer, field)
        if isinstance(value, OfWeight):
            yield field, value
        elif isinstance(value, str) and field.endswith("_initializer"):
            cls = CATALOGS["initializers"].find(value)
            if cls is not None and issubclass(cls, OfWeight):
                yield field, cls.model_construct()


@remembered
def _object_fields(cls: type[Layer]) -> frozenset[str]:
    """The fields that hold an initializer, regularizer or constraint."""
    fields = cls.model_fields.items()
    return frozenset(name for name, info in fields for mark in info.metadata if isinstance(mark, Kind) and mark.name in OF_WEIGHT)


def _parts(weight: Weight, kind: str) -> tuple[str, ...]:
    """The prefixes of arguments for this weight: `depthwise_initializer` is for `depthwise_kernel`.

    The matrices of a low-rank update share the regularizer of the weight that they update.
    """
    name = weight.name
    if name.startswith("lora_"):
        return (name.removeprefix("lora_")[:-2],) if kind == "regularizer" else ()
    return ("kernel", "depthwise") if name == "kernel" else (name, name.removesuffix("_kernel"))


def _check_object(field: str, obj: OfWeight, what: str, shape: Sequence[int | None], dtype: str) -> None:
    """Refuses an object that cannot be applied to `what`, a tensor of that shape and dtype."""
    name = obj.keras_name()
    if obj.dtypes is not None and dtype not in obj.dtypes:
        works = ", ".join(sorted(obj.dtypes))
        help = f"use a dtype policy whose weights are of one of {works}, or another {field}"
        if field == "activity_regularizer":
            help = "leave it out, or cast the input to floats first: `ops.cast: float32`"
        raise Refusal(WrongDtype, f"{name} does not work in {dtype}, the dtype of {what}", help=help)
    reason = obj.misfit(shape)
    if reason is not None:
        shown = text(shape, batch=None in shape)
        raise Refusal(ShapeDoesNotSuit, f"{what} {shown} {reason}", label=f"`{field}` is {name}", help=f"use another `{field}`")

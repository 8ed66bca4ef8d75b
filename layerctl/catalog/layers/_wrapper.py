"""Shared by layers that wrap a layer: its call and its weights."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from layerctl.catalog import ArgumentError, Kind, Says
from layerctl.catalog.layers._base import Call, Layer, Policy, Tree, Weight
from layerctl.catalog.layers._objects import suit


def _layer(value: object, *, optional: bool = False) -> object:
    if isinstance(value, Layer) or (optional and value is None):
        return value
    raise PydanticCustomError("layer_type", "not a layer")


Inner = Annotated[Any, Says("a layer, such as `{Dense: 8}`"), Kind("layers"), AfterValidator(_layer)]
OptionalInner = Annotated[
    Any, Says("a layer or null"), Kind("layers"), BeforeValidator(partial(_layer, optional=True), json_schema_input_type=None)
]


def check_alone(wrapper: str, layer: Layer) -> None:
    """Refuses to wrap a layer that needs more than one tensor."""
    if layer.required_arguments:
        arguments = ", ".join(f"`{name}`" for name in (layer.call_arguments[0], *layer.required_arguments))
        message = f"{layer.keras_name()} is called with {arguments}; {wrapper} gives it one tensor"
        raise ArgumentError("layer", message, "wrap a layer that works on one tensor")


def inner_call(call: Call, layer: Layer, inputs: Tree, arguments: Mapping[str, Any]) -> Call:
    """The call of the wrapped layer; by default it has the model's dtype policy, not the wrapper's."""
    model = call.default or call.policy
    return Call(inputs, Policy.named(layer.own_policy) if layer.own_policy else model, arguments, model)


def inner_weights(call: Call, layer: Layer, inner: Call, output: Tree | None = None) -> tuple[Weight, ...]:
    """The wrapped layer's weights as weights of the wrapper; `output` is that of the inner call, if already computed."""
    dtype = inner.policy.variable if inner.policy.variable != call.policy.variable else None
    weights = layer.weights(inner)
    suit(layer, inner, weights, layer.output(inner) if output is None else output)
    return tuple(
        weight._replace(trainable=weight.trainable and layer.trains_weights, dtype=weight.dtype or dtype) for weight in weights
    )

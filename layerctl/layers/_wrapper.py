"""What layers around a layer share: calling it, and naming its weights as their own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from pydantic_core import PydanticCustomError

from layerctl.catalog import Kind, Says
from layerctl.layers._base import Call, Layer, Policy, Tree, Weight
from layerctl.layers._objects import suit
from layerctl.model import AfterValidator


def _layer(value: object, *, optional: bool = False) -> object:
    if isinstance(value, Layer) or (optional and value is None):
        return value
    raise PydanticCustomError("layer_type", "not a layer")


Inner = Annotated[Any, Says("a layer, such as `{Dense: 8}`"), Kind("layers"), AfterValidator(_layer)]
OptionalInner = Annotated[Any, Says("a layer or null"), Kind("layers"), AfterValidator(partial(_layer, optional=True))]


def inner_call(call: Call, layer: Layer, inputs: Tree, arguments: Mapping[str, Any]) -> Call:
    """The call of the wrapped layer; without a `dtype` of its own it has the model's policy, not the wrapper's."""
    model = call.default or call.policy
    return Call(inputs, Policy.named(layer.own_policy) if layer.own_policy else model, arguments, model)


def inner_weights(call: Call, layer: Layer, inner: Call) -> tuple[Weight, ...]:
    """The wrapped layer's weights as weights of the wrapper."""
    dtype = inner.policy.variable if inner.policy.variable != call.policy.variable else None
    weights = layer.weights(inner)
    suit(layer, inner, weights, layer.output(inner))
    trains = layer.trainable or "layer" in type(layer).model_fields  # in Keras a wrapper's `trainable` stops at what it wraps
    return tuple(weight._replace(trainable=weight.trainable and trains, dtype=weight.dtype or dtype) for weight in weights)

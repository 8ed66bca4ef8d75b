"""One output value, back to what it was computed from: each product, the bias, the activation, to check with a calculator."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from layerctl.catalog.layers._base import Layer
from layerctl.catalog.layers._origin import Entry, Origin, Place, Pool, Scaling, Sum
from layerctl.report.results.following import (
    Computation,
    Followed,
    LookedUp,
    Normalized,
    PooledValue,
    Pooling,
    Product,
    Values,
    WeightedSum,
)
from layerctl.runtime.backends import backend
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.distribution import array
from layerctl.runtime.flow.linear import unactivated
from layerctl.runtime.flow.trace import Seen

CLOSE = 1e-4
"""How near a value followed in float64 is to one that was computed in float32, relatively."""
MANY = 256
"""Values of a sample up to which all are shown."""


def first_sample(seen: Seen) -> Array:
    """The first output's values for the first sample."""
    return seen.outputs[0][0]


def follow(name: str, seen: Seen, at: Place | None) -> Followed:
    """How one value of the first sample comes about.

    Args:
        name: of the layer; `encoder/dense` within a nested model.
        seen: the call.
        at: the value's place, without the batch; None for the largest value.
    """
    layer, sample = seen.step.op.layer, first_sample(seen).astype(np.float64)
    assert layer is not None
    if at is None:
        at = tuple(int(index) for index in np.unravel_index(int(np.argmax(sample)), sample.shape))
    value = float(sample[at])
    values: Values | None = sample.tolist() if sample.size <= MANY else None
    computation = _computation(layer, seen.layer, seen.inputs[0][:1], at) if len(seen.inputs) == 1 else None
    if computation is None:
        known = "Dense, convolutions, poolings, BatchNormalization and Embedding are"
        return Followed(name, at, value, values, why=f"{seen.type} is not followed; {known}")
    tolerance = CLOSE * max(1.0, float(np.abs(sample).max()))
    agrees = bool(np.isclose(computation.result, value, rtol=CLOSE, atol=tolerance))
    return Followed(name, at, value, values, computation, agrees=agrees)


def _computation(layer: Layer, keras_layer: Any, x: Array, at: Place) -> Computation | None:
    """How a layer computes a value of one sample; places are those of the whole sample."""
    inner = layer.step_layer
    if inner is not None:
        of_step = _computation(inner, keras_layer.layer, x[:, at[0]], at[1:])
        return of_step.within(at[0]) if of_step is not None else None
    origin = layer.origin(x.shape, at)
    return _worked_out(origin, layer, keras_layer, x, at) if origin is not None else None


def _worked_out(origin: Origin, layer: Layer, keras_layer: Any, x: Array, at: Place) -> Computation:
    match origin:
        case Sum():
            return _sum(origin, layer, keras_layer, x, at)
        case Pool():
            return _pool(origin, x[0])
        case Scaling():
            return _scaled(origin, keras_layer, x[0], at)
        case Entry():
            return _entry(origin, keras_layer, x[0])


def _sum(origin: Sum, layer: Layer, keras_layer: Any, x: Array, at: Place) -> WeightedSum:
    """Products, bias, and the activation of what they add up to."""
    sample = x[0].astype(np.float64)
    names = origin.terms[0].weights if origin.terms else ()
    held = {name: array(getattr(keras_layer, name)).astype(np.float64) for name in names}
    terms = tuple(
        Product(term.at, float(sample[term.at]), prod(float(held[name][entry]) for name, entry in term.weights.items()))
        for term in origin.terms
    )
    bias = getattr(keras_layer, "bias", None)
    added = float(array(bias)[origin.unit]) if bias is not None else None
    total = sum(term.product for term in terms) + (added or 0.0)
    sums, result = _activated(layer, keras_layer, x, at, total)
    return WeightedSum(terms, added, total, origin.padding, layer.final_activation or "linear", sums, result)


def _activated(layer: Layer, keras_layer: Any, x: Array, at: Place, total: float) -> tuple[Values | None, float]:
    """What the activation makes of a sum; one that looks along an axis needs the other sums too, which come first."""
    activation = keras_layer.activation
    convert = backend.keras().ops.convert_to_tensor
    if layer.activation_is_elementwise:
        return None, float(array(activation(convert([[total]], "float32")))[0, 0])
    with unactivated(keras_layer):
        sums = keras_layer(convert(x))
    return array(sums)[0][at[:-1]].tolist(), float(array(activation(sums))[0][at])


def _pool(origin: Pool, sample: Array) -> Pooling:
    terms = tuple(PooledValue(place, float(sample[place])) for place in origin.places)
    values = [term.input for term in terms]
    result = sum(values) / len(values) if origin.how == "average" else max(values)
    return Pooling(origin.how, terms, origin.padding, result)


def _scaled(origin: Scaling, keras_layer: Any, sample: Array, at: Place) -> Normalized:
    named = {"gamma": 1.0, "beta": 0.0, "moving_mean": 0.0, "moving_variance": 1.0}
    parts = {
        name: float(array(held)[origin.unit]) if (held := getattr(keras_layer, name, None)) is not None else otherwise
        for name, otherwise in named.items()
    } | {"epsilon": float(keras_layer.epsilon)}
    value = float(sample[at])
    scaled = (value - parts["moving_mean"]) / np.sqrt(parts["moving_variance"] + parts["epsilon"])
    return Normalized(value, parts, float(scaled * parts["gamma"] + parts["beta"]))


def _entry(origin: Entry, keras_layer: Any, sample: Array) -> LookedUp:
    row = int(sample[origin.at])
    return LookedUp(row, origin.column, float(array(keras_layer.embeddings)[row, origin.column]))

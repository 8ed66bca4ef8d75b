"""Computes one output value of a layer anew, term by term, from its inputs and weights."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from layerctl.catalog.layers._base import Layer
from layerctl.catalog.layers._origin import Entry, Place, Pool, Scaling, Sum
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
"""The largest relative difference between a value computed in float64 and in float32."""
MANY = 256
"""A sample of at most this many values is shown whole."""


def first_sample(seen: Seen) -> Array:
    """The first output's values for the first sample."""
    return seen.outputs[0][0]


def follow(name: str, seen: Seen, at: Place | None) -> Followed:
    """How one value of the first sample is computed: the value at these indices, by default the largest.

    Args:
        name: of the layer; `encoder/dense` within a nested model.
        seen: the call.
        at: indices without the batch.
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


def _computation(layer: Layer, keras_layer: Any, x: Array, at: Place, step: Place = ()) -> Computation | None:
    """How a layer computes a value of one sample; None if that is not known.

    Args:
        layer: the arguments.
        keras_layer: the weights.
        x: the input, a batch of one sample; of one step if there is a `step`.
        at: indices of the value.
        step: the index of the step, in a layer that is called on each step (`TimeDistributed`).
    """
    if layer.step_layer is not None:
        return _computation(layer.step_layer, keras_layer.layer, x[:, at[0]], at[1:], (*step, at[0]))
    match origin := layer.origin(x.shape, at):
        case None:
            return None
        case Sum():
            return _sum(origin, layer, keras_layer, x, at, step)
        case Pool():
            return _pool(origin, x[0], step)
        case Scaling():
            return _scaled(origin, keras_layer, x[0], at)
        case Entry():
            return _entry(origin, keras_layer, x[0])


def _sum(origin: Sum, layer: Layer, keras_layer: Any, x: Array, at: Place, step: Place) -> WeightedSum:
    """The products, the bias, and the activation of their sum."""
    sample = x[0].astype(np.float64)
    names = origin.terms[0].weights if origin.terms else ()
    weights = {name: array(getattr(keras_layer, name)).astype(np.float64) for name in names}
    terms = tuple(
        Product((*step, *term.at), float(sample[term.at]), prod(float(weights[name][i]) for name, i in term.weights.items()))
        for term in origin.terms
    )
    bias = getattr(keras_layer, "bias", None)
    bias = float(array(bias)[origin.unit]) if bias is not None else None
    total = sum(term.product for term in terms) + (bias or 0.0)
    sums, result = _activated(layer, keras_layer, x, at, total)
    return WeightedSum(terms, bias, total, origin.padding, layer.final_activation or "linear", sums, result)


def _activated(layer: Layer, keras_layer: Any, x: Array, at: Place, total: float) -> tuple[Values | None, float]:
    """The activation of a sum, and before it the sums of all units if the activation needs them, as softmax does."""
    activation = keras_layer.activation
    convert = backend.keras().ops.convert_to_tensor
    if layer.activation_is_elementwise:
        return None, float(array(activation(convert([[total]], "float32")))[0, 0])
    with unactivated(keras_layer):
        sums = keras_layer(convert(x))
    return array(sums)[0][at[:-1]].tolist(), float(array(activation(sums))[0][at])


def _pool(origin: Pool, sample: Array, step: Place) -> Pooling:
    terms = tuple(PooledValue((*step, *place), float(sample[place])) for place in origin.places)
    values = [term.input for term in terms]
    result = sum(values) / len(values) if origin.how == "average" else max(values)
    return Pooling(origin.how, terms, origin.padding, result)


def _scaled(origin: Scaling, keras_layer: Any, sample: Array, at: Place) -> Normalized:
    parts = {"gamma": 1.0, "beta": 0.0, "moving_mean": 0.0, "moving_variance": 1.0, "epsilon": float(keras_layer.epsilon)}
    for name in ("gamma", "beta", "moving_mean", "moving_variance"):
        if (weight := getattr(keras_layer, name, None)) is not None:
            parts[name] = float(array(weight)[origin.unit])
    value = float(sample[at])
    scaled = (value - parts["moving_mean"]) / np.sqrt(parts["moving_variance"] + parts["epsilon"])
    return Normalized(value, parts, float(scaled * parts["gamma"] + parts["beta"]))


def _entry(origin: Entry, keras_layer: Any, sample: Array) -> LookedUp:
    row = int(sample[origin.at])
    formula = f"embeddings[{row}, {origin.column}]"
    return LookedUp(row, formula, float(array(keras_layer.embeddings)[row, origin.column]))

"""One output value, back to what it was computed from: each product, the bias, the activation, to check with a calculator."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from layerctl.catalog.layers._base import Layer
from layerctl.catalog.layers._origin import Entry, Origin, Place, Pool, Scaling, Sum
from layerctl.runtime.backends import backend
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.distribution import array
from layerctl.runtime.flow.linear import unactivated
from layerctl.runtime.flow.trace import Seen

Found = dict[str, Any]
CLOSE = 1e-4
"""How near a value followed in float64 is to one that was computed in float32, relatively."""
MANY = 256
"""Values of a sample up to which all are shown."""


def first_sample(seen: Seen) -> Array:
    """The first output's values for the first sample."""
    return seen.outputs[0][0]


def follow(seen: Seen, at: Place | None) -> Found:
    """How one value of the first sample comes about.

    Args:
        seen: the call.
        at: the value's place, without the batch; None for the largest value.

    Returns:
        The place, the value, and what it is made of; `why` where the layer is not followed.
    """
    layer, values = seen.step.op.layer, first_sample(seen).astype(np.float64)
    assert layer is not None
    if at is None:
        at = tuple(int(index) for index in np.unravel_index(int(np.argmax(values)), values.shape))
    found: Found = {"sample": 0, "at": list(at), "value": float(values[at])}
    found["values"] = values.tolist() if values.size <= MANY else None
    followed = _followed(layer, seen.layer, seen.inputs[0][:1], at) if len(seen.inputs) == 1 else None
    if followed is None:
        known = "Dense, convolutions, poolings, BatchNormalization and Embedding are"
        return found | {"rule": None, "why": f"{seen.type} is not followed; {known}"}
    found |= followed
    found["agrees"] = bool(
        np.isclose(found["result"], found["value"], rtol=CLOSE, atol=CLOSE * max(1.0, float(np.abs(values).max())))
    )
    return found


def _followed(layer: Layer, keras_layer: Any, x: Array, at: Place) -> Found | None:
    """The way of a value through a layer that is given one sample; places are those of the whole sample."""
    inner = layer.step_layer
    if inner is not None:
        found = _followed(inner, keras_layer.layer, x[:, at[0]], at[1:])
        for term in found.get("terms", ()) if found is not None else ():
            term["at"].insert(0, at[0])
        return found
    origin = layer.origin(x.shape, at)
    return _worked_out(origin, layer, keras_layer, x, at) if origin is not None else None


def _worked_out(origin: Origin, layer: Layer, keras_layer: Any, x: Array, at: Place) -> Found:
    match origin:
        case Sum():
            return _sum(origin, layer, keras_layer, x, at)
        case Pool():
            return _pool(origin, x[0])
        case Scaling():
            return _scaled(origin, keras_layer, x[0], at)
        case Entry():
            return _entry(origin, keras_layer, x[0])


def _sum(origin: Sum, layer: Layer, keras_layer: Any, x: Array, at: Place) -> Found:
    """Products, bias, and the activation of what they add up to."""
    sample = x[0].astype(np.float64)
    names = origin.terms[0].weights if origin.terms else ()
    held = {name: array(getattr(keras_layer, name)).astype(np.float64) for name in names}
    terms: list[Found] = []
    for term in origin.terms:
        value, weight = float(sample[term.at]), prod(float(held[name][entry]) for name, entry in term.weights.items())
        terms.append({"at": list(term.at), "input": value, "weight": weight, "product": value * weight})
    bias = getattr(keras_layer, "bias", None)
    added = float(array(bias)[origin.unit]) if bias is not None else None
    total = sum(term["product"] for term in terms) + (added or 0.0)
    found: Found = {"rule": "weighted sum", "terms": terms, "bias": added, "sum": total, "padding": origin.padding}
    return found | _activated(layer, keras_layer, x, at, total)


def _activated(layer: Layer, keras_layer: Any, x: Array, at: Place, total: float) -> Found:
    """What the activation makes of a sum; one that looks along an axis needs the other sums too."""
    name, activation = layer.final_activation or "linear", keras_layer.activation
    convert = backend.keras().ops.convert_to_tensor
    if layer.activation_is_elementwise:
        return {"activation": name, "result": float(array(activation(convert([[total]], "float32")))[0, 0])}
    with unactivated(keras_layer):
        sums = keras_layer(convert(x))
    result = float(array(activation(sums))[0][at])
    return {"activation": name, "sums": array(sums)[0][at[:-1]].tolist(), "result": result}


def _pool(origin: Pool, sample: Array) -> Found:
    values = [float(sample[place]) for place in origin.places]
    terms = [{"at": list(place), "input": value} for place, value in zip(origin.places, values, strict=True)]
    result = sum(values) / len(values) if origin.how == "average" else max(values)
    return {"rule": origin.how, "terms": terms, "padding": origin.padding, "result": result}


def _scaled(origin: Scaling, keras_layer: Any, sample: Array, at: Place) -> Found:
    named = {"gamma": 1.0, "beta": 0.0, "moving_mean": 0.0, "moving_variance": 1.0}
    parts = {
        name: float(array(held)[origin.unit]) if (held := getattr(keras_layer, name, None)) is not None else otherwise
        for name, otherwise in named.items()
    } | {"epsilon": float(keras_layer.epsilon)}
    value = float(sample[at])
    scaled = (value - parts["moving_mean"]) / np.sqrt(parts["moving_variance"] + parts["epsilon"])
    return {
        "rule": "normalization",
        "formula": "(input - moving_mean) / sqrt(moving_variance + epsilon) * gamma + beta",
        "input": value,
        "parts": parts,
        "result": float(scaled * parts["gamma"] + parts["beta"]),
    }


def _entry(origin: Entry, keras_layer: Any, sample: Array) -> Found:
    row = int(sample[origin.at])
    value = float(array(keras_layer.embeddings)[row, origin.column])
    return {"rule": "lookup", "input": row, "formula": f"embeddings[{row}, {origin.column}]", "result": value}

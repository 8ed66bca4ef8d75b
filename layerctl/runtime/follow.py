"""One output value, back to what it was computed from: each product, the bias, the activation, to check with a calculator."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from layerctl.layers.average_pooling import AveragePooling1D, AveragePooling2D, AveragePooling3D
from layerctl.layers.batch_normalization import BatchNormalization
from layerctl.layers.conv import Conv1D, Conv2D, Conv3D
from layerctl.layers.dense import Dense
from layerctl.layers.depthwise_conv import DepthwiseConv1D, DepthwiseConv2D
from layerctl.layers.embedding import Embedding
from layerctl.layers.max_pooling import MaxPooling1D, MaxPooling2D, MaxPooling3D
from layerctl.runtime import backend
from layerctl.runtime.data._types import Array
from layerctl.runtime.distribution import array
from layerctl.runtime.trace import Seen
from layerctl.runtime.windows import axes

At = tuple[int, ...]
Found = dict[str, Any]
CLOSE = 1e-4
"""How near a value followed in float64 is to one that was computed in float32, relatively."""


MANY = 256
"""Values of a sample up to which all are shown."""


def first_sample(seen: Seen) -> Array:
    """The first output's values for the first sample."""
    return seen.outputs[0][0]


def follow(seen: Seen, at: At | None) -> Found:
    """How one value of the first sample comes about.

    Args:
        seen: the call.
        at: the value's place, without the batch; None for the largest value.

    Returns:
        The place, the value, and what it is made of; `why` where the layer is not followed.
    """
    layer, values = seen.step.op.layer, first_sample(seen).astype(np.float64)
    if at is None:
        at = tuple(int(index) for index in np.unravel_index(int(np.argmax(values)), values.shape))
    found: Found = {"sample": 0, "at": list(at), "value": float(values[at])}
    found["values"] = values.tolist() if values.size <= MANY else None
    rule = next((rule for kinds, rule in RULES if isinstance(layer, kinds)), None)
    if rule is None or len(seen.inputs) != 1:
        known = "Dense, convolutions, poolings, BatchNormalization and Embedding are"
        return found | {"rule": None, "why": f"{type(layer).__name__} is not followed; {known}"}
    found |= rule(seen, seen.inputs[0][0].astype(np.float64), at)
    found["agrees"] = bool(
        np.isclose(found["result"], found["value"], rtol=CLOSE, atol=CLOSE * max(1.0, float(np.abs(values).max())))
    )
    return found


def _dense(seen: Seen, x: Array, at: At) -> Found:
    kernel = array(seen.layer.kernel).astype(np.float64)
    row, unit = x[at[:-1]], at[-1]
    terms = [_term((*at[:-1], number), row[number], kernel[number, unit]) for number in range(len(row))]
    return _sum(seen, at, terms, unit)


def _convolution(seen: Seen, x: Array, at: At) -> Found:
    layer: Any = seen.step.op.layer
    kernel = array(seen.layer.kernel).astype(np.float64)
    first = layer.channel_axis == 1
    unit = at[0] if first else at[-1]
    taps, outside = _window(seen, at[1:] if first else at[:-1])
    channels = kernel.shape[-2]
    if hasattr(layer, "depth_multiplier"):
        looked_at = [(unit // layer.depth_multiplier, unit // layer.depth_multiplier, unit % layer.depth_multiplier)]
    else:
        start = unit // (layer.filters // layer.groups) * channels
        looked_at = [(start + number, number, unit) for number in range(channels)]
    terms = []
    for tap, place in taps:
        for channel, row, column in looked_at:
            there = (channel, *place) if first else (*place, channel)
            terms.append(_term(there, x[there], kernel[(*tap, row, column)]))
    return _sum(seen, at, terms, unit) | {"padding": outside * len(looked_at)}


def _window(seen: Seen, position: At) -> tuple[list[tuple[At, At]], int]:
    """The taps of a window that lie on the input, each with its place there, and how many lie on padding."""
    layer: Any = seen.step.op.layer
    ways = axes(layer, seen.inputs[0].shape, seen.outputs[0].shape)
    along = [list(way.at(number)) for way, number in zip(ways, position, strict=True)]
    found = [(tuple(tap for tap, _ in chosen), tuple(place for _, place in chosen)) for chosen in product(*along)]
    return found, int(np.prod([way.taps for way in ways])) - len(found)


def _term(at: At, value: float, weight: float) -> Found:
    return {"at": [int(index) for index in at], "input": float(value), "weight": float(weight), "product": float(value * weight)}


def _sum(seen: Seen, at: At, terms: list[Found], unit: int) -> Found:
    """Products, bias, and the activation of what they add up to."""
    bias = getattr(seen.layer, "bias", None)
    added = float(array(bias)[unit]) if bias is not None else None
    total = sum(term["product"] for term in terms) + (added or 0.0)
    found: Found = {"rule": "weighted sum", "terms": terms, "bias": added, "sum": total}
    return found | _activated(seen, at, total)


def _activated(seen: Seen, at: At, total: float) -> Found:
    layer = seen.step.op.layer
    assert layer is not None
    name, activation = layer.final_activation or "linear", seen.layer.activation
    convert = backend.keras().ops.convert_to_tensor
    if name not in ("softmax", "log_softmax", "sparsemax"):
        return {"activation": name, "result": float(array(activation(convert([[total]], "float32")))[0, 0])}
    seen.layer.activation = backend.keras().activations.linear
    try:
        sums = array(seen.layer(convert(seen.inputs[0][:1])))[0][at[:-1]]
    finally:
        seen.layer.activation = activation
    result = float(array(activation(convert(sums[None], "float32")))[0, at[-1]])
    return {"activation": name, "sums": [float(value) for value in sums], "result": result}


def _pooling(seen: Seen, x: Array, at: At) -> Found:
    layer: Any = seen.step.op.layer
    first = layer.channel_axis == 1
    taps, outside = _window(seen, at[1:] if first else at[:-1])
    places = [(at[0], *place) if first else (*place, at[-1]) for _, place in taps]
    values = [float(x[place]) for place in places]
    terms = [{"at": [int(index) for index in place], "input": value} for place, value in zip(places, values, strict=True)]
    average = isinstance(layer, AVERAGES)
    result = sum(values) / len(values) if average else max(values)
    return {"rule": "average" if average else "maximum", "terms": terms, "padding": outside, "result": result}


def _normalization(seen: Seen, x: Array, at: At) -> Found:
    layer: Any = seen.layer
    axis = seen.step.op.layer.axis  # type: ignore[union-attr]  # it is a BatchNormalization
    unit = at[axis if axis < 0 else axis - 1]
    named = {"gamma": 1.0, "beta": 0.0, "moving_mean": 0.0, "moving_variance": 1.0}
    parts = {
        name: float(array(held)[unit]) if (held := getattr(layer, name, None)) is not None else otherwise
        for name, otherwise in named.items()
    } | {"epsilon": float(layer.epsilon)}
    scaled = (x[at] - parts["moving_mean"]) / np.sqrt(parts["moving_variance"] + parts["epsilon"])
    return {
        "rule": "normalization",
        "formula": "(input - moving_mean) / sqrt(moving_variance + epsilon) * gamma + beta",
        "input": float(x[at]),
        "parts": parts,
        "result": float(scaled * parts["gamma"] + parts["beta"]),
    }


def _lookup(seen: Seen, x: Array, at: At) -> Found:
    token = int(x[at[:-1]])
    row = array(seen.layer.embeddings)[token]
    return {"rule": "lookup", "input": token, "formula": f"embeddings[{token}, {at[-1]}]", "result": float(row[at[-1]])}


AVERAGES = (AveragePooling1D, AveragePooling2D, AveragePooling3D)
RULES: tuple[tuple[Any, Callable[[Seen, Array, At], Found]], ...] = (
    (Dense, _dense),
    ((Conv1D, Conv2D, Conv3D, DepthwiseConv1D, DepthwiseConv2D), _convolution),
    ((*AVERAGES, MaxPooling1D, MaxPooling2D, MaxPooling3D), _pooling),
    (BatchNormalization, _normalization),
    (Embedding, _lookup),
)
"""How a value of each kind of layer is followed back."""

"""What a built layer computes before its activation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from typing import Any

import numpy as np

from layerctl.runtime.backends import backend
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.distribution import array

AT_ONCE = 1 << 24
"""The most output values of one call."""


@contextmanager
def unactivated(layer: Any) -> Iterator[Any]:
    """A Keras layer without its activation, as long as the block lasts."""
    keras = backend.keras()
    activation = getattr(layer, "activation", None)
    if isinstance(activation, keras.layers.Layer):  # a built layer does not let go of a layer within it
        vars(activation)["call"] = lambda inputs, **options: inputs
        try:
            yield layer
        finally:
            del vars(activation)["call"]
        return
    if activation is not None:
        layer.activation = keras.activations.linear
    try:
        yield layer
    finally:
        if activation is not None:
            layer.activation = activation


def matrix(layer: Any, shape: tuple[int, ...]) -> tuple[Array, Array | None]:
    """The matrix (values in, values out) and the bias that a linear layer is: its outputs for all unit vectors, and for zeros.

    Args:
        layer: a built Keras layer.
        shape: of one input, without the batch.
    """
    size = prod(shape)
    with unactivated(layer):
        bias = getattr(layer, "bias", None)
        constant = None
        if bias is not None:
            constant = array(layer(np.zeros((1, *shape), layer.compute_dtype))).reshape(-1)
            before = array(bias)
            bias.assign(np.zeros_like(before))
        outputs = prod(layer.compute_output_shape((1, *shape)))
        kernel = np.empty((size, outputs), layer.compute_dtype)
        rows = max(1, AT_ONCE // max(size, outputs))
        for first in range(0, size, rows):
            units = np.zeros((min(rows, size - first), size), layer.compute_dtype)
            units[np.arange(len(units)), first + np.arange(len(units))] = 1
            kernel[first : first + rows] = array(layer(units.reshape(-1, *shape))).reshape(len(units), -1)
        if bias is not None:
            bias.assign(before)
    return kernel, constant

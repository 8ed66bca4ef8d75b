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
"""Values that a layer is asked for in one call."""


@contextmanager
def unactivated(layer: Any) -> Iterator[Any]:
    """A Keras layer without its activation, as long as the block lasts."""
    keras = backend.keras()
    activation = getattr(layer, "activation", None)
    if isinstance(activation, keras.layers.Layer):  # it is part of the layer, which a built one does not give away
        vars(activation)["call"] = lambda inputs, **more: inputs
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
    """A layer that is a matrix, written out: what it answers to each unit vector, and to none.

    Args:
        layer: built.
        shape: of one input, which is flattened.

    Returns:
        The matrix (values in, values out), and the bias of each value, or None.
    """
    size = prod(shape)
    with unactivated(layer):
        bias = getattr(layer, "bias", None)
        added = None if bias is None else array(layer(np.zeros((1, *shape), layer.compute_dtype))).reshape(-1)
        held = None if bias is None else array(bias)
        if bias is not None:
            bias.assign(np.zeros_like(held))
        made = prod(layer.compute_output_shape((1, *shape)))
        answers = np.empty((size, made), layer.compute_dtype)
        rows = max(1, AT_ONCE // max(size, made))
        for first in range(0, size, rows):
            units = np.zeros((min(rows, size - first), size), layer.compute_dtype)
            units[np.arange(len(units)), first + np.arange(len(units))] = 1
            answers[first : first + rows] = array(layer(units.reshape(-1, *shape))).reshape(len(units), -1)
        if bias is not None:
            bias.assign(held)
    return answers, added

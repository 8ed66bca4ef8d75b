"""How much of an activation's output is flat: where its slope is less than a hundredth of its steepest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from layerctl.catalog.layers._base import Layer
from layerctl.runtime.data._types import Array

FLAT = 0.01
SLOPES: dict[str, Callable[[Array], Array]] = {
    "sigmoid": lambda y: 4 * y * (1 - y),
    "tanh": lambda y: 1 - y**2,
    "softsign": lambda y: (1 - np.abs(y)) ** 2,
    "hard_sigmoid": lambda y: (y > 0) & (y < 1),
    "sparse_sigmoid": lambda y: (y > 0) & (y < 1),
    "hard_tanh": lambda y: np.abs(y) < 1,
    "relu6": lambda y: y < 6,
}
"""The slope at an output value, as a share of the steepest, by the name of the activation. Of relu6, as of relu, nothing is said
below 0: the share of zeros shows the same."""
ALONG_AN_AXIS = frozenset(("softmax", "sparsemax"))
"""Activations whose outputs along an axis add up to 1: they are flat where one of them is 1, however small the others are."""


def saturated(values: Array, layer: Layer) -> float | None:
    """The share of a layer's output values at which its activation is flat; None if it has no flat ends."""
    activation = layer.final_activation if layer.activation_is_last else None
    if activation is None or not values.size or values.dtype.kind != "f":
        return None
    exact = values.astype(np.float64)
    if activation in ALONG_AN_AXIS:
        largest = exact.max(axis=layer.softmax_axes or -1)
        return float(np.mean(4 * largest * (1 - largest) < FLAT))
    slope = SLOPES.get(activation)
    return None if slope is None else float(np.mean(slope(exact[np.isfinite(exact)]) < FLAT))

"""How far rounding may carry two ways of computing one function apart.

A sum of `n` products in arithmetic of unit roundoff `u = eps / 2`, in whatever order, is at most `n · u · Σ |x·w|` from the exact
one, to first order (Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section 3.1). Roundings go both ways,
and of many the sum grows as the square root: at most `λ · √n · u · Σ |x·w|`, with a chance of less than 2n·exp(-λ²/2) to be wrong
(Higham and Mary, A new approach to probabilistic rounding error analysis, 2019). Two ways of summing are thus at most
`min(n, λ·√n) · eps · Σ |x·w|` apart. What that comes to at the outputs is measured: each layer's sums are moved by that much, by
signs drawn at random, several times, and the largest change of an output counts, twice over. Layers without a kernel move each
value by a few `eps` of its own size.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod, sqrt
from typing import Any

import numpy as np

from layerctl.emit.plan import Plan
from layerctl.runtime import backend
from layerctl.runtime.distribution import array
from layerctl.runtime.walk import Called, run

TRIALS = 4
LAMBDA = 6
FACTOR = 2
"""What signs drawn at random may fall short of the worst ones."""
OWN = 4
"""Roundings within a layer that is no sum."""
STEPS = {"float32": 2.0**-12, "float64": 2.0**-24}
"""The eps that the moves are made with, by the widest dtype: small enough for first order, and large enough to be measured."""


def expected(planned: Plan, model: Any, inputs: list[Any]) -> float:
    """The bound on the difference of two outputs, in units of eps.

    Args:
        planned: the calls of the model.
        model: in float64.
        inputs: a tensor for each of its inputs.
    """
    generator = np.random.default_rng(0)
    clean = _arrays(run(planned, model, inputs, lambda call: call.output))
    largest = max((float(np.abs(values).max(initial=0)) for values in clean), default=0.0)
    worst = 0.0
    for _ in range(TRIALS):
        moved = _arrays(run(planned, model, inputs, _mover(generator)))
        worst = max(worst, *(float(np.abs(a - b).max(initial=0)) for a, b in zip(clean, moved, strict=True)))
    return FACTOR * worst / _step() + 2 * OWN * largest


def _step() -> float:
    return STEPS[backend.particular().FLOATS[-1]]


def _arrays(outputs: list[Any]) -> list[Any]:
    return [array(output).astype("float64") for output in outputs]


def _mover(generator: np.random.Generator) -> Callable[[Called], Any]:
    """What moves a call's output by as much as rounding may."""
    keras = backend.keras()

    def by(values: Any, size: Any) -> Any:
        signs = generator.integers(2, size=tuple(values.shape)) * 2 - 1
        return values + keras.ops.cast(signs * _step(), values.dtype) * size

    def move(value: Any) -> Any:
        return by(value, OWN * keras.ops.abs(value)) if "float" in keras.backend.standardize_dtype(value.dtype) else value

    def change(call: Called) -> Any:
        kernel = getattr(call.layer, "kernel", None)
        if kernel is None or not hasattr(call.layer, "activation"):
            return call.output if _exact(call) else keras.tree.map_structure(move, call.output)
        sums, scale = _sums(call)
        terms = prod(kernel.shape[:-1])
        moved = by(sums, (min(terms, LAMBDA * sqrt(terms)) + 2) * scale)
        return move(call.layer.activation(moved))

    return change


def _exact(call: Called) -> bool:
    """Whether a layer passes values on without a rounding."""
    layer = call.step.op.layer
    return layer is not None and layer.passes_values_on


def _sums(call: Called) -> tuple[Any, Any]:
    """What a layer with a kernel gives before its activation, and the same of the sizes of all values: `Σ |x·w| + |b|`."""
    keras, layer = backend.keras(), call.layer
    activation, weights = layer.activation, layer.get_weights()
    layer.activation = keras.activations.linear
    try:
        sums = layer(call.inputs)
        layer.set_weights([np.abs(values) for values in weights])
        return sums, layer(keras.ops.abs(call.inputs))
    finally:
        layer.activation = activation
        layer.set_weights(weights)

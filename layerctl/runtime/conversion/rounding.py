"""The bound on the difference that rounding makes between two ways of computing one function.

In arithmetic of unit roundoff `u = eps / 2` a sum of `n` products, in whatever order it is added up, differs from the exact one
by at most `γₙ · Σ |x·w|`, with `γₙ = n·u / (1 - n·u)` (Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition,
sections 3.1 and 3.5). Roundings go both ways, and of many the sum grows as the square root: `γ̃ₙ = λ·√n·u`, to first order, with a
chance of less than `2n·exp(-λ²/2)` to be wrong (Higham and Mary, A new approach to probabilistic rounding error analysis, 2019).
Two ways of summing are thus at most `2·min(γₙ, γ̃ₙ) ≈ min(n, λ·√n) · eps · Σ |x·w|` apart; two more roundings are those of the
bias and of weights that are themselves products.

The effect on the outputs is measured in the whole model at once: the values of each layer are moved by that much, with random
signs, several times; the bound is twice the largest change of an output. A bound that multiplies the sizes of all weights along
each path would grow with every layer, even if the function does not, and hide errors.

For a layer whose products are not known (recurrent, attention, custom), `n` is how many values its largest weight or its last
axis adds up, and its largest output stands for `Σ |x·w|`. Elementwise layers move each value by a few `eps` of its size; layers
that select values do not round.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod, sqrt
from typing import Any

import numpy as np

from layerctl.catalog.layers._base import Layer
from layerctl.catalog.layers._origin import Entry, Origin, Pool, Sum
from layerctl.codegen.plan import Plan
from layerctl.runtime.backends import backend
from layerctl.runtime.flow.distribution import array
from layerctl.runtime.flow.linear import unactivated
from layerctl.runtime.flow.walk import Called, nested, run

TRIALS = 4
"""How often random signs are drawn."""
LAMBDA = 6
FACTOR = 2
"""How many times larger the effect of the worst signs may be than that of random ones."""
OWN = 4
"""Roundings within an elementwise layer."""


def expected(planned: Plan, model: Any, inputs: list[Any], dtype: str) -> float:
    """The bound on the difference of two outputs, in units of eps; `dtype` is float64, or float32 if the model needs that."""
    generator = np.random.default_rng(0)
    step = sqrt(float(np.finfo(dtype).eps))  # small enough for first order, large enough to be measured
    clean = _arrays(run(planned, model, inputs, lambda call: call.output))
    largest = max((float(np.abs(values).max(initial=0)) for values in clean), default=0.0)
    worst = 0.0
    for _ in range(TRIALS):
        moved = _arrays(run(planned, model, inputs, _mover(generator, step)))
        worst = max(worst, *(float(np.abs(a - b).max(initial=0)) for a, b in zip(clean, moved, strict=True)))
    return FACTOR * worst / step + 2 * OWN * largest


def apart(terms: int) -> float:
    """How many eps of `Σ |x·w|` two sums of that many products may differ by."""
    return min(terms, LAMBDA * sqrt(terms)) + 2


def _arrays(outputs: list[Any]) -> list[Any]:
    return [array(output).astype("float64") for output in outputs]


def _mover(generator: np.random.Generator, step: float) -> Callable[[Called], Any]:
    """A function that moves a call's output by as much as rounding may."""
    keras = backend.keras()

    def moved_by(values: Any, size: Any) -> Any:
        signs = generator.integers(2, size=tuple(values.shape)) * 2 - 1
        return values + keras.ops.cast(signs * step, values.dtype) * size

    def each(size: Callable[[Any], Any], tree: Any) -> Any:
        def moved(value: Any) -> Any:
            return moved_by(value, size(value)) if "float" in keras.backend.standardize_dtype(value.dtype) else value

        return keras.tree.map_structure(moved, tree)

    def own(value: Any) -> Any:
        return OWN * keras.ops.abs(value)

    def change(call: Called) -> Any:
        layer = call.step.op.layer
        assert layer is not None
        if (within := nested(call, change)) is not None:
            return within
        origin = _origin(layer, call)
        if isinstance(origin, Sum) or (isinstance(origin, Pool) and origin.how == "average"):
            with unactivated(_innermost(layer, call.layer)):
                sums, scale = call.layer(call.inputs), _sizes(call)
            sums = moved_by(sums, apart(_count(origin)) * scale)
            activation = getattr(_innermost(layer, call.layer), "activation", None)
            return each(own, sums if activation is None else activation(sums))
        if isinstance(origin, Entry | Pool) or layer.keeps_values:
            return call.output
        if not layer.may_sum_values:
            return each(own, call.output)
        terms = apart(_largest(call))
        return each(lambda value: terms * keras.ops.max(keras.ops.abs(value)), call.output)

    return change


def _innermost(layer: Layer, keras_layer: Any) -> Any:
    """The Keras layer within `TimeDistributed`, otherwise the layer itself."""
    return keras_layer if layer.step_layer is None else keras_layer.layer


def _origin(layer: Layer, call: Called) -> Origin | None:
    """How the first value of a call's output is computed; None if that is not known."""
    if not hasattr(call.inputs, "shape") or not hasattr(call.output, "shape"):
        return None
    steps = 0 if layer.step_layer is None else 1
    shape, first = tuple(call.inputs.shape), (0,) * (len(call.output.shape) - 1 - steps)
    return (layer.step_layer or layer).origin((None, *shape[1 + steps :]), first)


def _count(origin: Sum | Pool) -> int:
    return len(origin.terms if isinstance(origin, Sum) else origin.places) + origin.padding


def _sizes(call: Called) -> Any:
    """`Σ |x·w| + |b|` of each value: the layer's output for absolute inputs with absolute weights."""
    weights = call.layer.get_weights()
    call.layer.set_weights([np.abs(values) for values in weights])
    try:
        return call.layer(backend.keras().ops.abs(call.inputs))
    finally:
        call.layer.set_weights(weights)


def _largest(call: Called) -> int:
    """The most values that a layer adds up, judged by the shapes of its weights, inputs and outputs."""
    inputs = [tuple(map(int, x.shape)) for x in _flat(call.inputs) if len(x.shape)]
    outputs = [tuple(map(int, y.shape)) for y in _flat(call.output)]
    weights = [tuple(map(int, weight.shape)) for weight in getattr(call.layer, "weights", ())]
    ratios = (prod(x[1:]) // max(1, prod(y[1:])) for x, y in zip(inputs, outputs, strict=False))
    return max(1, *ratios, *(prod(shape[:-1]) for shape in weights), *(shape[-1] for shape in inputs))


def _flat(tree: Any) -> list[Any]:
    return list(backend.keras().tree.flatten(tree))

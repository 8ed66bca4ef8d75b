"""The bound on the difference that rounding makes between two ways of computing one function.

A computed sum of `n` products is the exact sum of products that are each changed by at most `γₙ = n·u / (1 - n·u)`, with
`u = eps / 2`, in whatever order it is added up (Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section
3.1). Roundings go both ways, and of many the change grows as the square root: `γ̃ₙ = λ·√n·u`, to first order, with a chance of
less than `2n·exp(-λ²/2)` to be wrong (Higham and Mary, A new approach to probabilistic rounding error analysis, 2019). Two more
roundings are those of the bias and of weights that are themselves products.

So a model is run several times in which the inputs and the weights of every layer are changed by `(min(n, λ·√n) + 2)·eps` times a
normal number each, and elementwise layers change their output by a few eps. Each output value has a bound of its own: a multiple
of the root mean square of its changes. What the layers behind do to a rounding, the model itself thus says: where it magnifies
roundings until nothing of the value is left, the bound is as large as the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import prod, sqrt
from typing import Any

import numpy as np

from layerctl.base.shapes import FLOATS
from layerctl.catalog.layers._base import Layer
from layerctl.catalog.layers._origin import Entry, Origin, Pool
from layerctl.codegen.plan import Plan
from layerctl.runtime.backends import backend
from layerctl.runtime.conversion.outputs import outputs_of, repeatable
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.walk import Called, nested, run
from layerctl.runtime.models.masks import keep_masks

EPS = {"bfloat16": 2.0**-7, "float16": 2.0**-10, "float32": 2.0**-23, "float64": 2.0**-52}
"""The distance from 1 to the next number, by dtype."""
TINY = {"bfloat16": 2.0**-126, "float16": 2.0**-14, "float32": 2.0**-126, "float64": 2.0**-1022}
"""The smallest number of full precision, by dtype."""
TRIALS = 3
"""How often each of the two models is run with other roundings."""
LAMBDA = 6
FACTOR = 8
"""How many root mean squares of its changes a value may differ by: 6 normal numbers are all below 1/8 once in 60,000 times."""
OWN = 4
"""Roundings within an elementwise layer."""
HALF = 48
"""By what the roundings of a sum are divided in half precision, where sums are added up in float32."""
MOST_WEIGHTS = 20_000_000
"""Layers with more weights than this have their inputs changed alone."""


def changes(planned: Plan, model: Any, inputs: list[Any], seed: int) -> Iterator[list[Array]]:
    """For each run with other roundings, the changes of each of the model's outputs."""
    repeatable(model)
    clean = [outputs_of(one) for one in run(planned, model, inputs, lambda call: call.output)]
    for trial in range(TRIALS):
        repeatable(model)
        moved = run(planned, model, inputs, _Roundings(np.random.default_rng((seed, trial))).change)
        with np.errstate(invalid="ignore"):
            yield [outputs_of(one) - before for one, before in zip(moved, clean, strict=True)]


def bounds(values: Sequence[Array], changed: Sequence[Sequence[Array]], dtypes: Sequence[str]) -> list[Array]:
    """The bound of each value of each output.

    Args:
        values: the outputs.
        changed: for each run the changes of the outputs.
        dtypes: of the outputs.
    """
    found = []
    for number, (output, dtype) in enumerate(zip(values, dtypes, strict=True)):
        eps, tiny = (table.get(dtype, table["float32"]) for table in (EPS, TINY))
        with np.errstate(invalid="ignore", over="ignore"):
            square = np.mean([np.square(one[number]) for one in changed], axis=0)
            bound = FACTOR * np.sqrt(square) + 2 * OWN * eps * np.abs(output) + 8 * tiny
        found.append(np.where(np.isnan(bound), np.inf, bound))
    return found


def apart(terms: int) -> float:
    """How many eps each of that many products may be changed by."""
    return min(terms, LAMBDA * sqrt(terms)) + 2


class _Roundings:
    """Changes the outputs of calls as other roundings might."""

    def __init__(self, generator: np.random.Generator) -> None:
        self.generator = generator

    def change(self, call: Called) -> Any:
        """The output of a call with other roundings."""
        layer = call.step.op.layer
        assert layer is not None
        if (within := nested(call, self.change)) is not None:
            return within
        if _exact(layer, call):
            return call.output
        if not layer.may_sum_values and not layer.affine:
            return self._each(call.output, OWN)
        terms = apart(_largest(call, affine=layer.affine and not layer.may_sum_values))
        if call.layer is not None:
            repeatable(call.layer)  # it draws the same random numbers again
        with self._weights(call.layer, terms):
            output = call.again(lambda tree: self._each(tree, terms))
        return self._each(output, OWN)

    def _each(self, tree: Any, roundings: float) -> Any:
        """A structure of tensors with each float changed."""
        keras = backend.keras()

        def moved(value: Any) -> Any:
            dtype = keras.backend.standardize_dtype(value.dtype)
            if dtype not in FLOATS:
                return value
            noise = keras.ops.convert_to_tensor(self._noise(tuple(value.shape), dtype, roundings))
            result = value + value * keras.ops.cast(noise, dtype)
            keep_masks(value, result)
            return result

        return keras.tree.map_structure(moved, tree)

    def _noise(self, shape: tuple[int, ...], dtype: str, roundings: float) -> Array:
        size = EPS[dtype] * (2 + (roundings - 2) / HALF if dtype in ("float16", "bfloat16") else roundings)
        return self.generator.standard_normal(shape, np.float64 if dtype == "float64" else np.float32) * np.float64(size)

    @contextmanager
    def _weights(self, layer: Any, roundings: float) -> Iterator[None]:
        """A Keras layer with each of its weights changed, as long as the block lasts."""
        keras = backend.keras()
        variables = [one for one in getattr(layer, "weights", ()) if keras.backend.standardize_dtype(one.dtype) in FLOATS]
        if sum(prod(one.shape) for one in variables) > MOST_WEIGHTS:
            variables = []
        before = [keras.ops.copy(one.value) for one in variables]
        dtype = getattr(layer, "compute_dtype", "float32")
        try:
            for one, values in zip(variables, before, strict=True):
                noise = self._noise(tuple(one.shape), dtype if dtype in FLOATS else "float32", roundings)
                one.assign(values + values * keras.ops.cast(noise, one.dtype))
            yield
        finally:
            for one, values in zip(variables, before, strict=True):
                one.assign(values)


def _exact(layer: Layer, call: Called) -> bool:
    """Whether a layer only selects values, or marks them, so that it does not round."""
    if layer.keeps_values or layer.masks == "makes":
        return True
    origin = _origin(layer, call)
    return isinstance(origin, Entry) or (isinstance(origin, Pool) and origin.how == "maximum")


def _origin(layer: Layer, call: Called) -> Origin | None:
    """How the first value of a call's output is computed; None if that is not known."""
    if not hasattr(call.inputs, "shape") or not hasattr(call.output, "shape") or layer.linear:
        return None
    steps = 0 if layer.step_layer is None else 1
    shape, first = tuple(call.inputs.shape), (0,) * (len(call.output.shape) - 1 - steps)
    return (layer.step_layer or layer).origin((None, *shape[1 + steps :]), first)


def _largest(call: Called, *, affine: bool) -> int:
    """The most values that a layer adds up, by the shapes of inputs and outputs, and of weights unless it is affine."""
    inputs = [tuple(map(int, x.shape)) for x in _flat(call.inputs) if len(x.shape)]
    outputs = [tuple(map(int, y.shape)) for y in _flat(call.output)]
    weights = [] if affine else [tuple(map(int, weight.shape)) for weight in getattr(call.layer, "weights", ())]
    rows = [] if affine else [shape[-1] for shape in inputs]
    ratios = (prod(x[1:]) // max(1, prod(y[1:])) for x, y in zip(inputs, outputs, strict=False))
    return max(1, *ratios, *(prod(shape[:-1]) for shape in weights), *rows)


def _flat(tree: Any) -> list[Any]:
    return list(backend.keras().tree.flatten(tree))

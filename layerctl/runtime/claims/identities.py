"""Dense, Conv2D, relu and Flatten against plain arithmetic in float64."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from layerctl.compiler.pipeline import Accepted, compile_text
from layerctl.rewrite.interface import interface
from layerctl.rewrite.matching import match_layers
from layerctl.runtime.backends import backend
from layerctl.runtime.claims.designs import packaged
from layerctl.runtime.claims.probes import before_and_after
from layerctl.runtime.conversion.comparing import on_processor
from layerctl.runtime.conversion.equivalence import certify, scatter
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.distribution import array
from layerctl.runtime.flow.linear import matrix
from layerctl.runtime.models.verified import verified
from layerctl.runtime.study.trials import TrialResult

Measured: TypeAlias = dict[str, Array]
"""Figures by name, each with a value for each seed."""
SAMPLES = 16
PAIRS = {
    "full window": (
        "inputs: {image: [8, 8, 3]}\nlayers: [Flatten, {Dense: {units: 10, activation: relu}}, {Dense: 4}]",
        "inputs: {image: [8, 8, 3]}\nlayers: [{Conv2D: {filters: 10, kernel_size: 8, activation: relu}}, "
        "{Conv2D: {filters: 4, kernel_size: 1}}, Flatten]",
    ),
    "1×1": (
        "inputs: {image: [8, 8, 3]}\nlayers: [{Dense: {units: 10, activation: relu}}, {Dense: 4}]",
        "inputs: {image: [8, 8, 3]}\nlayers: [{Conv2D: {filters: 10, kernel_size: 1, activation: relu}}, "
        "{Conv2D: {filters: 4, kernel_size: 1}}]",
    ),
    "matrix": (
        "inputs: {image: [8, 8, 3]}\nlayers: [{Conv2D: {filters: 4, kernel_size: 3, padding: same, strides: 2}}, Flatten]",
        "inputs: {image: [8, 8, 3]}\nlayers: [Flatten, {Dense: 64}]",
    ),
}
"""Pairs of specs that are the same function; weights are moved from the first to the second."""


def _spec(text: str) -> Accepted:
    return compile_text(text, "claims.yaml").accepted()


def _pair(name: str) -> Callable[[Sequence[int]], Measured]:
    def measure(seeds: Sequence[int]) -> Measured:
        """The difference of outputs as a share of what rounding allows."""
        one, other = map(_spec, PAIRS[name])
        pairing = interface(one.model, other.model)
        matches = match_layers(one, other, pairing).layers
        proofs = [certify(one, other, matches, pairing, seed) for seed in seeds]
        return {f"{name}: difference / bound": np.array([max(one.share for one in proof.differences) for proof in proofs])}

    return measure


def _matrix(seeds: Sequence[int]) -> Measured:
    """A convolution as a matrix: its share of zeros, and how many values are not values of the kernel."""
    measured = _pair("matrix")(seeds)
    zeros, others = [], []
    for seed in seeds:
        layer = _convolution(seed)
        written = _written(layer)
        zeros.append(float(np.mean(written == 0)))
        others.append(float(len(np.setdiff1d(written[written != 0], array(layer.kernel)))))
    return measured | {"matrix: zeros": np.array(zeros), "matrix: values not of the kernel": np.array(others)}


def as_matrix(seed: int) -> Array:
    """The matrix of the Dense that a convolution is, (inputs, outputs)."""
    return _written(_convolution(seed))


def _convolution(seed: int) -> Any:
    return _scattered(_spec(PAIRS["matrix"][0]), seed).layers[1]


def _written(layer: Any) -> Array:
    written, _ = matrix(layer, tuple(layer.input.shape[1:]))
    return np.asarray(written)


def _scattered(spec: Accepted, seed: int) -> Any:
    """A spec's model with no weight at its initial value."""
    model = verified(spec, seed=seed).model
    scatter(model, seed)
    return model


def _drawn(seed: int, *shape: int) -> Array:
    return np.random.default_rng((seed, 2)).standard_normal(shape).astype(np.float32)


def _compared(outputs: Array, terms: Array, weights: Array, bias: Array) -> float:
    """The difference of `outputs` from Σ terms × weights + bias in float64, as a share of what rounding allows."""
    terms, weights = terms.astype(np.float64), weights.astype(np.float64)
    exact = terms @ weights + bias
    error = (len(weights) + 1) * float(np.finfo(np.float32).eps)
    return float((np.abs(outputs - exact) / (error * (np.abs(terms) @ np.abs(weights) + np.abs(bias)))).max())


def _weighted_sum(seeds: Sequence[int]) -> Measured:
    shares: list[float] = []
    for seed in seeds:
        model, x = _scattered(packaged("values_dense"), seed), _drawn(seed, SAMPLES, 10)
        shares.append(_compared(array(model(x)), x, *map(array, model.weights)))
    return {"weighted sum: difference / bound": np.array(shares)}


def _window(seeds: Sequence[int]) -> Measured:
    """Each output value of a padded Conv2D against the sum of its window times the kernel."""
    shares = []
    for seed in seeds:
        model, x = _scattered(packaged("values_conv2d"), seed), _drawn(seed, 2, 32, 32, 3)
        kernel, bias = map(array, model.weights)
        padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)
        shares.append(_compared(array(model(x)), windows.reshape(2, 32, 32, -1), kernel.reshape(-1, 16), bias))
    return {"window: difference / bound": np.array(shares)}


def _parameters(name: str) -> Callable[[Sequence[int]], Measured]:
    def measure(seeds: Sequence[int]) -> Measured:
        return {f"{name}: parameters": np.full(len(seeds), float(verified(packaged(name), seed=0).model.count_params()))}

    return measure


def _relu(seeds: Sequence[int]) -> Measured:
    """The values of a Dense layer, before and after relu."""
    measured: dict[str, list[float]] = {name: [] for name in ("negatives kept", "others changed")}
    for seed in seeds:
        before = array(_scattered(packaged("values_dense"), seed)(_drawn(seed, 200, 10)))
        after = array(backend.keras().activations.relu(before))
        measured["negatives kept"].append(float(np.mean((before < 0) & (after != 0))))
        measured["others changed"].append(float(np.mean((before >= 0) & (after != before))))
    return {f"relu: {what}": np.array(shares) for what, shares in measured.items()}


def _flatten(seeds: Sequence[int]) -> Measured:
    """Flatten against NumPy's reshape, and a Dense after Flatten with pixels and weights permuted alike."""
    changed, shares = [], []
    for seed in seeds:
        model, x = _scattered(packaged("values_flatten"), seed), _drawn(seed, 4, 32, 32, 16)
        flat = x.reshape(4, -1)
        changed.append(float(np.abs(array(model.layers[1](x)) - flat).max()))
        kernel, bias = map(array, model.weights)
        order = np.random.default_rng(seed).permutation(flat.shape[1])
        model.set_weights([kernel[order], bias])
        shares.append(_compared(array(model(flat[:, order].reshape(x.shape))), flat, kernel, bias))
    return {"flatten: values changed": np.array(changed), "flatten: difference / bound": np.array(shares)}


def _precisely(measure: Callable[[Sequence[int]], Measured]) -> Callable[[Sequence[int]], Measured]:
    """The measurement on the processor, whose arithmetic has all digits of a dtype."""

    def measured(seeds: Sequence[int]) -> Measured:
        with on_processor():
            return measure(seeds)

    return measured


SOURCES: dict[str, Callable[[Sequence[int]], Measured]] = {
    "full window": _pair("full window"),
    "1×1": _pair("1×1"),
    "matrix": _matrix,
    "weighted sum": _precisely(_weighted_sum),
    "window": _precisely(_window),
    **{name: _parameters(name) for name in ("values_dense", "values_conv2d", "values_flatten")},
    "relu": _relu,
    "flatten": _precisely(_flatten),
}
"""The measurement of each figure, by the part of its name before the colon."""


def shares_within_one(spec: Accepted, result: TrialResult) -> list[float]:
    """The share of a trial's weights within -1 … 1: of the initial ones, and of the trained ones."""
    return [float(np.mean(np.abs(weights) <= 1)) for weights in weights_of(spec, result)]


def weights_of(spec: Accepted, result: TrialResult) -> list[Array]:
    """All weights of a trial in one row: the initial ones, and the trained ones."""
    models = before_and_after(spec, result)
    return [np.concatenate([array(weight).ravel() for weight in model.weights]) for model in models]


def reach(spec: Accepted, seeds: Sequence[int]) -> tuple[Array, Array]:
    """Measures for each seed how far the effect of a pixel reaches, by changing one pixel after another.

    Returns:
        How many pixels of a row one value of the last feature maps depends on, and how many values of the first feature maps
        depend on one pixel. Weights are made positive, so that relu hides no change.
    """
    keras = backend.keras()
    seen, blurred = [], []
    for seed in seeds:
        model = _scattered(spec, seed)
        for weight in model.weights:
            weight.assign(np.abs(array(weight)))
        maps = [layer.output for layer in model.layers if len(layer.output.shape) == 4][1:]
        parts = keras.Model(model.inputs[0], [maps[0], maps[-1]])
        height, width, _ = model.input_shape[1:]
        raised = np.zeros((width, *model.input_shape[1:]), np.float32)
        raised[np.arange(width), height // 2, np.arange(width)] = 1
        first, last = (array(part) for part in parts(raised))
        first_black, last_black = (array(part) for part in parts(np.zeros_like(raised[:1])))
        blurred.append(float((first[width // 2] != first_black[0]).any(axis=-1).sum()))
        middle = (slice(None), last.shape[1] // 2, last.shape[2] // 2)
        seen.append(float((last[middle] != last_black[middle]).any(axis=-1).sum()))
    return np.array(seen), np.array(blurred)

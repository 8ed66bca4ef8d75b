"""Which errors in a weight a certificate finds: errors of every size are planted in every weight of ten models."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from layerctl.compiler.pipeline import compile_text
from layerctl.language.resolved import resolved_data
from layerctl.report.results.conversion import Difference
from layerctl.rewrite.as_conv2d import as_conv2d
from layerctl.rewrite.as_dense import as_dense
from layerctl.rewrite.interface import Interface
from layerctl.runtime.backends import backend

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]
SIZES = {"float64": (1e-3, 1e-6, 1e-9), "float32": (1e-1, 1e-3, 1e-5)}
"""Relative errors of a single weight; of a weight that is 0, in relation to the others of its array."""
IMAGE = "inputs: {image: [4, 4, 2]}\nlayers: "
MODELS: dict[str, tuple[str, str]] = {
    "dense": (IMAGE + "[Flatten, {Dense: {units: 3, activation: relu}}, {Dense: 2}]", "conv2d"),
    "normalized": (IMAGE + "[Flatten, {Dense: 3}, BatchNormalization, ReLU, {Dense: 2}, Softmax]", "conv2d"),
    "deep": ("inputs: {x: [3]}\nlayers: [{Dense: {units: 3, activation: tanh}, repeat: 6}]", "conv2d"),
    "convolution": (
        IMAGE + "[{Conv2D: {filters: 2, kernel_size: 2, activation: relu}}, {MaxPooling2D: {pool_size: 2, strides: 1}}, Flatten]",
        "dense",
    ),
    "depthwise": (
        IMAGE + "[{DepthwiseConv2D: {kernel_size: 2}}, {AveragePooling2D: {pool_size: 2, strides: 1}}, Flatten, {Dense: 2}]",
        "dense",
    ),
    "two scales": (
        "inputs: {x: [5]}\nlayers: [{Dense: 2, name: small}, {Rescaling: 1.0e+10, inputs: x, name: r}, {Dense: 2, name: big}]\n"
        "outputs: [small, big]",
        "conv2d",
    ),
    "residual": (
        "inputs: {x: [4]}\nlayers: [{Dense: {units: 4, activation: elu}, name: a}, {Dense: 4, name: b},"
        " {Add: {}, inputs: [a, b]}, LayerNormalization, {Dense: 2}]",
        "conv2d",
    ),
    "tokens": (
        "inputs: {t: {shape: [4], dtype: int32}}\nlayers: [{Embedding: {input_dim: 6, output_dim: 2}}, {Dense: 2}, {LSTM: 2}]",
        "conv2d",
    ),
    "nested": (
        "models: {m: {inputs: {h: [4]}, layers: [{Dense: 3}, ReLU]}}\ninputs: {x: [4]}\nlayers: [m, {Dense: 2}]",
        "conv2d",
    ),
    "two outputs": (
        "inputs: {x: [4]}\nlayers: [{Dense: 3, name: a}, {Dense: 2, name: p}, {Dense: 2, name: q, inputs: a}]\n"
        "outputs: {left: p, right: q}",
        "conv2d",
    ),
}


class Power(NamedTuple):
    """Of the weights of a model, how many there are, and in how many an error of each size was found."""

    weights: int
    found: dict[float, int]


def power(text: str, to: str, dtype: str) -> Power:
    """Plants errors in every weight of a converted model, one after another."""
    from layerctl.runtime.conversion.casting import in_dtype
    from layerctl.runtime.conversion.comparing import expected, given, judged, on_processor
    from layerctl.runtime.conversion.inputs import tried
    from layerctl.runtime.conversion.weights import drawn, load, moved, weights_of
    from layerctl.runtime.models.build import build_model

    spec = compile_text(text, "given.yaml").accepted()
    old = resolved_data(spec.model, spec.document)
    rewritten = (as_conv2d if to == "conv2d" else as_dense)(spec.model, old)
    with on_processor():
        weights = drawn(weights_of(spec.model, build_model(spec, seed=0)), 0)
        models = [in_dtype(one, dtype, False) for one in (old, rewritten.spec)]
        for model, values in zip(models, (weights, moved(weights, rewritten.moves.items())), strict=True):
            load(model.compiled.model, model.model, values)
        pairing = Interface(tuple(range(len(spec.model.graph.inputs))), tuple(range(len(spec.model.outputs()))))
        wanted = expected(models, pairing, tried(spec.model, 32, 0)["random"], dtype)

        def seen() -> bool:
            row = Difference("", "random", "random", dtype, 32, 0, 0, 0, 0, 0)
            parts = zip(wanted.values, given(models[1], pairing, wanted), wanted.bounds, strict=True)
            return not all(judged(row, *part).difference.within for part in parts)

        assert not seen()
        return _planted(models[1].model, SIZES[dtype], seen)


def _planted(model: Any, sizes: tuple[float, ...], seen: Any) -> Power:
    import numpy as np

    count, found = 0, dict.fromkeys(sizes, 0)
    for variable in model.weights:
        before = np.asarray(variable.numpy())
        scale = float(np.sqrt(np.mean(np.square(before))))
        for place in np.ndindex(before.shape):
            count += 1
            for size in sizes:
                after = before.copy()
                after[place] += size * (abs(after[place]) or scale)
                variable.assign(after)
                if not seen():
                    break
                found[size] += 1
        variable.assign(before)
    return Power(count, found)


@pytest.mark.parametrize(("text", "to"), MODELS.values(), ids=MODELS)
def test_a_millionth_of_any_weight_is_found_in_float64(text: str, to: str) -> None:
    if "float64" not in backend.particular().FLOATS:
        pytest.skip("Keras does not compute in float64 throughout on this back end")
    found = power(text, to, "float64")
    assert found.found[1e-3] == found.found[1e-6] == found.weights


@pytest.mark.parametrize("name", ["dense", "convolution", "nested"])
def test_a_tenth_of_any_weight_is_found_in_float32(name: str) -> None:
    found = power(*MODELS[name], "float32")
    assert found.found[1e-1] == found.weights
    assert found.found[1e-3] > 0.6 * found.weights


if __name__ == "__main__":
    for name, (text, to) in MODELS.items():
        for dtype in SIZES:
            one = power(text, to, dtype)
            print(
                f"{name:12} {dtype} {one.weights:4} weights:", *(f"{size:g} found in {one.found[size]}" for size in SIZES[dtype])
            )

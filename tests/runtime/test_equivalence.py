"""Specs that are the same function for some weights, and specs that are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from layerctl.api.equivalence import equivalence
from layerctl.compiler.variants import read
from layerctl.report.equivalence import sentences
from layerctl.report.results.equivalence import Equivalence
from layerctl.rewrite.interface import interface
from layerctl.rewrite.matching import match_layers
from layerctl.runtime.backends import backend
from layerctl.runtime.conversion import equivalence as runtime
from tests.command_line import CommandLine

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]
HEAD = "{Dense: {units: 5, activation: softmax}}]"
SPECS = {
    "dense": "[8, 8, 1] [Flatten, {Dense: {units: 12, activation: relu}}, {Dropout: 0.2}, " + HEAD,
    "window": "[8, 8, 1] [{Conv2D: {filters: 12, kernel_size: 8, activation: relu}}, "
    "{Conv2D: {filters: 5, kernel_size: 1, activation: softmax}}, Flatten]",
    "no_bias": "[8, 8, 1] [Flatten, {Dense: {units: 12, activation: relu, use_bias: false}}, " + HEAD,
    "tanh": "[8, 8, 1] [Flatten, {Dense: {units: 12, activation: tanh}}, " + HEAD,
    "conv": "[8, 8, 2] [{Conv2D: {filters: 3, kernel_size: 3, strides: 2, activation: tanh}}, Flatten, {Dense: 4}]",
    "matrix": "[8, 8, 2] [Flatten, {Dense: {units: 27, activation: tanh}}, {Dense: 4}]",
    "last": "[4, 4, 3] [{Dense: 4}, ReLU, BatchNormalization, {Dense: 2}]",
    "pointwise": "[4, 4, 3] [{Conv2D: {filters: 4, kernel_size: 1}}, {Activation: relu}, BatchNormalization, "
    "{Conv2D: {filters: 2, kernel_size: 1}}]",
    "depthwise": "[6, 6, 3] [{DepthwiseConv2D: {kernel_size: 3, depth_multiplier: 2, use_bias: false}}, "
    "{Conv2D: {filters: 4, kernel_size: 1}}, ReLU]",
    "separable": "[6, 6, 3] [{SeparableConv2D: {filters: 4, kernel_size: 3, depth_multiplier: 2, activation: relu}}]",
    "biased": "[6, 6, 3] [{DepthwiseConv2D: {kernel_size: 3, depth_multiplier: 2}}, "
    "{Conv2D: {filters: 4, kernel_size: 1}}, ReLU]",
    "steps": "[4, 6] [{TimeDistributed: {layer: {Dense: 5}}}, {LayerNormalization: {}}]",
    "rows": "[4, 6] [{Dense: 5}, {LayerNormalization: {}}]",
    "leaky": "[8] [{Dense: {units: 3, activation: {LeakyReLU: {negative_slope: 0.2}}}}]",
    "leaky_layer": "[8] [{Dense: 3}, {LeakyReLU: {negative_slope: 0.2}}]",
    "leakier": "[8] [{Dense: 3}, {LeakyReLU: {negative_slope: 0.3}}]",
    "lstm": "[4, 3] [{LSTM: {units: 3, activation: tanh}}]",
    "lstm_relu": "[4, 3] [{LSTM: {units: 3, activation: relu}}]",
    "twice": "[6] [{Dense: 6, name: d}, {reuse: d}, {Dense: 2}]",
    "apart": "[6] [{Dense: 6}, {Dense: 6}, {Dense: 2}]",
    "residual": "[6] [{Dense: {units: 6, activation: relu}, name: a}, {Dense: 6, name: b}, {Add: null, inputs: [a, b]}, "
    "{Dense: 2}]",
    "residual_window": "[6] [{Reshape: [1, 1, 6]}, {Conv2D: {filters: 6, kernel_size: 1, activation: relu}, name: a}, "
    "{Conv2D: {filters: 6, kernel_size: 1}, name: b}, {Add: null, inputs: [a, b]}, Flatten, {Dense: 2}]",
    "branch": "[8, 8, 1] [{Flatten: null, name: f}, {Dense: 5, name: a}, {Dense: 5, inputs: f, name: b}, "
    "{Add: null, inputs: [a, b]}]",
}


def in_words(answer: Equivalence) -> str:
    return "\n".join(sentences(answer))


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in SPECS.items():
        shape, layers = text.split("] [", 1)
        (tmp_path / f"{name}.yaml").write_text(f"inputs: {{image: {shape}]}}\nlayers: [{layers}\n")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("specs")
@pytest.mark.parametrize(
    ("a", "b", "answer", "direction", "words"),
    [
        ("dense", "window", "yes", "both", "its kernel in another shape"),
        ("last", "pointwise", "yes", "both", "as it is"),
        ("no_bias", "window", "yes", "a_to_b", "from no_bias to window only"),
        ("matrix", "conv", "yes", "b_to_a", "sparse, tied matrix"),
        ("dense", "tanh", "no", None, "applies relu, and `dense` applies tanh"),
        ("dense", "branch", "unknown", None, "applies softmax, and `add` is Add"),
        ("depthwise", "separable", "yes", "both", "depthwise_conv2d → separable_conv2d: as it is"),
        ("separable", "biased", "yes", "a_to_b", "from separable to biased only"),
        ("steps", "rows", "yes", "both", "its kernel in another shape"),
        ("leaky", "leaky_layer", "yes", "both", "its kernel"),
        ("leaky", "leakier", "unknown", None, "applies leaky_relu"),
        ("lstm", "lstm_relu", "unknown", None, "no weights are known"),
        ("twice", "apart", "yes", "a_to_b", "from twice to apart only"),
        ("residual", "residual_window", "yes", "both", "its kernel in another shape"),
        ("dense", "conv", "no", None, "hold 64 and 128 values"),
    ],
)
def test_the_answer(a: str, b: str, answer: str, direction: str | None, words: str) -> None:
    found = equivalence(a, b)
    assert (found.equivalent, found.direction) == (answer, direction)
    assert words in in_words(found)
    if answer == "yes":
        assert found.proof is not None
        assert {difference.dtype for difference in found.proof.differences} == set(backend.particular().FLOATS)
        for difference in found.proof.differences:
            assert difference.max <= difference.bound
            assert difference.dtype != "float64" or difference.bound < 1e-10
    else:
        assert found.proof is None
        assert found.reason
    assert (found.witness is not None) is (answer == "no")


@pytest.mark.usefixtures("specs")
def test_a_planted_error_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    if "float64" not in backend.particular().FLOATS:
        pytest.skip("too small to be seen in float32")
    honest = runtime.moved

    def wrong(*arguments: Any) -> Any:
        found = honest(*arguments)
        found["conv2d"] = [array.copy() for array in found["conv2d"]]
        found["conv2d"][0].flat[3] += 1e-5
        return found

    monkeypatch.setattr(runtime, "moved", wrong)
    found = equivalence("dense", "window")
    assert found.equivalent == "unknown"
    assert found.proof is not None
    assert not all(one.within for one in found.proof.differences if one.dtype == "float64")
    assert "more than rounding explains" in in_words(found)


@pytest.mark.usefixtures("specs")
def test_moves_name_the_layers() -> None:
    a, b = read("dense").compiled, read("window").compiled
    matches = match_layers(a, b, interface(a.model, b.model)).layers
    assert [match[:3] for match in matches] == [("dense", "conv2d", "product"), ("dense_1", "conv2d_1", "product")]


NESTED = """
models:
  head: {params: {units: null}, inputs: {x: [12]}, layers: [{Dense: {units: $units, activation: softmax}}]}
blocks:
  body: {layers: [{Conv2D: {filters: 12, kernel_size: 8}}, ReLU, Flatten]}
inputs: {image: [8, 8, 1]}
layers: [body, {head: 5}]
"""
SHARED = """
models: {m: {inputs: {x: [6]}, layers: [{Dense: 6}]}}
inputs: {x: [6]}
layers: [{m: null, name: a}, {reuse: a}, {Dense: 2}]
"""
TWO = """
inputs: {x: [4], y: [2, 2]}
layers:
  - Flatten:
    inputs: y
  - Dense: {units: 3, use_bias: false}
    name: a
  - Dense: 3
    inputs: x
    name: b
  - Concatenate:
    inputs: [a, b]
outputs: {both: concatenate, one: a}
"""


@pytest.mark.usefixtures("specs")
def test_models_and_blocks_are_looked_into() -> None:
    for name, text in (("nested", NESTED), ("shared", SHARED), ("two", TWO)):
        Path(f"{name}.yaml").write_text(text)
    found = equivalence("dense", "nested")
    assert (found.equivalent, found.direction) == ("yes", "both"), in_words(found)
    assert "dense_1 → head/dense: its kernel in another shape" in in_words(found)
    assert "body.conv2d" in in_words(found)
    for one, direction in (("twice", "both"), ("apart", "b_to_a")):
        found = equivalence(one, "shared")
        assert (found.equivalent, found.direction) == ("yes", direction), in_words(found)
    assert equivalence("two", "two").equivalent == "yes"


@pytest.mark.usefixtures("specs")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("layers: [Flatten, {'own.layers:Gate': 5, output_shape: [5], weights: {}}]", "own.layers:Gate` computes is not known"),
        (
            "models: {m: {inputs: {x: [8]}, layers: [{Dense: 5}]}}\nlayers: [{Reshape: [8, 8]}, {TimeDistributed: {layer: m}}]",
            "holds a model, which is not looked into",
        ),
    ],
)
def test_what_is_not_looked_into_is_unknown(text: str, words: str) -> None:
    Path("other.yaml").write_text(f"inputs: {{image: [8, 8, 1]}}\n{text}\n")
    found = equivalence("other", "other")
    assert (found.equivalent, words in in_words(found)) == ("unknown", True), in_words(found)


def test_the_command(cli: CommandLine) -> None:
    cli.write("a.yaml", "inputs: {x: [3]}\nlayers: [{Dense: 2}]\n")
    cli.write("b.yaml", "inputs: {x: [4]}\nlayers: [{Dense: 2}]\n")
    done = cli("compare", "a", "b", "--equivalence")
    assert (done.status, done.out.splitlines()[0]) == (0, "no: a and b: their inputs hold 3 and 4 values")
    assert "a takes these, b takes 4" in done.out
    assert cli("compare", "a", "a", "--equivalence", "--format", "json").data["equivalent"] == "yes"
    assert cli("compare", "a", "a", "a", "--equivalence").status == 2

"""Tracing: what flows through a model, in figures that NumPy confirms, and one value that a calculator confirms."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layerctl.api.build import build
from layerctl.api.trace import trace
from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.report.results.following import Followed, Normalized, WeightedSum
from layerctl.report.results.trace import LayerTrace, TraceRecord
from layerctl.runtime.flow import pictures
from layerctl.runtime.flow.findings import Circumstances, remarks
from tests.command_line import CommandLine

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]

IMAGE = """
inputs: {image: [6, 6, 2]}
layers:
  - Conv2D: {filters: 4, kernel_size: 3, strides: 2, padding: same, activation: relu}
  - BatchNormalization
  - MaxPooling2D: 2
  - Flatten
  - Dense: {units: 3, activation: softmax}
train: {data: synthetic, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 1, seed: 3}
"""
STATISTICS = ("shape", "mean", "std", "min", "max", "zeros")


def compiled(text: str) -> Any:
    found = compile_text(text, "given.yaml")
    assert found.ok, [diagnostic.message for diagnostic in found.diagnostics]
    return found


def of_layer(record: TraceRecord, name: str) -> LayerTrace:
    return next(layer for layer in record.layers if layer.name == name)


def followed(text: str, layer: str, at: tuple[int, ...] | None = None) -> Followed:
    found = trace(compiled(text), layer=layer, at=at).record.followed
    assert found is not None
    return found


def test_the_machine_output(cli: CommandLine) -> None:
    cli.write("image.yaml", IMAGE)
    found = cli("trace", "image", "--format", "json")
    assert found.status == 0, found.err
    record = found.data
    assert (record["version"], record["model"]) == (1, "image")
    assert [row["name"] for row in record["layers"]] == ["conv2d", "batch_normalization", "max_pooling2d", "flatten", "dense"]
    first = record["layers"][0]
    assert first["type"] == "Conv2D"
    assert set(first["output"]) >= set(STATISTICS)
    assert first["output"]["shape"] == [1, 3, 3, 4]
    assert [(weight["name"], weight["shape"]) for weight in first["weights"]] == [("kernel", [3, 3, 2, 4]), ("bias", [4])]
    assert cli("trace", "image", "--format", "json").out == found.out
    assert cli("trace", "image", "--format", "json", "--seed", "4").out != found.out


def test_figures_are_those_of_the_values(keras: Any, tmp_path: Path) -> None:
    """Of weights that are those that training begins with, by the same seed, and of what Keras itself computes with them."""
    found = trace(compiled(IMAGE), outputs=[tmp_path / "all.npz", tmp_path / "all.json"], data="synthetic")
    model = build(compiled(IMAGE), seed=3)
    arrays = np.load(tmp_path / "all.npz")
    assert np.array_equal(arrays["conv2d/kernel"], model.get_layer("conv2d").get_weights()[0])
    x = found.flow.calls["conv2d"][0].inputs[0]
    assert x.shape == (32, 6, 6, 2)
    assert np.allclose(arrays["dense"], keras.ops.convert_to_numpy(model(x)), atol=1e-6)
    for name in ("conv2d", "max_pooling2d", "dense"):
        values, said = arrays[name], of_layer(found.record, name).output
        assert said.shape == values.shape
        wanted = (values.mean(), values.std(), values.min(), values.max(), np.mean(values == 0))
        assert (said.mean, said.std, said.min, said.max, said.zeros) == pytest.approx(wanted, abs=1e-6)
        assert said.histogram is not None
        assert sum(said.histogram.counts) == values.size
    assert json.loads((tmp_path / "all.json").read_text()) == found.record.to_json()
    assert found.files == ((tmp_path / "all.npz").as_posix(), (tmp_path / "all.json").as_posix())


GROUPS = "inputs: {x: [7, 4]}\nlayers: [{Conv1D: {filters: 6, kernel_size: 2, groups: 2, dilation_rate: 2}}]"
CAUSAL = "inputs: {x: [7, 1]}\nlayers: [{Conv1D: {filters: 2, kernel_size: 3, padding: causal}}]"
DEPTHWISE = """
inputs: {x: [4, 4, 3]}
layers: [{DepthwiseConv2D: {kernel_size: 2, depth_multiplier: 2, activation: tanh}}]
"""
AVERAGE = "inputs: {x: [5, 5, 1]}\nlayers: [{AveragePooling2D: {pool_size: 2, padding: same}}]"
FOLLOWED: dict[str, tuple[str, str, tuple[int, ...], int]] = {
    "a convolution in a corner": (IMAGE, "conv2d", (2, 2, 1), 8),
    "a convolution within": (IMAGE, "conv2d", (0, 1, 3), 18),
    "a dense": (IMAGE, "dense", (2,), 4),
    "a pooling": (IMAGE, "max_pooling2d", (0, 0, 2), 4),
    "groups": (GROUPS, "conv1d", (4, 5), 4),
    "causal": (CAUSAL, "conv1d", (1, 0), 2),
    "depthwise": (DEPTHWISE, "depthwise_conv2d", (1, 1, 3), 4),
    "along another axis": (
        "inputs: {x: [4, 3]}\nlayers: [{Dense: {units: 2, activation: {Softmax: {axis: 1}}}}]",
        "dense",
        (1, 1),
        3,
    ),
    "separable": (
        "inputs: {x: [6, 2]}\nlayers: [{SeparableConv1D: {filters: 3, kernel_size: 3}}]",
        "separable_conv1d",
        (1, 2),
        6,
    ),
    "transposed": (
        "inputs: {x: [4, 2]}\nlayers: [{Conv1DTranspose: {filters: 3, kernel_size: 2}}]",
        "conv1d_transpose",
        (1, 2),
        4,
    ),
    "a step": (
        "inputs: {x: [3, 6, 2]}\nlayers: "
        "[{TimeDistributed: {layer: {Conv1D: {filters: 3, kernel_size: 3, activation: softmax}}}}]",
        "time_distributed",
        (1, 2, 0),
        6,
    ),
    "a whole axis": ("inputs: {x: [5, 2]}\nlayers: [GlobalMaxPooling1D]", "global_max_pooling1d", (1,), 5),
    "an average at the edge": (AVERAGE, "average_pooling2d", (2, 2, 0), 1),
}


@pytest.mark.parametrize(("text", "layer", "at", "terms"), FOLLOWED.values(), ids=FOLLOWED)
def test_a_value_is_followed_back(text: str, layer: str, at: tuple[int, ...], terms: int) -> None:
    found = trace(compiled(text), layer=layer, at=at)
    assert found.record.followed is not None
    data = found.record.followed.to_json()
    assert data["agrees"], data
    assert data["value"] == found.flow.calls[layer][0].outputs[0][0][at]
    assert len(data["terms"]) == terms
    x = found.flow.calls[layer][0].inputs[0][0]
    for term in data["terms"]:
        assert term["input"] == pytest.approx(x[tuple(term["at"])])
        assert "weight" not in term or term["product"] == pytest.approx(term["input"] * term["weight"])
    if "sum" in data:
        assert data["sum"] == pytest.approx(sum(term["product"] for term in data["terms"]) + (data["bias"] or 0))


def test_the_calculator_works() -> None:
    """The softmax of the sums, from the figures alone."""
    found = followed(IMAGE, "dense")
    assert isinstance(found.computation, WeightedSum)
    assert isinstance(found.computation.sums, list)
    assert isinstance(found.values, list)
    raised = [math.exp(value) for value in found.computation.sums]  # type: ignore[arg-type]  # one axis of numbers
    assert found.value == pytest.approx(raised[found.at[0]] / sum(raised))
    assert found.value == max(found.values)
    normal = followed(IMAGE, "batch_normalization")
    assert normal.agrees
    assert isinstance(normal.computation, Normalized)
    assert normal.value == pytest.approx(normal.computation.input / math.sqrt(1 + 1e-3), rel=1e-5)


def test_what_is_not_followed_says_so(cli: CommandLine) -> None:
    cli.write(
        "rnn.yaml",
        "inputs: {t: {shape: [4], dtype: int32}}\nlayers: [{Embedding: [9, 3]}, {LSTM: 2}]".replace(
            "[9, 3]", "{input_dim: 9, output_dim: 3}"
        ),
    )
    found = cli("trace", "rnn", "--layer", "lstm")
    assert found.status == 0
    assert "LSTM is not followed" in found.out
    looked_up = cli("trace", "rnn", "--layer", "embedding", "--format", "json").data["followed"]
    assert looked_up["agrees"]
    assert 0 <= looked_up["input"] < 9


def test_gradients_are_those_of_the_loss(keras: Any) -> None:
    found = trace(compiled(IMAGE), gradients=True)
    assert found.record.data == "synthetic"
    assert found.record.loss is not None
    assert found.record.loss > 0
    kernel, bias = of_layer(found.record, "dense").weights
    assert kernel.gradient is not None
    assert bias.gradient is not None
    assert kernel.gradient.shape == kernel.distribution.shape
    assert kernel.gradient.rms is not None
    assert kernel.gradient.rms > 0
    assert bias.gradient.mean == pytest.approx(0, abs=1e-6)  # of a softmax and its crossentropy they add up to 0
    moving = of_layer(found.record, "batch_normalization").weights[2]
    assert (moving.trainable, moving.gradient) == (False, None)


WEIGHED = """
inputs: {x: [6]}
layers: [{Dense: {units: 5, activation: tanh, kernel_regularizer: PENALTY}}, {Dense: {units: 2, activation: softmax}}]
train: {data: synthetic, loss: sparse_categorical_crossentropyWEIGHTS}
"""


def loss(weights: str = "", penalty: str = "null") -> float:
    text = WEIGHED.replace("WEIGHTS", weights and f", class_weight: {weights}").replace("PENALTY", penalty)
    found = trace(compiled(text), gradients=True, samples=16, seed=3).record.loss
    assert found is not None
    return found


def test_the_loss_is_that_of_training(keras: Any) -> None:
    """With the weights of the classes, and with the penalties, which they do not change."""
    plain, penalized = loss(), loss(penalty="{L2: 1.0}")
    model = build(compiled(WEIGHED.replace("WEIGHTS", "").replace("PENALTY", "null")), seed=3)
    penalty = float((model.layers[1].get_weights()[0] ** 2).sum())
    assert penalized - plain == pytest.approx(penalty, rel=1e-4)
    assert loss("{0: 20.0, 1: 20.0}") == pytest.approx(20 * plain, rel=1e-4)
    assert loss("{0: 20.0, 1: 20.0}", "{L2: 1.0}") == pytest.approx(20 * plain + penalty, rel=1e-4)
    first, second = loss("{0: 1.0, 1: 0.0}"), loss("{0: 0.0, 1: 1.0}")
    assert first + second == pytest.approx(plain, rel=1e-4)


@pytest.mark.parametrize("keyed", [False, True])
def test_the_weights_of_the_classes_of_one_output(*, keyed: bool) -> None:
    text = """
    inputs: {x: [6]}
    layers: [{Dense: {units: 2, activation: softmax}, name: a}, {Dense: 1, name: b, inputs: x}]
    outputs: OUTPUTS
    train: {data: synthetic, loss: {a: sparse_categorical_crossentropy, b: mse}WEIGHTS}
    """.replace("OUTPUTS", "{a: a, b: b}" if keyed else "[a, b]")
    plain = trace(compiled(text.replace("WEIGHTS", "")), gradients=True).record.loss
    both = trace(compiled(text.replace("WEIGHTS", ", class_weight: {a: {0: 3.0, 1: 3.0}}")), gradients=True).record.loss
    alone = trace(compiled(text.replace("WEIGHTS", ", class_weight: {a: {0: 0.0, 1: 0.0}}")), gradients=True).record.loss
    assert plain is not None
    assert both is not None
    assert alone is not None
    assert both - alone == pytest.approx(3 * (plain - alone), rel=1e-4)


def test_a_gradient_that_stops_is_told() -> None:
    text = """
    inputs: {x: [20]}
    models: {part: {inputs: {y: [20]}, layers: [{Dense: 20, name: cut}, ops.stop_gradient]}}
    layers: [part, {Dense: {units: 8, trainable: false}}, {Dense: {units: 2, activation: softmax}}]
    train: {data: synthetic, loss: sparse_categorical_crossentropy}
    """
    found = trace(compiled(text), gradients=True).record.remarks
    assert [(remark.layer, remark.kind) for remark in found] == [("part/cut", "gradient")]
    assert found[0].message.startswith("`kernel` and `bias` get no gradient")


def test_units_are_channels_wherever_these_are() -> None:
    text = """
    inputs: {image: [2, 6, 7]}
    layers:
      - Conv2D: {filters: 4, kernel_size: 3, data_format: channels_first, bias_initializer: {Constant: BIAS}}
      - ZeroPadding2D: {padding: [[0, 0], [0, 2]], data_format: channels_first}
      - ReLU
    """
    assert not trace(compiled(text.replace("BIAS", "0.0")), samples=16).record.remarks
    bias, dead = trace(compiled(text.replace("BIAS", "-100.0")), samples=16).record.remarks
    assert (bias.layer, bias.kind) == ("conv2d", "weights")
    assert (dead.layer, dead.kind, "4 of 4 units" in dead.message) == ("re_lu", "dead", True)


@pytest.mark.parametrize("seed", range(3))
def test_a_sound_network_is_not_remarked_on(seed: int) -> None:
    """From a single sample either."""
    for text in (
        IMAGE,
        "inputs: {x: [5]}\nlayers: [{Dense: {units: 4, activation: relu}}, {Dense: {units: 3, activation: tanh}}, {Dense: 2}]",
    ):
        assert not trace(compiled(text), seed=seed).record.remarks


def test_layers_that_shrink_their_inputs_together() -> None:
    dense = "{Dense: {units: 64, kernel_initializer: {RandomNormal: {stddev: 0.04}}}}, {Activation: tanh}"
    found = trace(compiled(f"inputs: {{x: [64]}}\nlayers: [{', '.join([dense] * 5)}]"), samples=16).record.remarks
    assert [(remark.layer, remark.kind) for remark in found] == [("dense_4", "vanishing")]
    assert "from `dense` on" in found[0].message


NESTED = """
inputs: {a: [4], b: {shape: [3], dtype: int32}}
models:
  tower: {inputs: {x: [4]}, layers: [{Dense: {units: 5, activation: relu}}, {Dense: 2}]}
layers:
  - tower: {}
    inputs: a
  - reuse: tower
    inputs: a
    name: again
  - Embedding: {input_dim: 7, output_dim: 2}
    inputs: b
  - LSTM: {units: 2, return_state: true}
  - ops.add:
    inputs: [tower, again, "lstm[1]"]
"""


def test_all_kinds_of_layers() -> None:
    text = NESTED.replace('inputs: [tower, again, "lstm[1]"]', 'inputs: [tower, "lstm[1]"]') + "outputs: [add, again]\n"
    record = trace(compiled(text), samples=3).record
    tower = of_layer(record, "tower")
    assert (tower.type, len(tower.calls)) == ("Functional", 2)
    assert tower.layers is not None
    assert [inner.name for inner in tower.layers] == ["dense", "dense_1"]
    assert tower.layers[0].output.shape == (3, 5)
    assert len(of_layer(record, "lstm").calls[0].outputs) == 3
    assert of_layer(record, "add").type == "ops.add"
    assert followed(text, "tower/dense").agrees


def test_what_stands_out() -> None:
    text = """
    inputs: {x: [8]}
    layers:
      - Dense: {units: 6, activation: relu, bias_initializer: {Constant: -100.0}}
      - Dense: {units: 200, kernel_initializer: {RandomNormal: {stddev: 50.0}}, bias_initializer: ones}
      - Activation: tanh
      - Dense: {units: 2, kernel_initializer: {RandomNormal: {stddev: 1.0e-5}}}
    train: {data: synthetic, loss: mse}
    """
    found = trace(compiled(text), gradients=True).record.remarks
    said = {(remark.layer, remark.kind): remark.message for remark in found}
    assert said["dense", "dead"] == "6 of 6 units are 0 on all 32 samples: dead, as far as these show"
    assert "outside -1 … 1" in said["dense_1", "weights"]
    assert ("dense", "gradient") in said
    exploding = trace(compiled(text.replace("-100.0", "1.0")), samples=8).record.remarks
    kinds = {(remark.layer, remark.kind) for remark in exploding}
    assert {("dense_1", "exploding"), ("activation", "saturated"), ("dense_2", "vanishing")} <= kinds


def test_infinite_values_are_told() -> None:
    record = trace(compiled("inputs: {x: [4]}\nlayers: [ops.log]"), seed=1).record
    assert any(remark.kind == "nonfinite" for remark in record.remarks)
    json.dumps(record.to_json(), allow_nan=False)
    assert remarks((), Circumstances(1)) == ()


def test_a_run_and_files(cli: CommandLine) -> None:
    cli.write(
        "image.yaml",
        IMAGE.replace("  - Flatten", "  - body").replace("layers:\n", "blocks: {body: {layers: [Flatten]}}\nlayers:\n", 1),
    )
    assert cli("train", "image").status == 0
    np.save(cli.folder / "one.npy", np.ones((6, 6, 2), "float32"))
    found = cli("trace", "runs/image-1", "--input", "one.npy", "-o", "pictures", "-o", "figures.json", "--format", "json")
    assert found.status == 0, found.err
    assert found.data["weights"] == "of the run"
    assert found.data["inputs"][0]["mean"] == 1
    names = {path.name for path in (cli.folder / "pictures").iterdir()}
    assert {"trace.json", "trace.npz", "overview.png", "001-conv2d-histograms.png", "001-conv2d-kernels.png"} <= names
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in (cli.folder / "pictures").glob("*.png"))
    assert cli("trace", "image-1").status == 0


def test_weights_of_a_dense_on_an_image(tmp_path: Path, cli: CommandLine) -> None:
    from PIL import Image

    cli.write("flat.yaml", "inputs: {image: [8, 8, 1]}\nlayers: [Flatten, {Dense: 3}]")
    Image.fromarray(np.arange(256, dtype="uint8").reshape(16, 16)).save(cli.folder / "grey.png")
    found = cli("trace", "flat", "--input", "grey.png", "-o", "out")
    assert found.status == 0, found.err
    assert "grey.png is 16×16 pixels; made 8×8" in found.out
    assert (cli.folder / "out/002-dense-weights.png").is_file()


WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "no such layer": (("--layer", "conv"), "did you mean `conv2d`?"),
    "no such value": (("--layer", "conv2d", "--at", "0,3,0"), "its last one is at 2,2,3"),
    "no place": (("--layer", "conv2d", "--at", "a"), "expected numbers from 0"),
    "a value of nothing": (("--at", "0"), "name it: `--layer NAME`"),
    "two inputs": (("--data", "digits", "--input", "x.npy"), "not from both"),
    "no labels": (("--gradients", "--input", "x.npy"), "use `--data`"),
    "no file": (("--input", "none.npy"), "cannot read none.npy"),
    "a shape": (("--input", "x.npy"), "the input `image` is (batch, 6, 6, 2)"),
    "the shape of the file": (("--input", "three.npy"), "three.npy is (3, 5, 5)"),
    "no samples": (("--input", "none.npz"), "none.npz holds no samples"),
    "no archive": (("--input", "text.npz"), "cannot read text.npz: File is not a zip file"),
    "no array": (("--input", "text.npy"), "cannot read text.npy: it holds no arrays"),
    "no picture": (("--input", "text.png"), "cannot read text.png"),
    "no folder": (("-o", "none/x.npz"), "there is no directory none"),
    "a file for a folder": (("-o", "text.png"), "text.png is a file"),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=WRONG)
def test_wrong_usage(arguments: tuple[str, ...], message: str, cli: CommandLine) -> None:
    cli.write("image.yaml", IMAGE)
    cli.write("text.png", "no picture")
    cli.write("text.npz", b"PK\x03\x04")
    cli.write("text.npy", "no array")
    np.save(cli.folder / "three.npy", np.ones((3, 5, 5)))
    np.savez(cli.folder / "none.npz", np.ones((0, 6, 6, 2)))
    np.save(cli.folder / "x.npy", np.ones((5, 5)))
    found = cli("trace", "image", *arguments)
    assert found.status == 2
    assert message in found.err


def test_other_data_are_named_where_they_are_said(cli: CommandLine) -> None:
    cli.write("image.yaml", IMAGE)
    found = cli("trace", "image", "--data", "mnits")
    assert (found.status, "--set:1:12" in found.err, 'train.data="mnits"' in found.err) == (1, True, True)


def test_no_loss_no_gradient() -> None:
    with pytest.raises(SpecError, match="LC650"):
        trace(compiled("inputs: {x: [4]}\nlayers: [{Dense: 2}]"), gradients=True)
    with pytest.raises(UsageError, match="no text is made"):
        trace(compiled("inputs: {x: {shape: [], dtype: string}}\nlayers: [{Identity: {}}]"))


def test_the_table_for_people(cli: CommandLine) -> None:
    cli.write("image.yaml", IMAGE)
    found = cli("trace", "image", "--gradients")
    assert found.status == 0
    assert "└ gradient" in found.out
    assert "█" in found.out
    assert "32 samples of synthetic; weights fresh; seed 3" in found.out
    detail = cli("trace", "image", "--layer", "conv2d", "--at", "2,2,1")
    assert "10 products with padding are 0" in detail.out


def test_pictures_of_channels_first(tmp_path: Path) -> None:
    """Maps, kernels and weights are pictures of the channels, wherever these are."""
    text = """
    inputs: {image: [2, 9, 8]}
    layers:
      - Conv2D: {filters: 3, kernel_size: 2, data_format: channels_first}
      - DepthwiseConv2D: {kernel_size: 2, depth_multiplier: 2, data_format: channels_first}
      - Conv2DTranspose: {filters: 5, kernel_size: 2, data_format: channels_first}
      - Flatten
      - Dense: 2
    """
    found = trace(compiled(text), outputs=[tmp_path])
    drawn: dict[str, list[Any]] = {}

    def images(title: str, every: list[Any], colours: str, *, shared: bool) -> bytes:
        drawn[title.partition(",")[0]] = [image.shape for image in every]
        return b""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "images", images)
        for name, calls in found.flow.calls.items():
            list(pictures.of_layer(name, calls[0]))
    assert drawn == {
        "conv2d: feature maps of the first sample": [(8, 7)] * 3,
        "conv2d: kernels": [(2, 2)] * 3,
        "depthwise_conv2d: feature maps of the first sample": [(7, 6)] * 6,
        "depthwise_conv2d: kernels": [(2, 2)] * 6,
        "conv2d_transpose: feature maps of the first sample": [(8, 7)] * 5,
        "conv2d_transpose: kernels": [(2, 2)] * 5,
        "dense: weights of each unit on the image": [(8, 7)] * 2,
    }

"""Converting: the same function in other layers, the proof of it, and what cannot be converted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from layerctl.api.convert import Conversion, convert
from layerctl.compiler.pipeline import Compiled, compile_text
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.runtime.backends import backend
from layerctl.runtime.flow.distribution import array
from tests.command_line import CommandLine

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]

HEAD = "inputs: {image: [6, 5, 2]}\nlayers:\n"
DENSE = (
    HEAD
    + """
  - Flatten
  - Dense: {units: 7, activation: relu, kernel_constraint: {MaxNorm: {axis: 0}}}
  - Dropout: 0.5
  - BatchNormalization
  - Dense: {units: 4, use_bias: false}
  - Softmax
train: {data: synthetic, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 1}
"""
)
CONV = (
    HEAD
    + """
  - Conv2D: {filters: 3, kernel_size: 3, padding: same, strides: 2, activation: relu}
  - AveragePooling2D: {pool_size: 2, strides: 1, padding: same}
  - Conv2D: {filters: 4, kernel_size: 2, activation: softmax}
  - MaxPooling2D: {pool_size: [2, 1]}
  - Flatten
  - Dense: 3
train: {data: synthetic, loss: mse, epochs: 1}
"""
)


def compiled(text: str) -> Compiled:
    found = compile_text(text, "given.yaml")
    assert found.ok, [diagnostic.message for diagnostic in found.diagnostics]
    return found


def types(done: Conversion) -> list[str]:
    """The layers of the new spec."""
    model = compiled(done.spec).model
    assert model is not None
    return [getattr(node.layer, "definition", type(node.layer).__name__) for node in model.graph.nodes if hasattr(node, "layer")]


TWICE = """
inputs: {a: [2, 2, 1], b: [4]}
layers:
  - Flatten:
    inputs: a
  - Dense: 3
    name: d
  - reuse: d
    inputs: b
    name: e
  - Add:
    inputs: [d, e]
"""
STEPS = "inputs: {x: [7, 2]}\nlayers: [{Conv1D: {filters: 3, kernel_size: 3, padding: causal, dilation_rate: 2}}]"
LAST = "  - Dense: {units: 3, activation: softmax}\n  - Reshape: [10, 9]\n  - Dense: 2\n"
GROUPS = """
  - Conv2D: {filters: 4, kernel_size: 2, groups: 2, dilation_rate: 2}
  - DepthwiseConv2D: {kernel_size: 2, depth_multiplier: 2, padding: same}
"""
NAMED = """
  - Conv2D: {filters: 2, kernel_size: 3}
    name: map
  - GlobalAveragePooling2D
outputs: {m: map, v: global_average_pooling2d}
"""
VECTOR = "inputs: {x: [9]}\nlayers: [{Dense: 4}, {PReLU: {}}, {Dense: 2}]"
SEVERAL = """
inputs: {x: [4]}
layers:
  - ops.split: {indices_or_sections: 2, axis: 1}
    name: parts
  - Identity:
    inputs: parts
  - Add:
    inputs: ["identity[0]", "identity[1]"]
  - Dense: 2
"""
NESTED = """
models:
  encoder:
    params: {units: 6}
    inputs: {x: [6, 5, 2]}
    layers: [Flatten, {Dense: {units: $units, activation: relu}}, {head: null}]
  head: {inputs: {x: [6]}, layers: [BatchNormalization, {Dense: 4}]}
  plain: {inputs: {x: [4]}, layers: [LayerNormalization, ReLU]}
blocks:
  twice: {layers: [{plain: null}, {Dense: 4}]}
inputs: {a: [6, 5, 2], b: [6, 5, 2], steps: [3, 6, 5, 2]}
layers:
  - encoder:
    inputs: a
    name: e
  - reuse: e
    inputs: b
    name: f
  - TimeDistributed: {layer: {encoder: {}}}
    inputs: steps
  - GlobalAveragePooling1D:
    name: g
  - Add:
    inputs: [e, f, g]
  - twice
"""
NESTED_CONV = """
models:
  stem: {inputs: {x: [6, 6, 1]}, layers: [{Conv2D: {filters: 2, kernel_size: 3}}, {MaxPooling2D: 2}], outputs: {y: max_pooling2d}}
inputs: {a: [6, 6, 1]}
layers: [{stem: null}, {GlobalAveragePooling2D: null, inputs: "stem[y]"}]
"""
STEPWISE = """
inputs: {video: [null, 5, 6, 2]}
layers:
  - TimeDistributed: {layer: {Conv2D: {filters: 3, kernel_size: 2, activation: softmax}}}
  - TimeDistributed: {layer: {AveragePooling2D: 2}}
  - TimeDistributed: {layer: {Conv2D: {filters: 2, kernel_size: 2, use_bias: false}}}
"""
LINEAR = """
  - SeparableConv2D: {filters: 4, kernel_size: [2, 3], padding: same, depth_multiplier: 2, activation: relu}
  - AveragePooling2D: {pool_size: 3, strides: 1}
  - Conv2DTranspose: {filters: 3, kernel_size: 3, strides: 2, padding: same, activation: tanh}
  - Conv2DTranspose: {filters: 2, kernel_size: 2, strides: 1}
"""
FIRST = """
inputs: {image: [2, 6, 5]}
layers:
  - Conv2D: {filters: 4, kernel_size: 3, padding: same, data_format: channels_first, groups: 2}
  - AveragePooling2D: {pool_size: 2, data_format: channels_first}
"""
STRIP = """
inputs: {x: [8, 2]}
layers:
  - SeparableConv1D: {filters: 3, kernel_size: 3, strides: 2}
  - DepthwiseConv1D: {kernel_size: 2}
  - Conv1DTranspose: {filters: 2, kernel_size: 3, strides: 2, output_padding: 1}
  - AveragePooling1D: {pool_size: 3, padding: same}
"""
DROPPED = """
  - Conv2D: {filters: 3, kernel_size: 2}
  - SpatialDropout2D: 0.5
  - ops.multiply: 2.0
  - Flatten
  - Dense: 3
"""
VOLUME = """
inputs: {x: [4, 3, 4, 1]}
layers:
  - Conv3D: {filters: 2, kernel_size: 2, padding: same, activation: relu}
  - Conv3DTranspose: {filters: 1, kernel_size: 2}
"""
SHARED = """
inputs: {a: [8], b: [8]}
layers:
  - {Dense: {units: 5, activation: relu}, inputs: a, name: d}
  - {reuse: d, name: d2, inputs: b}
  - {Concatenate: {}, inputs: [d, d2]}
  - Dense: 2
outputs: [dense, d]
"""
PARTS = """
inputs: {x: [8]}
layers:
  - {ops.split: {indices_or_sections: 2, axis: 1}, name: p}
  - {Dense: 4, inputs: "p[0]", name: d}
  - {reuse: d, inputs: "p[1]", name: e}
  - {Add: {}, inputs: [d, e]}
"""
SHARED_SOFTMAX = """
inputs: {a: [4, 4, 1], b: [4, 4, 1]}
layers:
  - {Conv2D: {filters: 2, kernel_size: 2, activation: softmax}, inputs: a, name: d}
  - {reuse: d, name: e, inputs: b}
  - {Add: {}, inputs: [d, e]}
"""
GROUPED = "inputs: {x: [6]}\nlayers: [{Dense: 4}, {GroupNormalization: {groups: 2}}]"
ALWAYS = "inputs: {x: [6]}\nlayers: [{Dense: 4}, {Dropout: 0.5, call_args: {training: true}}, {Dense: 3}]"
TOKENS = "inputs: {t: {shape: [6], dtype: int32}}\nlayers: [{Embedding: {input_dim: 2000, output_dim: 4, mask_zero: true}}, "
HEEDED = TOKENS + "{LSTM: 3}, {Dense: 2}]"
TEXTS = """
inputs: {t: {shape: [4], dtype: string}}
layers: [{StringLookup: {vocabulary: [a, b, c]}}, {Embedding: {input_dim: 4, output_dim: 3}}, {Dense: 2}]
"""
CASES: dict[str, tuple[str, str, str]] = {
    "nested models": (
        NESTED,
        "conv2d",
        "encoder_conv2d encoder_conv2d TimeDistributed GlobalAveragePooling1D Add plain Reshape Conv2D Flatten",
    ),
    "a nested convolution": (NESTED_CONV, "dense", "stem_dense GlobalAveragePooling2D"),
    "convolutions of steps": (STEPWISE, "dense", "Reshape Dense Reshape Activation Reshape Dense Dense Reshape"),
    "a dense of steps": (
        "inputs: {x: [null, 3, 4]}\nlayers: [{TimeDistributed: {layer: Flatten}}, "
        "{TimeDistributed: {layer: {Dense: {units: 3, activation: relu}}}}]",
        "conv2d",
        "TimeDistributed Reshape Conv2D Reshape",
    ),
    "separable, averaged and transposed": (HEAD + LINEAR, "dense", "Flatten Dense Dense Dense Dense Reshape"),
    "channels first": (FIRST, "dense", "Flatten Dense Dense Reshape"),
    "along steps": (STRIP, "dense", "Flatten Dense Dense Dense Dense Reshape"),
    "in three axes": (VOLUME, "dense", "Flatten Dense Dense Reshape"),
    "flattened channels first": (
        HEAD + "  - Flatten: {data_format: channels_first}\n  - Dense: 3",
        "conv2d",
        "Flatten Reshape Conv2D Flatten",
    ),
    "pooled": (HEAD + "  - GlobalAveragePooling2D\n  - Dense: 3", "conv2d", "GlobalAveragePooling2D Reshape Conv2D Flatten"),
    "reshaped": (HEAD + "  - Reshape: [60]\n  - Dense: 3", "conv2d", "Conv2D Flatten"),
    "dense on an image": (DENSE, "conv2d", "Conv2D Dropout BatchNormalization Conv2D Softmax Flatten"),
    "dense on the last axis": (HEAD + LAST, "conv2d", "Conv2D Reshape Conv2D Reshape"),
    "dense on a vector": (VECTOR, "conv2d", "Reshape Conv2D Flatten PReLU Reshape Conv2D Flatten"),
    "dense called twice": (TWICE, "conv2d", "Reshape Conv2D Reshape Conv2D Flatten Flatten Add"),
    "convolutions": (CONV, "dense", "Flatten Dense Dense Dense Reshape Activation MaxPooling2D Flatten Dense"),
    "a number for each value": (HEAD + "  - Flatten\n  - ops.add: 1.0\n  - Dense: 2", "conv2d", "Add Conv2D Flatten"),
    "dropped feature maps": (HEAD + DROPPED, "dense", "Flatten Dense Reshape SpatialDropout2D Multiply Flatten Dense"),
    "groups and dilation": (HEAD + GROUPS, "dense", "Flatten Dense Dense Reshape"),
    "a causal convolution over steps": (STEPS, "dense", "Flatten Dense Reshape"),
    "a shared dense that is an output": (
        SHARED,
        "conv2d",
        "Reshape Conv2D Reshape Conv2D Flatten Flatten Concatenate Reshape Conv2D Flatten",
    ),
    "a dense called on parts": (PARTS, "conv2d", "Split Reshape Conv2D Reshape Conv2D Flatten Flatten Add"),
    "a shared convolution with a softmax": (
        SHARED_SOFTMAX,
        "dense",
        "Flatten Dense Reshape Activation Flatten Dense Reshape Activation Add",
    ),
    "a normalization in the new shape": (GROUPED, "conv2d", "Reshape Conv2D GroupNormalization Flatten"),
    "a Dropout that is always on": (ALWAYS, "conv2d", "Reshape Conv2D Flatten Dropout Reshape Conv2D Flatten"),
    "a mask that is heeded before": (HEEDED, "conv2d", "Embedding LSTM Reshape Conv2D Flatten"),
    "texts": (TEXTS, "conv2d", "StringLookup Embedding Reshape Conv2D Reshape"),
    "mixed precision": ("dtype: mixed_bfloat16\n" + VECTOR, "conv2d", "Reshape Conv2D Flatten PReLU Reshape Conv2D Flatten"),
    "several outputs": (SEVERAL, "conv2d", "Split Identity Add Reshape Conv2D Flatten"),
    "a nested model with outputs by name": (
        "models: {m: {inputs: {h: [4]}, layers: [{Dense: 3, name: a}, {Dense: 2, name: b}], outputs: {z: a, y: b}}}\n"
        "inputs: {x: [4]}\nlayers: [m]",
        "conv2d",
        "m_conv2d",
    ),
    "an output by name": (HEAD + NAMED, "dense", "Flatten Dense Reshape GlobalAveragePooling2D"),
}


@pytest.mark.parametrize(("text", "to", "layers"), CASES.values(), ids=CASES)
def test_it_is_the_same_function(text: str, to: Any, layers: str) -> None:
    needs_text(text)
    done = convert(compiled(text), to)
    assert done.equivalent, done.proof
    assert done.proof.worst.max <= done.proof.worst.bound < (2 if "mixed" in text else 1e-2)
    assert {found.dtype for found in done.proof.differences} - {"mixed_bfloat16"} == {*backend.particular().FLOATS} - (
        {"float32"} if "mixed" in text else set()
    )
    assert all(found.bound < 1e-10 for found in done.proof.differences if found.dtype == "float64")
    assert types(done) == layers.split()


def needs_text(spec: str) -> None:
    if "StringLookup" in spec and backend.keras().config.backend() != "tensorflow":
        pytest.skip("texts need TensorFlow")


NOT_IN_FLOAT64 = "inputs: {x: [4, 4, 4, 1]}\nlayers: [{Conv3D: {filters: 2, kernel_size: 2}}, {MaxPooling3D: 2}]"


def needs_float64() -> None:
    if "float64" not in backend.particular().FLOATS:
        pytest.skip("Keras does not compute in float64 throughout on this back end")


def test_where_float64_cannot_be_float32_is_tried_alone() -> None:
    needs_float64()
    done = convert(compiled(NOT_IN_FLOAT64), "dense")
    assert done.equivalent
    assert {found.dtype for found in done.proof.differences} == {"float32"}
    assert any("not tried in float64: MaxPooling3D cannot work on float64" in note for note in done.proof.notes)


def test_a_mask_that_nothing_heeds_does_not_matter(recwarn: pytest.WarningsRecorder) -> None:
    assert convert(compiled(f"{MASKED}, Flatten]"), "conv2d").equivalent
    own = [one for one in recwarn.list if backend.keras().config.backend() != "torch" or "mask" in str(one.message)]
    assert not own, "PyTorch alone may warn, of other things"


@pytest.mark.parametrize("to", ["conv2d", "dense"])
def test_tensorflow_has_no_float64_for_channels_first(to: Any) -> None:
    needs_float64()
    done = convert(compiled(FIRST_FLAT), to)
    assert done.equivalent
    assert {found.dtype for found in done.proof.differences} == {"float32"}
    assert "not tried in float64: tensorflow has no such convolution on the processor" in done.proof.notes


def test_outputs_keep_their_names() -> None:
    model = compiled(convert(compiled(DENSE), "conv2d").spec).model
    assert model is not None
    assert [name for name, _, _ in model.outputs()] == ["softmax"]


def test_images_of_any_size(keras: Any, tmp_path: Path) -> None:
    import numpy as np

    done = convert(compiled(DENSE), "conv2d", tmp_path / "any.keras", any_size=True)
    assert done.equivalent
    model = keras.saving.load_model(tmp_path / "any.keras")
    assert model(np.zeros((2, 9, 12, 2), "float32")).shape == (2, 4)


def test_a_run_there_and_back(cli: CommandLine) -> None:
    """Trained weights go to convolutions and back to the values that they were."""
    import keras
    import numpy as np

    cli.write("small.yaml", DENSE.replace("Dropout: 0.5", "Dropout: 0.1"))
    assert cli("train", "small").status == 0
    there = cli("convert", "small-1", "--to", "conv2d", "-o", "conv.yaml", "--format", "json")
    assert there.status == 0, there.err
    record = there.data
    assert list(record)[:7] == ["version", "equivalent", "max_abs_difference", "mean_abs_difference", "bound", "from", "to"]
    assert (record["version"], record["equivalent"], record["output"]) == (1, True, "conv.yaml")
    assert record["from"]["params"] == record["to"]["params"]
    assert record["max_abs_difference"] <= record["bound"]
    first, second = (
        keras.saving.load_model(cli.folder / path, compile=False) for path in ("runs/small-1/model.keras", "conv.keras")
    )
    x = np.random.default_rng(0).random((16, 6, 5, 2), dtype="float32")
    assert np.abs(array(first(x)) - array(second(x))).max() <= record["bound"]
    assert "Conv2D" in (cli.folder / "conv.yaml").read_text()
    back = convert(compiled((cli.folder / "conv.yaml").read_text()), "dense")
    assert back.equivalent
    assert back.after.params == record["from"]["params"]


def plant(monkeypatch: pytest.MonkeyPatch, part: float) -> None:
    """Changes the largest value of one moved kernel by that part of it."""
    from layerctl.runtime.conversion import convert as runtime

    needs_float64()
    honest = runtime.moved

    def planted(*arguments: Any) -> Any:
        out = honest(*arguments)
        name = next(iter(out))
        out[name] = [array.copy() for array in out[name]]
        out[name][0].flat[abs(out[name][0]).argmax()] *= 1 + part
        return out

    monkeypatch.setattr(runtime, "moved", planted)


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("inputs: {x: [5]}\nlayers: [{Dense: 4}]", "conv2d"),
        ("inputs: {x: [6, 1]}\nlayers: [{Conv1D: {filters: 2, kernel_size: 3}}]", "dense"),
    ],
)
def test_float32_is_enough_for_a_thousandth_of_a_weight(monkeypatch: pytest.MonkeyPatch, text: str, to: Any) -> None:
    """Where a value is the sum of a few products."""
    plant(monkeypatch, 1e-3)
    narrow = next(found for found in convert(compiled(text), to).proof.differences if found.dtype == "float32")
    assert not narrow.within, narrow
    assert narrow.bound < 1e-4


def test_a_planted_error_is_caught(monkeypatch: pytest.MonkeyPatch, cli: CommandLine) -> None:
    """One value of one kernel, changed by a millionth part, is more than rounding."""
    plant(monkeypatch, 1e-6)
    cli.write("small.yaml", DENSE)
    found = cli("convert", "small", "--to", "conv2d", "-o", "new.keras", "--format", "json")
    assert (found.status, found.data["equivalent"], found.data["output"]) == (1, False, None)
    assert not (cli.folder / "new.keras").exists()
    assert "not equivalent" in found.err


MASKED = (
    "inputs: {x: {shape: [6], dtype: int32}}\nlayers: [{Embedding: {input_dim: 5, output_dim: 4, mask_zero: true}}, {Dense: 3}"
)
FIRST_FLAT = """
inputs: {x: [4, 4, 2]}
layers: [{Conv2D: {filters: 3, kernel_size: 3, data_format: channels_first, padding: same}}, Flatten, {Dense: 3}]
"""
OTHERS = "  - Flatten\n  - LayerNormalization\n  - Dense: 2"
REFUSED: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "nothing to convert": ("inputs: {x: [4]}\nlayers: [{Dense: 2}]", "dense", {}, "nothing to convert"),
    "a matrix too large": (CONV, "dense", {"max_weights": 100}, "60 × 27 = 1,620 values; 100 is the limit"),
    "an unknown size": ("inputs: {i: [null, 4, 1]}\nlayers: [{Conv2D: {filters: 1, kernel_size: 2}}]", "dense", {}, "(?, 4, 1)"),
    "integers": ("inputs: {x: {shape: [4], dtype: int32}}\nlayers: [{Dense: 2}]", "conv2d", {}, "works on int32"),
    "lora": ("inputs: {x: [4]}\nlayers: [{Dense: {units: 2, lora_rank: 1}}]", "conv2d", {}, "lora_rank"),
    "a mask": (f"{MASKED}, {{LSTM: 2}}]", "conv2d", {}, "`dense` is given a mask and hands it on"),
    "channels first and any size": (
        FIRST_FLAT,
        "conv2d",
        {"any_size": True},
        "with images of any size the new spec has a mistake",
    ),
    "flattened for others": (HEAD + OTHERS, "conv2d", {"any_size": True}, "another size for each image"),
}


@pytest.mark.parametrize(("text", "to", "options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_converted(text: str, to: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError) as caught:
        convert(compiled(text), to, **options)
    (found,) = caught.value.diagnostics
    assert found.code.id == "LC680"
    assert message in found.message
    assert found.help


STEPS_OF = "inputs: {s: [6, 4]}\nlayers: "
LOST = {
    "a mask of zeros": (STEPS_OF + "[{Masking: 0.0}, {Dense: 5}, {LSTM: 3}]", "conv2d", "`dense`"),
    "a mask of another value": (STEPS_OF + "[{Masking: -1.5}, {Dense: 5}, {GRU: 3}]", "conv2d", "`dense`"),
    "through Bidirectional": (
        STEPS_OF + "[{Masking: 0.0}, {Dense: 5}, {Bidirectional: {layer: {LSTM: 3}}}]",
        "conv2d",
        "`dense`",
    ),
    "through TimeDistributed": (
        STEPS_OF + "[{Masking: 0.0}, {TimeDistributed: {layer: {Dense: 5}}}, {LSTM: 3}]",
        "conv2d",
        "`time_distributed`",
    ),
    "in a nested model": (
        "models: {m: {inputs: {h: [6, 4]}, layers: [{Dense: 5}, {LSTM: 2}]}}\n" + STEPS_OF + "[{Masking: 0.0}, m]",
        "conv2d",
        "`dense`",
    ),
    "of a large vocabulary": (TOKENS + "{Dense: 3}, GlobalAveragePooling1D]", "conv2d", "`dense`"),
    "of a vocabulary of texts": (
        TEXTS.replace("[a, b, c]", "[a, b, c], mask_token: ''").replace("output_dim: 3", "output_dim: 3, mask_zero: true")
        .replace("input_dim: 4", "input_dim: 5").replace("{Dense: 2}]", "{Dense: 2}, {LSTM: 2}]"),
        "conv2d",
        "`dense`",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "to", "layer"), LOST.values(), ids=LOST)
def test_a_mask_that_would_be_lost_is_refused(text: str, to: Any, layer: str) -> None:
    needs_text(text)
    with pytest.raises(SpecError) as caught:
        convert(compiled(text), to)
    (found,) = caught.value.diagnostics
    assert (found.code.id, found.span.source.path) == ("LC680", "given.yaml")
    assert found.message.startswith(f"{layer} is given a mask and hands it on")


def test_what_the_processor_cannot_run_is_refused() -> None:
    if backend.keras().config.backend() != "tensorflow":
        pytest.skip("TensorFlow alone has no such operation")
    with pytest.raises(SpecError, match="cannot run this model on the processor"):
        convert(
            compiled("inputs: {s: [5, 3]}\nlayers: [{Conv1DTranspose: {filters: 2, kernel_size: 4, dilation_rate: 2}}]"), "dense"
        )


TWO_SCALES = """
inputs: {x: [20]}
layers:
 - {Dense: 4, name: small, inputs: x}
 - {Rescaling: 1.0e+10, inputs: x, name: r}
 - {Dense: 4, name: big}
outputs: [small, big]
"""
TWO_UNITS = TWO_SCALES.replace("outputs: [small, big]", " - {Concatenate: {}, inputs: [small, big]}")


@pytest.mark.parametrize("text", [TWO_SCALES, TWO_UNITS])
@pytest.mark.parametrize(("part", "equivalent"), [(0, True), (1e-6, False)])
def test_each_value_has_its_own_scale(text: str, part: float, equivalent: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The layer that takes the place of `small` gives values that are wrong by a part."""
    needs_float64()
    cls = backend.keras().layers.Conv2D
    own = cls.call
    wrong = lambda self, inputs: own(self, inputs) * (1 + part * self.name.startswith("small"))  # noqa: E731
    monkeypatch.setattr(cls, "call", wrong)
    done = convert(compiled(text), "conv2d")
    assert done.record["equivalent"] is equivalent
    assert all(share < 1e-12 for share in done.proof.missed.values())


CHAOTIC = """
inputs: {image: [4, 4, 4]}
layers:
  - Conv2D: {filters: 4, kernel_size: 3, padding: same, activation: tanh, kernel_initializer: {RandomNormal: {stddev: 3.0}}}
    repeat: 25
  - Flatten
  - Dense: 2
"""


def test_a_net_that_magnifies_roundings_is_not_called_unequal() -> None:
    needs_float64()
    done = convert(compiled(CHAOTIC), "dense")
    assert done.equivalent
    own = next(one for one in done.proof.differences if (one.weights, one.dtype) == ("own", "float32"))
    assert own.missed > 0.01, "of this the net as it is says nothing"


def test_where_it_writes(cli: CommandLine) -> None:
    cli.write("small.yaml", DENSE)
    assert cli("convert", "small", "--to", "conv2d", "-o", "small.yaml").status == 2
    assert (cli.folder / "small.yaml").read_text() == DENSE
    assert cli("convert", "small", "--to", "conv2d", "-o", "new.txt").status == 2
    assert cli("convert", "small", "--to", "conv2d", "-o", "no/new.yaml").status == 2
    with pytest.raises(UsageError, match="of one size"):
        convert(cli.folder / "small.yaml", "dense", any_size=True)
    for _ in range(2):
        assert cli("convert", "small", "--to", "conv2d", "-o", "new.yaml").status == 0
    assert json.loads(cli("summary", "new", "--format", "json").out)["totals"]["params"] == 483


def test_the_certificate_for_people(cli: CommandLine) -> None:
    cli.write("small.yaml", CONV)
    found = cli("convert", "small", "--to", "dense")
    assert found.status == 0
    assert "equivalent" in found.out
    assert "could be missed" in found.out
    assert {"synthetic", backend.particular().FLOATS[-1]} <= set(found.out.split())


OWN = """
import keras


class Twice(keras.layers.Layer):
    def call(self, x):
        return 2 * x


class Narrow(keras.layers.Layer):
    def call(self, x):
        return keras.ops.cast(2 * keras.ops.cast(x, "float32"), x.dtype)


class Stubborn(keras.layers.Layer):
    def call(self, x):
        return keras.ops.cast(x, "float32")
"""


@pytest.mark.parametrize(
    ("layer", "note"),
    [
        ("Twice", None),
        ("Narrow", "not tried in float64: `narrow` computes in fewer digits"),
        ("Stubborn", "not tried in float64: Keras finds that `stubborn` gives"),
    ],
)
def test_custom_layers_stay_as_they_are(layer: str, note: str | None, cli: CommandLine) -> None:
    wide = "float64" in backend.particular().FLOATS
    note = note if wide else None
    cli.write(f"own_{layer.lower()}.py", OWN)
    cli.write("a.yaml", f"{HEAD}  - Flatten\n  - Dense: 4\n  - own_{layer.lower()}:{layer}\n  - Dense: 2\n")
    refused = cli("convert", "a", "--to", "conv2d")
    assert (refused.status, "LC313" in refused.err) == (1, True)
    assert cli("trace", "a", "--allow-custom-code").status == 0
    found = cli("convert", "a", "--to", "conv2d", "--allow-custom-code", "-o", "b.yaml", "--format", "json")
    assert found.status == 0, found.err
    assert [text for text in found.data["notes"] if note and text.startswith(note)] == [
        text for text in found.data["notes"] if "float64" in text
    ]
    assert len(found.data["differences"]) == (3 if wide and not note else 2)
    assert cli("check", "b.yaml", "--verify", "--allow-custom-code").status == 0

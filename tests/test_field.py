"""Receptive fields, compared with published figures and with figures computed by hand."""

from __future__ import annotations

from typing import Any

import pytest

from layerctl.analysis.receptive_field import fields
from layerctl.api.check import check
from layerctl.compiler.pipeline import compile_text
from tests.command_line import CommandLine

Figures = tuple[Any, ...]
ALL: Figures = ("all", None, None)


def first_fields(text: str) -> dict[str, Figures]:
    """Field, stride and feature maps of the first call of each layer."""
    compiled = compile_text(text)
    assert compiled.ok, [diagnostic.message for diagnostic in compiled.diagnostics]
    assert compiled.model is not None
    return {name: field[:3] for (name, number), field in fields(compiled.model).items() if number == 0}


PUBLISHED = {"zoo/vgg16": ("pool5", 212, 32), "zoo/resnet50": ("conv5_3.activation", 483, 32)}
"""Araujo, Norris and Sim (2019), https://distill.pub/2019/computing-receptive-fields, table at the end."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_figures(name: str) -> None:
    model = check(name).model
    assert model is not None
    layer, size, stride = PUBLISHED[name]
    seen = fields(model)[layer, 0]
    assert seen[:2] == ((size, size), (stride, stride))


IMAGE = "inputs: {image: [32, 24, 3]}\nlayers:\n"
WINDOWS = """
  - Conv2D: {filters: 4, kernel_size: [3, 5], strides: [2, 1], padding: same}
  - Conv2D: {filters: 6, kernel_size: 3, dilation_rate: 2, padding: same}
  - BatchNormalization
  - AveragePooling2D: {pool_size: 2, strides: 2}
  - Dense: 7
  - GlobalAveragePooling2D
  - Dense: 2
"""
BRANCHES = """
  - branches:
      - []
      - [{Conv2D: {filters: 3, kernel_size: 3, padding: same}}, {Conv2D: {filters: 3, kernel_size: 3, padding: same}}]
      - [{DepthwiseConv2D: {kernel_size: 7, padding: same}}]
    merge: Concatenate
    name: joined
  - GlobalAveragePooling2D: {keepdims: true}
  - Multiply:
    inputs: [joined, global_average_pooling2d]
"""
UP = """
  - MaxPooling2D: 4
  - Conv2DTranspose: {filters: 2, kernel_size: 4, strides: 2, padding: same}
  - UpSampling2D: 2
  - Conv2D: {filters: 2, kernel_size: 3, padding: same}
"""
STEPS = """
inputs: {tokens: {shape: [20], dtype: int32}}
layers:
  - Embedding: {input_dim: 9, output_dim: 4}
  - Conv1D: {filters: 5, kernel_size: 3, padding: causal, dilation_rate: 4}
  - LayerNormalization
  - Softmax
  - ops.multiply: 2.0
  - LSTM: 3
"""


def test_windows() -> None:
    seen = first_fields(IMAGE + WINDOWS)
    assert seen["conv2d"] == ((3, 5), (2, 1), 4)
    assert seen["conv2d_1"] == seen["batch_normalization"] == ((3 + 4 * 2, 5 + 4), (2, 1), 6)
    assert seen["average_pooling2d"] == ((11 + 2, 9 + 1), (4, 2), 6)
    assert seen["dense"] == ((13, 10), (4, 2), 7)
    assert seen["global_average_pooling2d"] == seen["dense_1"] == ALL


def test_where_paths_meet() -> None:
    seen = first_fields(IMAGE + BRANCHES)
    assert seen["joined.1.conv2d_1"][0] == (5, 5)
    assert seen["joined"] == ((7, 7), (1, 1), 9)
    assert seen["multiply"] == ("all", None, 9)


def test_what_enlarges() -> None:
    """A kernel of 4 with stride 2 gives each output something of 2 inputs; nearest neighbours see nothing new.

    Behind them a window of 3 lies over 2 or over 3 of the values that were repeated: the largest field counts.
    """
    seen = first_fields(IMAGE + UP)
    assert seen["max_pooling2d"] == ((4, 4), (4, 4), 3)
    assert seen["conv2d_transpose"] == ((8, 8), (2, 2), 2)
    assert seen["up_sampling2d"] == ((8, 8), (1, 1), 2)
    assert seen["conv2d"] == ((12, 12), (1, 1), 2)
    convolution = "  - Conv2D: {filters: 1, kernel_size: 3}\n"
    finer = first_fields(IMAGE + "  - UpSampling2D: {size: 4, interpolation: bilinear}\n" + convolution)
    assert finer["conv2d"] == ((3, 3), (0.25, 0.25), 1)


def test_steps() -> None:
    seen = first_fields(STEPS)
    assert seen["embedding"] == ((1,), (1,), 4)
    assert [seen[name][0] for name in ("conv1d", "layer_normalization", "softmax", "multiply")] == [(9,)] * 4
    assert seen["lstm"] == ALL


UNDEFINED: dict[str, tuple[str, str, Figures]] = {
    "rearranged": (IMAGE + "  - Reshape: [24, 32, 3]", "reshape", (None, None, 3)),
    "strides that differ": (
        "inputs: {a: [null, null, 1], b: [null, null, 1]}\nlayers:\n  - MaxPooling2D: 2\n    inputs: a\n"
        "  - Add:\n    inputs: [max_pooling2d, b]\n",
        "add",
        ((2, 2), None, 1),
    ),
    "channels first": (
        "inputs: {x: [3, 8, 8]}\nlayers: [{Conv2D: {filters: 5, kernel_size: 3, data_format: channels_first}}, ReLU]",
        "re_lu",
        ((3, 3), (1, 1), 5),
    ),
    "channels first, in other layers than convolutions": (
        "inputs: {x: [3, 8, 8]}\nlayers: [{UpSampling2D: {data_format: channels_first}}, ReLU]",
        "re_lu",
        ((1, 1), (0.5, 0.5), 3),
    ),
    "all of inputs with unlike axes": (
        "inputs: {a: [4, 5, 6], b: [6, 2]}\nlayers:\n  - Dot: {axes: [3, 1]}\n    inputs: [a, b]",
        "dot",
        ("all", None, 2),
    ),
    "joined along an axis": (
        IMAGE + "  - Concatenate: {axis: 1}\n    inputs: [image, image]",
        "concatenate",
        (None, None, 3),
    ),
    "a vector": ("inputs: {x: [9]}\nlayers: [{Dense: 4}]", "dense", ALL),
    "a number": ("inputs: {x: []}\nlayers: [ReLU]", "re_lu", (None, None, None)),
}


@pytest.mark.parametrize(("text", "layer", "wanted"), UNDEFINED.values(), ids=UNDEFINED)
def test_what_is_not_defined(text: str, layer: str, wanted: Figures) -> None:
    assert first_fields(text)[layer] == wanted


NESTED = """
inputs: {a: [16, 16, 1]}
models:
  body: {inputs: {x: [null, null, 1]}, layers: [{Conv2D: {filters: 1, kernel_size: 3}}, {MaxPooling2D: 2}]}
layers:
  - body
  - reuse: body
    name: again
"""


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_a_padding_knows_where_its_channels_are(rank: int) -> None:
    layer = f"ZeroPadding{rank}D: {{padding: 1, data_format: channels_first}}"
    seen = first_fields(f"inputs: {{x: {[4, *[8] * rank]}}}\nlayers: [{layer}]")
    assert seen[f"zero_padding{rank}d"][2] == 4


def test_channels_that_a_later_layer_tells_of() -> None:
    first = "{Conv2D: {filters: 4, kernel_size: 3, data_format: channels_first}}"
    part = f"models: {{part: {{inputs: {{x: [2, 8, 9]}}, layers: [{first}]}}}}"
    seen = first_fields(f"{part}\ninputs: {{x: [2, 8, 9]}}\nlayers: [ReLU, Dense: 9, part, {{Activation: tanh}}]")
    assert seen["re_lu"] == ((1, 1), (1, 1), 2)
    assert seen["dense"] == ((1, 9), None, 9)
    assert seen["part/conv2d"] == seen["part"] == seen["activation"] == ((3, 9), None, 4)


def test_the_columns(cli: CommandLine) -> None:
    cli.write("nested.yaml", NESTED)
    columns = "receptive_field,effective_stride,feature_maps"
    data: Any = cli("summary", "nested", "--columns", columns, "--expand-nested", "--format", "json").data
    (row,) = data["layers"]
    assert (row["receptive_field"], row["effective_stride"], row["feature_maps"]) == ([4, 4], [2, 2], 1)
    assert [call["receptive_field"] for call in row["calls"]] == [[4, 4], [10, 10]]
    assert [inner["receptive_field"] for inner in row["layers"]] == [[3, 3], [4, 4]]
    assert "receptive_field" not in cli("summary", "nested", "--format", "json").data["layers"][0]
    table = cli("summary", "nested", "--columns", "receptive_field", "--expand-nested").out
    assert "receptive field" in table
    assert "10×10" in table
    markdown = cli("summary", "nested", "--columns", columns, "--format", "markdown").out
    assert {line.count("|") for line in markdown.splitlines() if line.startswith("|")} == {10}
    assert "4×4" in cli("summary", "nested", "--columns", columns, FORCE_COLOR="1").out
    wrong = cli("summary", "nested", "--columns", "receptive_fields")
    assert (wrong.status, "did you mean `receptive_field`?" in wrong.err) == (2, True)


def test_the_columns_within_a_model_whose_input_is_unknown(cli: CommandLine) -> None:
    cli.write("unknown.yaml", NESTED.replace("layers:\n  - body", "layers:\n  - 'own:Layer'\n  - body"))
    result = cli("summary", "unknown", "--columns", "receptive_field", "--expand-nested", "--format", "json")
    assert [inner["receptive_field"] for inner in result.data["layers"][1]["layers"]] == [None, None]


WRONG_RANKS = {
    "Conv2DTranspose: {filters: 2, kernel_size: 3}": "8",
    "Conv3DTranspose: {filters: 2, kernel_size: 3}": "8, 8",
    "UpSampling1D: 2": "8",
    "UpSampling2D: 2": "8",
    "UpSampling3D: 2": "8, 8",
    "Conv2D: {filters: 2, kernel_size: 3}": "8",
    "MaxPooling2D: 2": "8",
    "SpectralNormalization: {layer: {Conv2DTranspose: {filters: 2, kernel_size: 3}}}": "8",
}


@pytest.mark.parametrize("layer", WRONG_RANKS)
def test_the_columns_of_a_layer_that_refuses_its_input(cli: CommandLine, layer: str) -> None:
    cli.write("rank.yaml", f"inputs: {{x: [{WRONG_RANKS[layer]}]}}\nlayers:\n  - {layer}\n")
    result = cli("summary", "rank", "--columns", "receptive_field,effective_stride,feature_maps", "--format", "json")
    row = result.data["layers"][-1]
    assert (result.status, row["receptive_field"], row["effective_stride"], row["feature_maps"]) == (1, None, None, None)


EXACT: dict[str, tuple[str, str, Any, Any]] = {
    "branches that are moved": (
        IMAGE + "  - {branches: [[{Cropping2D: [[0, 8], 0]}], [{Cropping2D: [[8, 0], 0]}]], merge: Add}",
        "add",
        (9, 1),
        (2, 1),
    ),
    "branches of even kernels": (
        "inputs: {x: [20, 1]}\nlayers: [{branches: [[{Conv1D: {filters: 1, kernel_size: 2, padding: same}},"
        " {Conv1D: {filters: 1, kernel_size: 2, padding: same}}], [{Conv1D: {filters: 1, kernel_size: 3, padding: same}}]],"
        " merge: Add}]",
        "add",
        (4,),
        (4,),
    ),
    "gaps of a dilated kernel": (
        "inputs: {x: [40, 1]}\nlayers: [{Conv1D: {filters: 1, kernel_size: 3, dilation_rate: 4}}]",
        "conv1d",
        (9,),
        (3,),
    ),
    "gaps that a second kernel fills": (
        "inputs: {x: [40, 1]}\nlayers: [{Conv1D: {filters: 1, kernel_size: 3, dilation_rate: 4}},"
        " {Conv1D: {filters: 1, kernel_size: 3, padding: same}}]",
        "conv1d_1",
        (11,),
        (9,),
    ),
    "what is left over at an end": (
        "inputs: {x: [28, 28, 1]}\nlayers: [{MaxPooling2D: 3}, Flatten, {Dense: 2}]",
        "dense",
        (27, 27),
        (27, 27),
    ),
    "what a stride skips": (
        "inputs: {x: [9, 9, 1]}\nlayers: [{Conv2D: {filters: 1, kernel_size: 1, strides: 2}}, GlobalAveragePooling2D]",
        "global_average_pooling2d",
        (9, 9),
        (5, 5),
    ),
    "a mean along one axis": (IMAGE + "  - ops.mean: {axis: 1, keepdims: true}", "mean", (32, 1), (32, 1)),
    "axes that change places": (
        IMAGE + "  - Permute: [2, 1, 3]\n  - Conv2D: {filters: 1, kernel_size: [3, 5]}",
        "conv2d",
        (5, 3),
        (5, 3),
    ),
    "channels that are moved behind the others": (
        "inputs: {x: [3, 9, 8]}\nlayers: [{Conv2D: {filters: 2, kernel_size: [3, 5], data_format: channels_first}},"
        " {Permute: [2, 3, 1]}, ReLU]",
        "re_lu",
        (3, 5),
        (3, 5),
    ),
    "an axis that is added": (
        "inputs: {x: [9, 9]}\nlayers: [{Reshape: [9, 9, 1]}, {Conv2D: {filters: 1, kernel_size: 3}}]",
        "conv2d",
        (3, 3),
        (3, 3),
    ),
    "tokens of an image": (
        IMAGE
        + "  - Conv2D: {filters: 4, kernel_size: 8, strides: 8}\n  - Reshape: [-1, 4]\n  - MultiHeadAttention: {num_heads: 1,"
        " key_dim: 2}\n    inputs: {query: reshape, value: reshape}",
        "multi_head_attention",
        "all",
        "all",
    ),
    "all steps of a sequence": (
        "inputs: {x: [9, 4]}\nlayers: [{LSTM: {units: 2, return_sequences: true}}, {LSTM: {units: 2}}]",
        "lstm_1",
        "all",
        "all",
    ),
    "some steps of a sequence": ("inputs: {x: [9, 4]}\nlayers: [{LSTM: {units: 2, return_sequences: true}}]", "lstm", None, None),
    "both directions": (
        "inputs: {x: [9, 4]}\nlayers: [{Bidirectional: {layer: {LSTM: {units: 2, return_sequences: true}}}}]",
        "bidirectional",
        "all",
        "all",
    ),
    "attention to what came before": (
        "inputs: {x: [9, 4]}\nlayers:\n  - MultiHeadAttention: {num_heads: 1, key_dim: 2}\n    inputs: {query: x, value: x}\n"
        "    call_args: {use_causal_mask: true}",
        "multi_head_attention",
        None,
        None,
    ),
    "letters of an equation": (
        'inputs: {x: [9, 7, 4]}\nlayers: [{EinsumDense: {equation: "abcd,de->aceb", output_shape: [7, 5, 9]}}]',
        "einsum_dense",
        (9, 1),
        (9, 1),
    ),
    "attention by hand": (
        'inputs: {x: [9, 4]}\nlayers:\n  - ops.einsum: "bqd,bkd->bqk"\n    inputs: [x, x]\n  - Softmax\n'
        "  - ops.matmul:\n    inputs: [softmax, x]",
        "matmul",
        "all",
        "all",
    ),
    "a sum of two": (
        "inputs: {x: [9, 1]}\nlayers:\n  - Conv1D: {filters: 1, kernel_size: 3, padding: same}\n"
        "  - ops.add:\n    inputs: [conv1d, x]",
        "add",
        (3,),
        (3,),
    ),
    "axes that functions move": (
        "inputs: {x: [9, 7]}\nlayers: [{ops.expand_dims: -1}, {ops.transpose: [0, 2, 1, 3]}, {ops.reshape: [-1, 7, 9]},"
        " {ops.expand_dims: 1}, {ops.squeeze: 1}, {ops.swapaxes: {axis1: 1, axis2: 2}}, {ops.expand_dims: 3},"
        " {Conv2D: {filters: 1, kernel_size: [3, 5]}}]",
        "conv2d",
        (3, 5),
        (3, 5),
    ),
    "a batch among the axes": ("inputs: {x: [9, 7]}\nlayers: [{ops.transpose: [1, 0, 2]}]", "transpose", None, None),
    "each step of its own": (
        "inputs: {x: [5, 20, 20, 1]}\nlayers: [{TimeDistributed: {layer: {Conv2D: {filters: 2, kernel_size: 3}}}}]",
        "time_distributed",
        (1, 3, 3),
        (1, 3, 3),
    ),
    "a gate": (
        IMAGE + "  - Conv2D: {filters: 3, kernel_size: 3, padding: same}\n    name: body\n"
        "  - GlobalAveragePooling2D: {keepdims: true}\n"
        "  - Multiply:\n    inputs: [body, global_average_pooling2d]",
        "multiply",
        "all",
        "all",
    ),
    "unknown lengths, and padding that depends on them": (
        "inputs: {x: [null, 1]}\nlayers:\n  - Conv1D: {filters: 1, kernel_size: 3, strides: 2, padding: same}\n"
        "  - branches: [[], [{Conv1D: {filters: 1, kernel_size: 3, padding: same}}]]\n    merge: Add",
        "add",
        (7,),
        (7,),
    ),
    "paths that may lie anyhow": (
        "inputs: {x: [null, 1]}\nlayers:\n  - branches: [[{Conv1D: {filters: 1, kernel_size: 3, strides: 2, padding: same}}],"
        " [{Conv1D: {filters: 1, kernel_size: 3, strides: 2, padding: same}}]]\n    merge: Add",
        "add",
        None,
        None,
    ),
    "a path that holds the other, however they lie": (
        "inputs: {x: [null, 1]}\nlayers:\n  - branches: [[{Conv1D: {filters: 1, kernel_size: 1, strides: 2, padding: same}}],"
        " [{Conv1D: {filters: 1, kernel_size: 5, strides: 2, padding: same}}]]\n    merge: Add",
        "add",
        (5,),
        None,
    ),
}


@pytest.mark.parametrize(("text", "layer", "extent", "number"), EXACT.values(), ids=EXACT)
def test_a_field_is_a_set(text: str, layer: str, extent: Any, number: Any) -> None:
    compiled = compile_text(text)
    assert compiled.model is not None
    field = fields(compiled.model)[layer, 0]
    assert (field.receptive_field, field.receptive_positions) == (extent, number)


def test_a_long_axis_costs_no_more_than_a_short_one() -> None:
    layer = "  - Conv1D: {filters: 1, kernel_size: 5001, dilation_rate: 2, padding: same}\n"
    compiled = compile_text("inputs: {x: [1000000000, 1]}\nlayers:\n" + layer * 20)
    assert compiled.model is not None
    assert fields(compiled.model)["conv1d_19", 0].receptive_positions == (20 * 5000 + 1,)

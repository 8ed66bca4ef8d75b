"""Convolutions and poolings: shapes, weights, MACs, refusals, and peculiarities of Keras."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from layerctl.catalog import CATALOGS
from layerctl.reference.pages import documentation
from tests.layers.single import accepted, compiled, refused

FIRST = "data_format: channels_first"
N = None


@pytest.mark.parametrize(
    ("item", "shape", "result", "weights", "macs"),
    [
        ("Conv1D: {filters: 4, kernel_size: 3}", [9, 2], (7, 4), "kernel(3, 2, 4) bias(4,)", 168),
        ("Conv1D: {filters: 4, kernel_size: 9, padding: causal, strides: 2}", [5, 2], (3, 4), "kernel(9, 2, 4) bias(4,)", 216),
        (f"Conv1D: {{filters: 4, kernel_size: [2], {FIRST}}}", [2, N], (4, N), "kernel(2, 2, 4) bias(4,)", N),
        ("Conv2D: {filters: 32, kernel_size: 3}", [28, 28, 1], (26, 26, 32), "kernel(3, 3, 1, 32) bias(32,)", 194_688),
        ("Conv2D: {filters: 4, kernel_size: [3, 2], strides: [2, 1]}", [9, 5, 3], (4, 4, 4), "kernel(3, 2, 3, 4) bias(4,)", 1152),
        (
            "Conv2D: {filters: 4, kernel_size: 3, strides: 2, padding: same}",
            [N, 5, 3],
            (N, 3, 4),
            "kernel(3, 3, 3, 4) bias(4,)",
            N,
        ),
        ("Conv2D: {filters: 4, kernel_size: 3, padding: SAME}", [5, 5, 3], (5, 5, 4), "kernel(3, 3, 3, 4) bias(4,)", 2700),
        ("Conv2D: {filters: 4, kernel_size: 3, dilation_rate: 2}", [9, 8, 1], (5, 4, 4), "kernel(3, 3, 1, 4) bias(4,)", 720),
        ("Conv2D: {filters: 6, kernel_size: 1, groups: 2, use_bias: false}", [2, 2, 4], (2, 2, 6), "kernel(1, 1, 2, 6)", 48),
        (f"Conv2D: {{filters: 4, kernel_size: 3, {FIRST}}}", [3, 9, N], (4, 7, N), "kernel(3, 3, 3, 4) bias(4,)", N),
        ("Conv3D: {filters: 2, kernel_size: 2}", [4, 3, 2, 1], (3, 2, 1, 2), "kernel(2, 2, 2, 1, 2) bias(2,)", 96),
        ("Conv1DTranspose: {filters: 4, kernel_size: 2, strides: 3}", [5, 2], (15, 4), "kernel(2, 4, 2) bias(4,)", 80),
        ("Conv2DTranspose: {filters: 4, kernel_size: 3}", [5, N, 2], (7, N, 4), "kernel(3, 3, 4, 2) bias(4,)", N),
        ("Conv2DTranspose: {filters: 4, kernel_size: 3, strides: 2}", [5, 4, 2], (11, 9, 4), "kernel(3, 3, 4, 2) bias(4,)", 1440),
        (
            "Conv2DTranspose: {filters: 1, kernel_size: 3, strides: 2, padding: same}",
            *([5, 4, 2], (10, 8, 1), "kernel(3, 3, 1, 2) bias(1,)", 360),
        ),
        (
            "Conv2DTranspose: {filters: 1, kernel_size: 3, strides: 2, padding: same, output_padding: 0}",
            *([5, 4, 2], (9, 7, 1), "kernel(3, 3, 1, 2) bias(1,)", 360),
        ),
        (
            "Conv2DTranspose: {filters: 1, kernel_size: 2, strides: 3, output_padding: [0, 2]}",
            *([5, 4, 2], (14, 13, 1), "kernel(2, 2, 1, 2) bias(1,)", 160),
        ),
        (
            "Conv2DTranspose: {filters: 1, kernel_size: 3, dilation_rate: 2}",
            [5, 4, 2],
            (9, 8, 1),
            "kernel(3, 3, 1, 2) bias(1,)",
            360,
        ),
        (
            f"Conv3DTranspose: {{filters: 1, kernel_size: 2, strides: 2, {FIRST}}}",
            *([2, 2, 3, 4], (1, 4, 6, 8), "kernel(2, 2, 2, 1, 2) bias(1,)", 384),
        ),
        ("DepthwiseConv1D: {kernel_size: 3, depth_multiplier: 2}", [9, 3], (7, 6), "kernel(3, 3, 2) bias(6,)", 126),
        ("DepthwiseConv2D: {kernel_size: 3, padding: same}", [8, 8, 3], (8, 8, 3), "kernel(3, 3, 3, 1) bias(3,)", 1728),
        (
            "DepthwiseConv2D: {kernel_size: 2, strides: 2, dilation_rate: 2}",
            [8, 8, 3],
            (3, 3, 3),
            "kernel(2, 2, 3, 1) bias(3,)",
            108,
        ),
        ("DepthwiseConv2D: {kernel_size: 2, strides: [1, 2], use_bias: false}", [8, 8, 3], (7, 4, 3), "kernel(2, 2, 3, 1)", 336),
        (
            "SeparableConv1D: {filters: 5, kernel_size: 3, use_bias: false}",
            *([N, 2], (N, 5), "depthwise_kernel(3, 2, 1) pointwise_kernel(1, 2, 5)", N),
        ),
        (
            "SeparableConv2D: {filters: 5, kernel_size: 3, depth_multiplier: 2}",
            *([8, 8, 3], (6, 6, 5), "depthwise_kernel(3, 3, 3, 2) pointwise_kernel(1, 1, 6, 5) bias(5,)", 3024),
        ),
    ],
)
def test_convolutions(item: str, shape: list[Any], result: tuple[Any, ...], weights: str, macs: int | None) -> None:
    actual = accepted(item, shape)
    assert (actual.shape, actual.weights, actual.macs) == (result, weights, macs)
    assert actual.dtypes == ("float32",)


@pytest.mark.parametrize(
    ("item", "shape", "result"),
    [
        ("MaxPooling1D", [7, 3], (3, 3)),
        ("MaxPooling2D", [7, N, N], (3, N, N)),
        ("MaxPool2D: [3, 2]", [7, 7, 3], (2, 3, 3)),
        ("MaxPooling2D: {pool_size: 3, strides: null}", [7, 7, 3], (2, 2, 3)),
        (f"MaxPooling2D: {{pool_size: 3, strides: 2, padding: same, {FIRST}}}", [3, 7, 2], (3, 4, 1)),
        ("MaxPooling3D: [1, 2, 2]", [3, 4, 4, 2], (3, 2, 2, 2)),
        ("AveragePooling1D: {pool_size: 2, strides: [1]}", [7, 3], (6, 3)),
        ("AveragePooling2D: {pool_size: 9, padding: same}", [7, 7, 3], (1, 1, 3)),
        ("AveragePooling3D: 2", [4, 4, 4, 2], (2, 2, 2, 2)),
        ("GlobalMaxPooling1D", [N, 3], (3,)),
        ("GlobalMaxPooling3D: {keepdims: true}", [4, 4, 4, 3], (1, 1, 1, 3)),
        ("GlobalAveragePooling2D", [4, 4, 3], (3,)),
        (f"GlobalAveragePooling2D: {{keepdims: true, {FIRST}}}", [3, N, 4], (3, 1, 1)),
        ("AdaptiveAveragePooling1D: 3", [N, 2], (3, 2)),
        ("AdaptiveMaxPooling2D: [3, 9]", [5, 5, N], (3, 9, N)),
        (f"AdaptiveAveragePooling3D: {{output_size: 2, {FIRST}}}", [3, 4, 4, 4], (3, 2, 2, 2)),
    ],
)
def test_poolings(item: str, shape: list[Any], result: tuple[Any, ...]) -> None:
    actual = accepted(item, shape)
    assert (actual.shape, actual.weights, actual.macs) == (result, "", 0)


@pytest.mark.parametrize(
    ("item", "shape", "code", "says", "help"),
    [
        ("MaxPooling2D: 3", [4, 2, 1], "LC402", "pool (3, 3) does not fit in an input of (4, 2)", "`pool_size: 2` or less"),
        ("Conv2D: {filters: 8, kernel_size: [2, 5]}", [4, 4, 1], "LC402", "kernel (2, 5)", "`kernel_size: [2, 4]` or less"),
        (
            "Conv1D: {filters: 8, kernel_size: 5, dilation_rate: 3}",
            *([9, 1], "LC402", "kernel 5 with dilation_rate 3 does not fit in an input of 9", "`kernel_size: 3` or less"),
        ),
        ("Conv2D: {filters: 8, kernel_size: 3}", [28, 28], "LC401", "(batch, height, width, channels)", "Reshape: [28, 28, 1]"),
        (
            f"Conv2D: {{filters: 8, kernel_size: 3, {FIRST}}}",
            [28, N],
            "LC401",
            "(batch, channels, height",
            "Reshape: [1, 28, -1]",
        ),
        ("Conv2D: {filters: 8, kernel_size: 3}", [784], "LC401", "got rank 2", "the shape [height, width, channels]"),
        ("GlobalMaxPooling1D", [4, 4, 1], "LC401", "expected an input of rank 3, (batch, steps, channels)", "single channel"),
        ("AdaptiveMaxPooling2D: 2", [4, 4], "LC401", "got rank 3", "Reshape: [4, 4, 1]"),
        ("Conv2D: {filters: 8, kernel_size: 3}", [8, 8, N], "LC406", "axis -1 of (batch, 8, 8, ?) is unknown", "`inputs`"),
        (f"DepthwiseConv1D: {{kernel_size: 3, {FIRST}}}", [N, 8], "LC406", "axis 1", "`inputs`"),
        ("Conv2D: {filters: 8, kernel_size: 3, groups: 2}", [8, 8, 3], "LC408", "3 channels cannot be split", "`groups: 1`"),
        ("Conv2D: {filters: 8, kernel_size: 3, groups: 6}", [8, 8, 6], "LC209", "8 filters cannot be split", "`groups: 2`"),
        ("Conv2D: {filters: 8, kernel_size: 3, strides: 2, dilation_rate: 2}", [9, 9, 3], "LC209", "exclude", "`strides: 1`"),
        (
            "Conv2DTranspose: {filters: 8, kernel_size: 3, strides: 2, dilation_rate: 2}",
            [9, 9, 3],
            "LC209",
            "exclude",
            "`strides: 1`",
        ),
        ("Conv1D: {filters: 8, kernel_size: 3, lora_rank: 2, kernel_constraint: NonNeg}", [9, 3], "LC209", "exclude", "remove"),
        ("Conv1DTranspose: {filters: 8, kernel_size: 3, output_padding: 1}", [9, 3], "LC209", "below `strides`", "leave out"),
        (
            "Conv1DTranspose: {filters: 8, kernel_size: 4, strides: 2, padding: same, output_padding: 0}",
            *([9, 3], "LC209", "odd width; got one that spans 4", "an odd `kernel_size`"),
        ),
        ("AdaptiveAveragePooling2D: 1", [9, 9, 3], "LC409", "got 9 to 1", "`GlobalAveragePooling2D: {keepdims: true}`"),
        ("AdaptiveMaxPooling2D: [3, 2]", [9, 1, 3], "LC409", "along width, before and after; got 1 to 2", "at least 2"),
        (
            "DepthwiseConv2D: {kernel_size: 2, strides: [1, 2], dtype: float16}",
            *([8, 8, 3], "LC407", "needs equal strides", "`strides: 1`"),
        ),
        ("MaxPooling3D: {dtype: float64}", [8, 8, 8, 3], "LC407", "cannot work on float64", "`dtype: float32`"),
    ],
)
def test_refusals(item: str, shape: list[Any], code: str, says: str, help: str) -> None:
    diagnostic = refused(item, shape)
    assert diagnostic.code.id == code
    assert says in diagnostic.message
    assert help in (diagnostic.help or "")


@pytest.mark.parametrize(
    ("arguments", "code", "says", "help"),
    [
        ("kernel_size: [3, 3, 3]", "LC2", "takes a positive integer or a list of 2; got the list [3, 3, 3]", ""),
        ("kernel_size: 0", "LC205", "`kernel_size` takes a positive integer", ""),
        ("kernel_size: [3, 0]", "LC205", "got the list [3, 0]", ""),
        ("kernel_size: 3.0", "LC204", "got `3.0`", "`kernel_size: 3`"),
        ("kernel_size: true", "LC204", "got `true`", ""),
        ('kernel_size: "3"', "LC204", 'got the text "3"', "remove the quotes"),
        ("kernel_size: 3, padding: smae", "LC205", "`padding` takes one of `valid`, `same`", "did you mean `same`?"),
        ("kernel_size: 3, padding: causal", "LC205", "`padding` takes one of `valid`, `same`", ""),
        ("kernel_size: 3, strides: null", "LC204", "`strides` takes a positive integer or a list of 2; got null", ""),
        ("strides: 2", "LC203", "needs `kernel_size`", "a positive integer or a list of 2"),
    ],
)
def test_argument_mistakes(arguments: str, code: str, says: str, help: str) -> None:
    diagnostic = refused(f"Conv2D: {{filters: 8, {arguments}}}", [9, 9, 3])
    assert diagnostic.code.id.startswith(code)
    assert says in diagnostic.message
    assert help in (diagnostic.help or "")


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ("MaxPooling2D: {padding: SAME}", "LC205"),
        ("MaxPooling2D: {strides: 0}", "LC205"),
        ("AveragePooling2D", "LC203"),
        ("AdaptiveMaxPooling2D: 0", "LC205"),
    ],
)
def test_pooling_argument_mistakes(item: str, code: str) -> None:
    assert refused(item, [9, 9, 3]).code.id == code


def test_the_full_message_for_a_kernel_that_does_not_fit() -> None:
    diagnostic = refused("Conv2D: {filters: 64, kernel_size: 5}", [4, 4, 64])
    assert (diagnostic.code.id, diagnostic.message) == ("LC402", "kernel (5, 5) does not fit in an input of (4, 4)")
    assert diagnostic.label == "needs at least (5, 5) with padding: valid"
    assert diagnostic.help == "set `padding: same`, use `kernel_size: 4` or less, or drop a pooling layer before it"


@pytest.mark.parametrize(("kernel", "dilation", "sizes"), list(product((6, [2, 5], [6, 1]), (1, 2), ([4, 4], [3, 9], [1, 5]))))
def test_the_kernel_that_the_help_names_fits(kernel: Any, dilation: int, sizes: list[int]) -> None:
    item = "Conv2D: {{filters: 2, kernel_size: {}, dilation_rate: {}, padding: {}}}"
    for diagnostic in compiled(item.format(kernel, dilation, "valid"), [*sizes, 1]).diagnostics:
        advised = (diagnostic.help or "").split("`kernel_size: ")[1].split("`")[0]
        accepted(item.format(advised, dilation, "valid"), [*sizes, 1])
        accepted(item.format(kernel, dilation, "same"), [*sizes, 1])


def test_lora_freezes_the_kernel_and_trains_two_weights_in_float32() -> None:
    spec = compiled("Conv1D: {filters: 4, kernel_size: 3, groups: 2, lora_rank: 2, dtype: float16}", [9, 6])
    assert spec.model is not None
    assert [(w.name, w.shape, w.trainable, w.dtype) for w in spec.model.nodes[-1].weights] == [
        ("kernel", (3, 3, 4), False, None),
        ("bias", (4,), True, None),
        ("lora_kernel_a", (3, 3, 2), True, "float32"),
        ("lora_kernel_b", (2, 4), True, "float32"),
    ]


@pytest.mark.parametrize(
    ("item", "runs"),
    [
        ("Conv2D: {filters: 4, kernel_size: 2}", ()),
        ("Conv2DTranspose: {filters: 4, kernel_size: 2}", ()),
        ("DepthwiseConv2D: 2", ()),
        ("SeparableConv2D: {filters: 4, kernel_size: 2}", ()),
        ("AveragePooling2D: 2", ()),
        ("AdaptiveAveragePooling2D: 2", ()),
        ("MaxPooling2D", ("uint8", "int32")),
        ("AdaptiveMaxPooling2D: 2", ("uint8", "int32")),
        ("GlobalMaxPooling2D", ("uint8", "int32", "uint32", "bool")),
        ("GlobalAveragePooling2D", ("uint8", "int32", "uint32", "bool")),
    ],
)
def test_integers_pass_only_where_they_run(item: str, runs: tuple[str, ...]) -> None:
    for dtype in ("uint8", "int32", "uint32", "bool", "string"):
        inputs = {"x": {"shape": [4, 4, 3], "dtype": dtype}}
        if dtype in runs:
            assert accepted(item, inputs).dtypes == ("float32",)  # as Keras promises; the running model may return integers
        else:
            assert refused(item, inputs).code.id == "LC407"


def test_max_pooling_of_volumes_takes_no_integers() -> None:
    assert refused("MaxPooling3D", {"x": {"shape": [4, 4, 4, 3], "dtype": "int32"}}).code.id == "LC407"


def test_without_autocast_the_input_has_the_kernels_dtype() -> None:
    item = "Conv1D: {filters: 4, kernel_size: 2, autocast: false}"
    assert accepted(item, [4, 2]).shape == (3, 4)
    assert refused(item, {"x": {"shape": [4, 2], "dtype": "float16"}}).code.id == "LC407"


def test_the_output_is_of_the_compute_dtype() -> None:
    inputs = {"x": {"shape": [4, 2], "dtype": "float64"}}
    assert accepted("Conv1D: {filters: 4, kernel_size: 2, dtype: mixed_bfloat16}", inputs).dtypes == ("bfloat16",)


def test_global_average_pooling_takes_a_mask_of_steps() -> None:
    item = "GlobalAveragePooling1D:\n  inputs: {inputs: x, mask: m}"
    assert accepted(item, {"x": [6, 3], "m": [6]}).shape == (3,)
    assert refused(item, {"x": [6, 3], "m": [5]}).code.id == "LC409"


@pytest.mark.parametrize(
    ("layer", "order"),
    [
        ("Conv2D", "filters kernel_size strides padding data_format dilation_rate groups activation use_bias"),
        ("Conv2DTranspose", "filters kernel_size strides padding output_padding data_format dilation_rate activation"),
        ("DepthwiseConv2D", "kernel_size strides padding depth_multiplier data_format dilation_rate activation"),
        ("SeparableConv2D", "filters kernel_size strides padding data_format dilation_rate depth_multiplier activation"),
        ("MaxPooling2D", "pool_size strides padding data_format"),
        ("GlobalMaxPooling2D", "data_format keepdims"),
        ("AdaptiveMaxPooling2D", "output_size data_format"),
    ],
)
def test_arguments_are_in_the_order_of_keras(layer: str, order: str) -> None:
    cls = CATALOGS["layers"].find(layer)
    assert cls is not None
    assert " ".join(cls.own_fields()).startswith(order)


def test_a_page_includes_what_the_docstring_of_the_family_says() -> None:
    for layer in ("Conv1D", "Conv3DTranspose", "DepthwiseConv2D", "SeparableConv1D", "MaxPooling3D", "GlobalMaxPooling1D"):
        cls = CATALOGS["layers"].find(layer)
        assert cls is not None
        assert list(documentation(cls).sections) == ["Input shape", "Output shape", "Weights", "MACs", "Example"]

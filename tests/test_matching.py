"""Which steps count as the same, and which as surely different; without a framework."""

from __future__ import annotations

import pytest

from layerctl.compiler.pipeline import compile_text
from layerctl.rewrite.interface import Different, interface
from layerctl.rewrite.matching import Matched, match_layers
from layerctl.rewrite.step import Unlike

IMAGE = "inputs: {x: [8, 8, 4]}\nlayers: "
STEPS = "inputs: {x: [6, 4]}\nlayers: "
VECTOR = "inputs: {x: [6]}\nlayers:\n"


def matched(a: str, b: str, *, certain: bool = False) -> Matched | str:
    """How weights of the first spec go to the second, or why no way is known."""
    one, other = (compile_text(text, "given.yaml").accepted() for text in (a, b))
    try:
        return match_layers(one, other, interface(one.model, other.model), certain=certain)
    except Unlike as unlike:
        return str(unlike)


ACTIVATIONS = ["relu", "tanh", "sigmoid", "elu", "selu", "softplus", "gelu"]


def _sum_of(activations: list[str]) -> str:
    layers = [f"  - {{Dense: {{units: 3, activation: {one}}}, inputs: x, name: d{at}}}\n" for at, one in enumerate(activations)]
    return VECTOR + "".join(layers) + f"  - {{Add: {{}}, inputs: [{', '.join(f'd{at}' for at in range(len(layers)))}]}}\n"


SAME: dict[str, tuple[str, str, str]] = {
    "a normalization behind": (
        IMAGE + "[{Conv2D: {filters: 3, kernel_size: 3, use_bias: false}}, BatchNormalization, ReLU]",
        IMAGE + "[{Conv2D: {filters: 3, kernel_size: 3, activation: relu}}]",
        "both",
    ),
    "a normalization behind in steps": (
        STEPS + "[{TimeDistributed: {layer: {Dense: 3}}}, BatchNormalization]",
        STEPS + "[{Dense: 3}]",
        "both",
    ),
    "a normalization in front": (IMAGE + "[BatchNormalization, Flatten, {Dense: 2}]", IMAGE + "[Flatten, {Dense: 2}]", "both"),
    "a normalization in front of a window": (
        IMAGE + "[BatchNormalization, {Conv2D: {filters: 3, kernel_size: 3}}]",
        IMAGE + "[{Conv2D: {filters: 3, kernel_size: 3}}]",
        "both",
    ),
    "a normalization behind a transposed convolution": (
        IMAGE + "[{Conv2DTranspose: {filters: 3, kernel_size: 2}}, BatchNormalization]",
        IMAGE + "[{Conv2DTranspose: {filters: 3, kernel_size: 2}}]",
        "both",
    ),
    "a normalization behind a depthwise convolution": (
        IMAGE + "[{DepthwiseConv2D: {kernel_size: 2, depth_multiplier: 3}}, BatchNormalization]",
        IMAGE + "[{Conv2D: {filters: 12, kernel_size: 2, groups: 4}}]",
        "both",
    ),
    "a normalization as part of a matrix": (
        IMAGE + "[{Conv2D: {filters: 2, kernel_size: 3}}, BatchNormalization, Flatten]",
        IMAGE + "[Flatten, {Dense: 72}]",
        "a_to_b",
    ),
    "another epsilon": (IMAGE + "[ReLU, {BatchNormalization: {epsilon: 0.1}}]", IMAGE + "[ReLU, BatchNormalization]", "both"),
    "no offset of its own": (
        IMAGE + "[ReLU, {BatchNormalization: {center: false}}]",
        IMAGE + "[ReLU, BatchNormalization]",
        "both",
    ),
    "no factor of its own": (
        IMAGE + "[ReLU, {BatchNormalization: {scale: false}}]",
        IMAGE + "[ReLU, BatchNormalization]",
        "a_to_b",
    ),
    "zeros and valid": (
        IMAGE + "[{ZeroPadding2D: 1}, {Conv2D: {filters: 2, kernel_size: 3}}]",
        IMAGE + "[{Conv2D: {filters: 2, kernel_size: 3, padding: same}}]",
        "both",
    ),
    "zeros twice": (
        IMAGE + "[{ZeroPadding2D: 1}, {ZeroPadding2D: [[0, 1], [1, 0]]}, {Conv2D: {filters: 2, kernel_size: 3}}]",
        IMAGE + "[{ZeroPadding2D: [[1, 2], [2, 1]]}, {Conv2D: {filters: 2, kernel_size: 3}}]",
        "both",
    ),
    "zeros that no window reaches": (
        IMAGE + "[{ZeroPadding2D: [[0, 1], [0, 1]]}, {Conv2D: {filters: 2, kernel_size: 2, strides: 2}}]",
        IMAGE + "[{Conv2D: {filters: 2, kernel_size: 2, strides: 2}}]",
        "both",
    ),
    "zeros and causal": (
        STEPS + "[{ZeroPadding1D: [4, 0]}, {Conv1D: {filters: 2, kernel_size: 3, dilation_rate: 2}}]",
        STEPS + "[{Conv1D: {filters: 2, kernel_size: 3, dilation_rate: 2, padding: causal}}]",
        "both",
    ),
    "groups": (
        IMAGE + "[{Conv2D: {filters: 8, kernel_size: 3, groups: 4}}]",
        IMAGE + "[{DepthwiseConv2D: {kernel_size: 3, depth_multiplier: 2}}]",
        "both",
    ),
    "the mean of everything": (IMAGE + "[GlobalAveragePooling2D]", IMAGE + "[{AveragePooling2D: 8}, Flatten]", "both"),
    "the maximum of everything": (
        STEPS + "[GlobalMaxPooling1D]",
        STEPS + "[{MaxPooling1D: {pool_size: 6, strides: 4}}, Flatten]",
        "both",
    ),
    "other names of functions": (
        IMAGE + "[{Activation: swish}, {ReLU: {max_value: 6}}]",
        IMAGE + "[ops.silu, ops.relu6]",
        "both",
    ),
    "slopes": (
        IMAGE + "[{LeakyReLU: {negative_slope: 0.2}}, ELU]",
        IMAGE + "[{Activation: leaky_relu}, {Activation: elu}]",
        "both",
    ),
    "what works in training": (
        STEPS + "[{LSTM: {units: 3, unroll: true, dropout: 0.3, return_sequences: true}}, {BatchNormalization: {momentum: 0.5}}]",
        STEPS + "[{LSTM: {units: 3, return_sequences: true}}, {Dropout: 0.5}, BatchNormalization]",
        "both",
    ),
    "wrapped layers that work in training": (
        STEPS + "[{Bidirectional: {layer: {LSTM: {units: 3, unroll: true}}}}]",
        STEPS + "[{Bidirectional: {layer: {LSTM: 3}}}]",
        "both",
    ),
    "sums in another order": (
        VECTOR
        + "  - {Dense: 6, name: a}\n  - {Dense: {units: 6, activation: relu}, name: b, inputs: x}\n"
        + "  - {Dense: {units: 6, activation: tanh}, name: c, inputs: x}\n  - {Add: {}, inputs: [a, b, c]}\n",
        VECTOR
        + "  - {Dense: {units: 6, activation: tanh}, name: a}\n  - {Dense: 6, name: b, inputs: x}\n"
        + "  - {Dense: {units: 6, activation: relu}, name: c, inputs: x}\n  - {ops.add: null, inputs: [c, a], name: s}\n"
        + "  - {Add: {}, inputs: [s, b]}\n",
        "both",
    ),
    "a sum of many in another order": (_sum_of(ACTIVATIONS), _sum_of(ACTIVATIONS[::-1]), "both"),
    "a sum of many that are alike": (
        _sum_of([*ACTIVATIONS, *["relu"] * 6]),
        _sum_of([*["relu"] * 6, *ACTIVATIONS[::-1]]),
        "both",
    ),
    "sums that are told apart further down": (
        VECTOR
        + "  - {Dense: 6, name: a}\n  - {Dense: 6, name: b, inputs: x}\n  - {Add: {}, inputs: [a, b], name: s}\n"
        + "  - {Subtract: {}, inputs: [s, a]}\n",
        VECTOR
        + "  - {Dense: 6, name: a}\n  - {Dense: 6, name: b, inputs: x}\n  - {Add: {}, inputs: [a, b], name: s}\n"
        + "  - {Subtract: {}, inputs: [s, b]}\n",
        "both",
    ),
}


@pytest.mark.parametrize(("a", "b", "direction"), SAME.values(), ids=SAME)
def test_the_same_in_other_layers(a: str, b: str, direction: str) -> None:
    there, back = matched(a, b), matched(b, a)
    assert isinstance(there, Matched), there
    assert isinstance(back, Matched) is (direction == "both"), back


NOT_KNOWN: dict[str, tuple[str, str]] = {
    "a normalization in front of padding": (
        IMAGE + "[BatchNormalization, {Conv2D: {filters: 3, kernel_size: 3, padding: same}}]",
        IMAGE + "[{Conv2D: {filters: 3, kernel_size: 3, padding: same}}]",
    ),
    "a normalization along another axis": (
        IMAGE + "[{Conv2D: {filters: 8, kernel_size: 3}}, {BatchNormalization: {axis: 1}}]",
        IMAGE + "[{Conv2D: {filters: 8, kernel_size: 3}}]",
    ),
    "a normalization of a value that is read elsewhere": (
        VECTOR + "  - {Dense: 6, name: a}\n  - {BatchNormalization: {}, name: n}\n  - {Add: {}, inputs: [a, n]}\n",
        VECTOR + "  - {Dense: 6, name: a}\n  - {Identity: {}, name: n}\n  - {Add: {}, inputs: [a, n]}\n",
    ),
    "statistics of the batch": (
        VECTOR + "  - Dense: 6\n  - {BatchNormalization: {}, call_args: {training: true}}\n",
        VECTOR + "  - Dense: 6\n",
    ),
    "a Dropout that is always on": (
        VECTOR + "  - Dense: 6\n  - {Dropout: 0.5, call_args: {training: true}}\n",
        VECTOR + "  - Dense: 6\n",
    ),
    "a mean that leaves out padding": (
        IMAGE + "[{ZeroPadding2D: 1}, {AveragePooling2D: {pool_size: 3, strides: 1}}]",
        IMAGE + "[{AveragePooling2D: {pool_size: 3, strides: 1, padding: same}}]",
    ),
    "a lost mask": (STEPS + "[{Masking: 0.0}, {LSTM: 2}]", STEPS + "[{Masking: 0.0}, {Reshape: [6, 4]}, {LSTM: 2}]"),
    "a loop without a bias": (STEPS + "[{LSTM: 2}]", STEPS + "[{LSTM: {units: 2, use_bias: false}}]"),
    "another slope by default": (IMAGE + "[LeakyReLU]", IMAGE + "[{Activation: leaky_relu}]"),
    "an approximation": (IMAGE + "[ops.gelu]", IMAGE + "[{Activation: gelu}]"),
    "a softmax along another axis": (IMAGE + "[{Softmax: {axis: 1}}]", IMAGE + "[Softmax]"),
    "a difference in another order": (
        VECTOR + "  - {Dense: 6, name: a}\n  - {Subtract: {}, inputs: [a, x]}\n",
        VECTOR + "  - {Dense: 6, name: a}\n  - {Subtract: {}, inputs: [x, a]}\n",
    ),
}


@pytest.mark.parametrize(("a", "b"), NOT_KNOWN.values(), ids=NOT_KNOWN)
def test_not_the_same(a: str, b: str) -> None:
    assert isinstance(matched(a, b), str)
    assert isinstance(matched(b, a), str)


@pytest.mark.parametrize(
    ("a", "b", "sure"),
    [
        ("relu", "tanh", True),
        ("gelu", "silu", True),
        ("relu", "leaky_relu", False),
        ("tanh", "tanh_shrink", False),
        ("tanh", "sigmoid", False),
        ("hard_sigmoid", "relu6", False),
        ("softplus", "log_sigmoid", False),
        ("{LeakyReLU: {negative_slope: 0.2}}", "{LeakyReLU: {negative_slope: 0.3}}", False),
        ("elu", "selu", False),
    ],
)
def test_activations_that_no_weights_make_alike(a: str, b: str, sure: bool) -> None:
    specs = [f"inputs: {{x: [6]}}\nlayers: [{{Dense: {{units: 3, activation: {one}}}}}, {{Dense: 2}}]" for one in (a, b)]
    found = matched(*specs, certain=True)
    assert isinstance(found, Matched) is sure, found
    assert not sure or (isinstance(found, Matched) and len(found.unlike) == 1)


SUM = VECTOR + "  - {Dense: 6, name: a}\n  - {Add: {}, inputs: [a, x]}\n"
OTHER_MEAN = "{AveragePooling2D: {pool_size: 4, strides: 2, padding: same}}"


@pytest.mark.parametrize(
    ("a", "b", "sure"),
    [
        (IMAGE + "[{MaxPooling2D: 2}, {Dense: 2}]", IMAGE + "[{AveragePooling2D: 2}, {Dense: 2}]", True),
        (IMAGE + "[{Dense: 2}, {AveragePooling2D: 2}]", IMAGE + f"[{{Dense: 2}}, {OTHER_MEAN}]", False),
        (STEPS + "[{Masking: 0.0}, {LSTM: 2}]", STEPS + "[{Masking: 0.0}, {Reshape: [6, 4]}, {LSTM: 2}]", True),
        (STEPS + "[{LSTM: 2}]", STEPS + "[{LSTM: {units: 2, go_backwards: true}}]", False),
        (SUM, SUM.replace("Add", "Multiply"), False),
        (SUM, SUM.replace("Add", "Subtract"), False),
    ],
)
def test_layers_that_no_weights_make_alike(a: str, b: str, sure: bool) -> None:
    assert isinstance(matched(a, b, certain=True), Matched) is sure


def test_inputs_and_outputs_belong_together_by_name() -> None:
    layers = "layers: [{Dense: 4, inputs: a, name: d}, {Dense: 2, inputs: b, name: e}]\noutputs: {p: d, q: e}\n"
    text = "inputs: {a: [3], b: [5]}\n" + layers
    other = text.replace("{a: [3], b: [5]}", "{b: [5], a: [3]}").replace("{p: d, q: e}", "{q: e, p: d}")
    found = matched(text, other)
    assert isinstance(found, Matched)
    assert [(one.a, one.b) for one in found.layers] == [("d", "d"), ("e", "e")]
    models = [compile_text(one, "given.yaml").accepted().model for one in (text, other)]
    assert interface(*models) == interface(*models).reversed == ((1, 0), (1, 0))
    with pytest.raises(Different, match="their inputs hold 3, 5 and 5, 3 values"):
        matched(text, text.replace("{a: [3], b: [5]}", "{a: [5], b: [3]}"))

"""RNN, its cells, and ConvLSTM."""

from __future__ import annotations

from typing import Any

import pytest

from layerctl.catalog import CATALOGS
from layerctl.compiler.pipeline import compile_text
from tests.layers.single import accepted, refused

LSTM = "kernel(3, 32) recurrent_kernel(8, 32) bias(32,)"
GRU = "kernel(8, 12) recurrent_kernel(4, 12) bias(2, 12)"
PAIR = "[{LSTMCell: 8}, {GRUCell: 4}]"
CONV = "kernel(3, 3, 2, 16) recurrent_kernel(3, 3, 4, 16) bias(16,)"
AT_POSITION = 9 * 16 * (2 + 4)


@pytest.mark.parametrize(
    ("item", "shapes", "weights", "macs"),
    [
        ("RNN: {LSTMCell: 8}", [(8,)], LSTM, 10 * 352),
        ("RNN: {cell: {LSTMCell: {units: 8, use_bias: false}}}", [(8,)], LSTM[:37], 10 * 352),
        ("RNN: {cell: {LSTMCell: 8}, return_sequences: true}", [(10, 8)], LSTM, 10 * 352),
        ("RNN: {cell: {LSTMCell: 8}, return_state: true}", [(8,)] * 3, LSTM, 10 * 352),
        ("RNN: {cell: {LSTMCell: {units: 8, trainable: false}}}", [(8,)], LSTM.replace(")", ")*").replace(" (", "("), 10 * 352),
        (f"RNN: {PAIR}", [(4,)], f"{LSTM} {GRU}", 10 * (352 + 144)),
        (f"RNN: {{cell: {PAIR}, return_sequences: true}}", [(10, 4)], f"{LSTM} {GRU}", 10 * (352 + 144)),
        (f"RNN: {{cell: {PAIR}, return_state: true}}", [(4,), (8,), (8,), (4,)], f"{LSTM} {GRU}", 10 * (352 + 144)),
        (f"RNN: {{StackedRNNCells: {{cells: {PAIR}}}}}", [(4,)], f"{LSTM} {GRU}", 10 * (352 + 144)),
        (f"RNN: {{StackedRNNCells: {PAIR}}}", [(4,)], f"{LSTM} {GRU}", 10 * (352 + 144)),
        (f"Bidirectional: {{RNN: {PAIR}}}", [(8,)], f"{LSTM} {GRU} {LSTM} {GRU}", 20 * (352 + 144)),
        (
            f"Bidirectional: {{layer: {{RNN: {{cell: {PAIR}, return_state: true}}}}, merge_mode: null}}",
            [(4,), (4,), *[(8,), (8,), (4,)] * 2],
            f"{LSTM} {GRU} {LSTM} {GRU}",
            20 * (352 + 144),
        ),
        (
            "RNN: {cell: {GRUCell: {units: 4, reset_after: false}}}",
            [(4,)],
            "kernel(3, 12) recurrent_kernel(4, 12) bias(12,)",
            10 * 84,
        ),
        ("RNN: {cell: {SimpleRNNCell: 4}}", [(4,)], "kernel(3, 4) recurrent_kernel(4, 4) bias(4,)", 10 * 28),
    ],
)
def test_cells_over_steps(item: str, shapes: list[Any], weights: str, macs: int) -> None:
    actual = accepted(item, [10, 3])
    assert (list(actual.shapes), actual.weights, actual.macs) == (shapes, weights, macs)


def test_a_list_of_cells_is_a_stack() -> None:
    model = compile_text("inputs: {x: [10, 3]}\nlayers: [{RNN: [{LSTMCell: 2, name: first}, {GRUCell: 3}]}]").model
    assert model is not None
    stack = model.graph.nodes[-1].layer.cell  # type: ignore[union-attr]
    assert stack.keras_name() == "StackedRNNCells"
    assert [cell.own_name for cell in stack.cells] == ["first", None]


@pytest.mark.parametrize(
    ("item", "code", "words"),
    [
        ("RNN", "LC203", "needs `cell`"),
        ("RNN: 8", "LC204", "takes a cell"),
        ("RNN: []", "LC204", "takes a cell"),
        ("RNN: {LSTM: 8}", "LC209", "LSTM is none"),
        ("RNN: {Dense: 8}", "LC209", "Dense is none"),
        ("RNN: [{LSTMCell: 8}, {GRU: 8}]", "LC209", "GRU is none"),
        ("RNN: [{LSTMCell: 8}, 3]", "LC204", "takes a cell"),
        ("RNN: LSTMCell", "LC203", "needs `units`"),
        ("RNN: {LSTMCell: 0}", "LC205", "a positive integer"),
        ("RNN: {cell: {LSTMCell: {units: 8, return_state: true}}}", "LC201", "no argument `return_state`"),
        ("RNN: {cell: {StackedRNNCells: {LSTMCell: 8}}}", "LC204", "a list of one or more cells"),
        ("RNN: [{StackedRNNCells: [{LSTMCell: 8}]}]", "LC209", "a stack of cells"),
        ("StackedRNNCells: [{StackedRNNCells: [{LSTMCell: 8}]}]", "LC209", "a stack of cells"),
        ("RNN: {cell: {LSTMCell: {units: 8, activity_regularizer: l2}}}", "LC209", "from within the loop"),
        ("RNN: {cell: [{LSTMCell: 8}], unroll: true}", "LC409", "one cell unrolled"),
        ("RNN: [{LSTMCell: {units: 8, dtype: float16}}, {GRUCell: 8}]", "LC407", "LSTMCell works in float16"),
        ("RNN: {cell: {LSTMCell: {units: 8, dtype: float16, dropout: 0.5}}}", "LC407", "cannot drop inputs of float32"),
        ("RNN: {cell: {LSTMCell: 8}, stateful: true}", "LC406", "batch size"),
        ("TimeDistributed: {LSTMCell: 8}", "LC209", "`inputs`, `states`"),
        ("SpectralNormalization: {SimpleRNNCell: 8}", "LC209", "`sequence`, `states`"),
        ("Bidirectional: {LSTMCell: 8}", "LC209", "LSTMCell is none"),
        ("LSTMCell: 8", "LC305", "it is not given `states`"),
    ],
)
def test_refusals(item: str, code: str, words: str) -> None:
    diagnostic = refused(item, [10, 3])
    assert diagnostic.code.id == code
    assert words in diagnostic.message


STEP = {
    "x": [3],
    "h": [8],
    "c": [8],
    "n": [9],
    "s": [10, 3],
    "g": [4],
    "i": {"shape": [8], "dtype": "int32"},
    "t": {"shape": [8], "dtype": "string"},
}


def called(layer: str, **inputs: str) -> str:
    return f"{{{layer}, inputs: {{{', '.join(f'{key}: {value}' for key, value in inputs.items())}}}}}"


@pytest.mark.parametrize(
    ("layer", "inputs", "shapes", "macs"),
    [
        ("LSTMCell: 8", {"inputs": "x", "states": "[h, c]"}, [(8,)] * 3, 352),
        ("GRUCell: 8", {"inputs": "x", "states": "h"}, [(8,)] * 2, 264),
        ("GRUCell: 8", {"inputs": "x", "states": "[h]"}, [(8,)] * 2, 264),
        ("SimpleRNNCell: 8", {"sequence": "x", "states": "h"}, [(8,)] * 2, 88),
        (f"StackedRNNCells: {PAIR}", {"inputs": "x", "states": "[[h, c], g]"}, [(4,), (8,), (8,), (4,)], 352 + 144),
        (f"RNN: {{cell: {PAIR}}}", {"sequences": "s", "initial_state": "[[h, c], g]"}, [(4,)], 4960),
        ("RNN: {cell: {LSTMCell: 8}}", {"sequences": "s", "initial_state": "[h, c]"}, [(8,)], 3520),
        ("RNN: {cell: {GRUCell: 8}}", {"sequences": "s", "initial_state": "h"}, [(8,)], 2640),
        (f"Bidirectional: {{RNN: {PAIR}}}", {"sequences": "s", "initial_state": "[[h, c], g, [h, c], [g]]"}, [(8,)], 9920),
    ],
)
def test_calls_with_states(layer: str, inputs: dict[str, str], shapes: list[Any], macs: int) -> None:
    actual = accepted(called(layer, **inputs), STEP)
    assert (list(actual.shapes), actual.macs) == (shapes, macs)


@pytest.mark.parametrize(
    ("layer", "inputs", "code", "words"),
    [
        ("LSTMCell: 8", {"inputs": "x"}, "LC305", "it is not given `states`"),
        ("LSTMCell: 8", {"inputs": "x", "states": "h"}, "LC409", "2 tensors (h, c); got 1"),
        ("LSTMCell: 8", {"inputs": "x", "states": "[h, n]"}, "LC409", "(batch, 8); got (batch, 9)"),
        ("LSTMCell: 8", {"inputs": "x", "states": "[[h, c]]"}, "LC409", "2 tensors (h, c); got 1"),
        ("LSTMCell: 8", {"inputs": "s", "states": "[h, c]"}, "LC401", "rank 2"),
        ("LSTMCell: {units: 8, dropout: 0.5}", {"inputs": "x", "states": "[h, c]"}, "LC409", "keeps what `dropout` drops"),
        ("GRUCell: 8", {"inputs": "x", "states": "[h, c]"}, "LC409", "one tensor; got 2"),
        ("GRUCell: 8", {"inputs": "x", "states": "i"}, "LC407", "got a state of int32"),
        ("LSTMCell: 8", {"inputs": "x", "states": "[h, i]"}, "LC407", "got a state of int32"),
        (f"StackedRNNCells: {PAIR}", {"inputs": "x", "states": "[[h, i], g]"}, "LC407", "got a state of int32"),
        ("SimpleRNNCell: 8", {"inputs": "x", "states": "h"}, "LC201", "not called with `inputs`"),
        (f"StackedRNNCells: {PAIR}", {"inputs": "x", "states": "[h, c, g]"}, "LC409", "[[h_1, c_1], h_2]; got 3"),
        (f"StackedRNNCells: {PAIR}", {"inputs": "x", "states": "[h, g]"}, "LC409", "the form [[h_1, c_1], h_2]"),
        (f"RNN: {{cell: {PAIR}}}", {"sequences": "s", "initial_state": "[h, c]"}, "LC409", "the form [[h_1, c_1], h_2]"),
        ("RNN: {cell: [{LSTMCell: 8}]}", {"sequences": "s", "mask": "n"}, "LC409", "one cell under a mask"),
        ("GRUCell: 8", {"inputs": "x", "states": "t"}, "LC407", "text"),
        ("GRUCell: 8", {"inputs": "x", "states": "h", "training": "x"}, "LC204", "on or off"),
    ],
)
def test_wrong_calls(layer: str, inputs: dict[str, str], code: str, words: str) -> None:
    diagnostic = refused(called(layer, **inputs), STEP)
    assert diagnostic.code.id == code
    assert words in diagnostic.message


@pytest.mark.parametrize(
    ("item", "shape", "shapes", "weights", "macs"),
    [
        ("ConvLSTM2D: {filters: 4, kernel_size: 3}", [5, 8, 6, 2], [(6, 4, 4)], CONV, 5 * 24 * AT_POSITION),
        ("ConvLSTM2D: {filters: 4, kernel_size: 3, padding: SAME}", [5, 8, 6, 2], [(8, 6, 4)], CONV, 5 * 48 * AT_POSITION),
        ("ConvLSTM2D: {filters: 4, kernel_size: 3, strides: 2}", [5, 8, 6, 2], [(3, 2, 4)], CONV, 5 * 6 * AT_POSITION),
        ("ConvLSTM2D: {filters: 4, kernel_size: 3, dilation_rate: 2}", [5, 8, 6, 2], [(4, 2, 4)], CONV, 5 * 8 * AT_POSITION),
        (
            "ConvLSTM2D: {filters: 4, kernel_size: 3, return_sequences: true, return_state: true}",
            [5, 8, 6, 2],
            [(5, 6, 4, 4), (6, 4, 4), (6, 4, 4)],
            CONV,
            5 * 24 * AT_POSITION,
        ),
        (
            "ConvLSTM2D: {filters: 4, kernel_size: 3, data_format: channels_first}",
            [5, 2, 8, 6],
            [(4, 6, 4)],
            CONV,
            5 * 24 * AT_POSITION,
        ),
        ("ConvLSTM2D: {filters: 4, kernel_size: 3}", [None, 8, 6, 2], [(6, 4, 4)], CONV, None),
        (
            "ConvLSTM1D: {filters: 4, kernel_size: 3, use_bias: false}",
            [5, 8, 2],
            [(6, 4)],
            "kernel(3, 2, 16) recurrent_kernel(3, 4, 16)",
            5 * 6 * 3 * 16 * 6,
        ),
        (
            "ConvLSTM3D: {filters: 4, kernel_size: 1}",
            [5, 2, 2, 2, 2],
            [(2, 2, 2, 4)],
            "kernel(1, 1, 1, 2, 16) recurrent_kernel(1, 1, 1, 4, 16) bias(16,)",
            5 * 8 * 16 * 6,
        ),
        (
            "Bidirectional: {ConvLSTM2D: {filters: 4, kernel_size: 3}}",
            [5, 8, 6, 2],
            [(6, 4, 8)],
            f"{CONV} {CONV}",
            10 * 24 * AT_POSITION,
        ),
        ("TimeDistributed: {ConvLSTM2D: {filters: 4, kernel_size: 3}}", [2, 5, 8, 6, 2], [(2, 6, 4, 4)], CONV, 207360),
    ],
)
def test_convolutions_over_time(item: str, shape: list[Any], shapes: list[Any], weights: str, macs: int | None) -> None:
    actual = accepted(item, shape)
    assert (list(actual.shapes), actual.weights, actual.macs) == (shapes, weights, macs)


@pytest.mark.parametrize(
    ("item", "shape", "code", "words"),
    [
        ("ConvLSTM2D: {filters: 4, kernel_size: 3}", [8, 6, 2], "LC401", "(batch, steps, height, width, channels)"),
        ("ConvLSTM2D: {filters: 4, kernel_size: 3}", [5, None, 6, 2], "LC406", "all axes of a step"),
        ("ConvLSTM2D: {filters: 4, kernel_size: 3}", [5, 8, 6, None], "LC406", "all axes of a step"),
        ("ConvLSTM2D: {filters: 4, kernel_size: 9}", [5, 8, 6, 2], "LC402", "kernel (9, 9)"),
        ("ConvLSTM2D: {filters: 4, kernel_size: [3]}", [5, 8, 6, 2], "LC204", "a list of 2"),
        ("ConvLSTM2D: {filters: 4, kernel_size: 3, padding: causal}", [5, 8, 6, 2], "LC205", "`valid`"),
        ("ConvLSTM2D: {filters: 4, kernel_size: 3, strides: 2, dilation_rate: 2}", [5, 8, 6, 2], "LC209", "exclude each other"),
        ("ConvLSTM2D: {filters: 4, kernel_size: 3, bias_initializer: null}", [5, 8, 6, 2], "LC209", "unit_forget_bias"),
        ("ConvLSTM1D: {filters: 4, kernel_size: 3, groups: 2}", [5, 8, 2], "LC201", "no argument `groups`"),
    ],
)
def test_refused_convolutions_over_time(item: str, shape: list[Any], code: str, words: str) -> None:
    diagnostic = refused(item, shape)
    assert diagnostic.code.id == code
    assert words in diagnostic.message


def test_integers_cannot_be_convolved() -> None:
    diagnostic = refused("ConvLSTM1D: {filters: 4, kernel_size: 3}", {"x": {"shape": [5, 8, 2], "dtype": "int32"}})
    assert diagnostic.code.id == "LC407"


def test_a_second_call_must_keep_the_shape_of_a_step() -> None:
    spec = "inputs: {a: [5, 8, 2], b: [4, %d, 2]}\nlayers:\n- {ConvLSTM1D: {filters: 4, kernel_size: 3}, name: one, inputs: a}\n"
    spec += "- {reuse: one, name: two, inputs: b}\noutputs: [one, two]\n"
    assert compile_text(spec % 8).ok
    (diagnostic,) = compile_text(spec % 9).diagnostics
    assert diagnostic.code.id == "LC409"
    assert "steps of (8, 2)" in diagnostic.message


@pytest.mark.parametrize(
    ("item", "trained"),
    [
        ("{RNN: {cell: {LSTMCell: 2}, trainable: false}}", True),
        ("{RNN: {cell: {LSTMCell: {units: 2, trainable: false}}}}", False),
        ("{RNN: {cell: {StackedRNNCells: {cells: [{LSTMCell: 2}], trainable: false}}}}", True),
        ("{LSTM: {units: 2, trainable: false}}", False),
    ],
)
def test_trainable_false_reaches_only_layers_that_exist(item: str, trained: bool) -> None:
    """Keras freezes the layers that exist when `trainable` is set; RNN gets its cell later."""
    assert ("*" not in accepted(f"Bidirectional: {{layer: {item}}}", [10, 3]).weights) is trained


ORDER = {
    "LSTMCell": "units activation recurrent_activation bias_initializer unit_forget_bias kernel_regularizer dropout seed",
    "GRUCell": "units activation recurrent_activation recurrent_dropout reset_after seed",
    "SimpleRNNCell": "units activation use_bias recurrent_dropout seed",
    "RNN": "cell return_sequences return_state go_backwards stateful unroll zero_output_for_mask",
    "ConvLSTM2D": "filters kernel_size strides padding dilation_rate activation unit_forget_bias seed return_sequences stateful",
}


@pytest.mark.parametrize("name", ORDER)
def test_arguments_are_in_the_order_of_keras(name: str) -> None:
    cls = CATALOGS["layers"].find(name)
    assert cls is not None
    fields = cls.own_fields()
    names = ORDER[name].split()
    assert sorted(names, key=fields.index) == names


@pytest.mark.parametrize(
    ("item", "shape", "trained"),
    [
        ("RNN: {cell: {LSTMCell: 2}, trainable: false}", [10, 3], 48),
        ("ConvLSTM1D: {filters: 1, kernel_size: 1, trainable: false}", [4, 5, 1], 12),
        ("TimeDistributed: {layer: {Dense: 2}, trainable: false}", [10, 3], 8),
        ("LSTM: {units: 2, trainable: false}", [10, 3], 0),
    ],
)
def test_what_a_frozen_layer_still_trains(item: str, shape: list[int], trained: int) -> None:
    """The count is that of Keras: layers within a frozen layer are trained if they were added after it was frozen."""
    model = compile_text(f"inputs: {{x: {shape}}}\nlayers: [{{{item}}}]\nexpect: {{trainable_params: {trained}}}")
    assert model.ok, [diagnostic.message for diagnostic in model.diagnostics]

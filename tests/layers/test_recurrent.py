"""LSTM, GRU, SimpleRNN, Bidirectional, TimeDistributed."""

from __future__ import annotations

from typing import Any

import pytest

from layerctl.catalog import CATALOGS
from layerctl.compiler.pipeline import compile_text
from tests.layers.single import accepted, refused

LSTM = "kernel(3, 32) recurrent_kernel(8, 32) bias(32,)"
GRU = "kernel(3, 24) recurrent_kernel(8, 24) bias(2, 24)"
RNN = "kernel(3, 8) recurrent_kernel(8, 8) bias(8,)"


@pytest.mark.parametrize(
    ("item", "shapes", "weights", "macs"),
    [
        ("LSTM: 8", [(8,)], LSTM, 3520),
        ("GRU: 8", [(8,)], GRU, 2640),
        ("SimpleRNN: 8", [(8,)], RNN, 880),
        ("LSTM: {units: 8, return_sequences: true}", [(10, 8)], LSTM, 3520),
        ("LSTM: {units: 8, return_state: true}", [(8,), (8,), (8,)], LSTM, 3520),
        ("GRU: {units: 8, return_state: true, return_sequences: true}", [(10, 8), (8,)], GRU, 2640),
        ("SimpleRNN: {units: 8, return_state: true}", [(8,), (8,)], RNN, 880),
        ("LSTM: {units: 8, use_bias: false}", [(8,)], LSTM[:37], 3520),
        ("GRU: {units: 8, reset_after: false}", [(8,)], GRU.replace("(2, 24)", "(24,)"), 2640),
        ("Bidirectional: {LSTM: 8}", [(16,)], f"{LSTM} {LSTM}", 7040),
        ("Bidirectional: {layer: {GRU: {units: 8, return_sequences: true}}}", [(10, 16)], f"{GRU} {GRU}", 5280),
        ("Bidirectional: {layer: {SimpleRNN: 8}, merge_mode: sum}", [(8,)], f"{RNN} {RNN}", 1760),
        ("Bidirectional: {layer: {SimpleRNN: 8}, merge_mode: null}", [(8,), (8,)], f"{RNN} {RNN}", 1760),
        ("Bidirectional: {LSTM: {units: 8, return_state: true}}", [(16,), *[(8,)] * 4], f"{LSTM} {LSTM}", 7040),
        (
            "Bidirectional: {layer: {GRU: {units: 8, return_state: true}}, merge_mode: null}",
            [(8,)] * 4,
            f"{GRU} {GRU}",
            5280,
        ),
        (
            "Bidirectional: {layer: {LSTM: 8}, backward_layer: {GRU: {units: 8, go_backwards: true}}}",
            [(16,)],
            f"{LSTM} {GRU}",
            6160,
        ),
        ("Bidirectional: {layer: {SimpleRNN: {units: 8, trainable: false}}}", [(16,)], f"{RNN} {RNN}".replace(")", ")*"), 1760),
        ("TimeDistributed: {Dense: 4}", [(10, 4)], "kernel(3, 4) bias(4,)", 120),
        ("TimeDistributed: {layer: Flatten}", [(10, 3)], "", 0),
    ],
)
def test_on_sequences(item: str, shapes: list[Any], weights: str, macs: int) -> None:
    actual = accepted(item, [10, 3])
    assert (list(actual.shapes), actual.weights.replace("(8, 32)*", "(8, 32)"), actual.macs) == (shapes, weights, macs)


@pytest.mark.parametrize(
    ("item", "shape", "result", "macs"),
    [
        ("LSTM: 8", [None, 3], (8,), None),
        ("LSTM: {units: 8, unroll: true, return_sequences: true}", [None, 3], (None, 8), None),
        ("Bidirectional: {GRU: 8}", [None, 3], (16,), None),
        ("TimeDistributed: {Dense: 4}", [None, 3], (None, 4), None),
        ("TimeDistributed: {layer: {Conv2D: {filters: 4, kernel_size: 3}}}", [5, 8, 8, 3], (5, 6, 6, 4), 19440),
        ("TimeDistributed: {LSTM: 8}", [5, 10, 3], (5, 8), 17600),
        ("TimeDistributed: {Bidirectional: {LSTM: 8}}", [5, 10, 3], (5, 16), 35200),
        ("TimeDistributed: {TimeDistributed: {Dense: 4}}", [5, 10, 3], (5, 10, 4), 600),
        ("TimeDistributed: {Embedding: {input_dim: 9, output_dim: 2}}", [5, 7], (5, 7, 2), 0),
    ],
)
def test_shapes(item: str, shape: list[Any], result: tuple[Any, ...], macs: int | None) -> None:
    actual = accepted(item, shape)
    assert (actual.shape, actual.macs) == (result, macs)


@pytest.mark.parametrize(
    ("item", "shape", "code", "words"),
    [
        ("LSTM: 8", [3], "LC401", "rank 3"),
        ("GRU: 8", [10, 3, 2], "LC401", "rank 3"),
        ("SimpleRNN: 8", [10, None], "LC406", "features"),
        ("LSTM: 0", [10, 3], "LC205", "a positive integer"),
        ("LSTM: {units: 8, dropout: 1.5}", [10, 3], "LC205", "from 0 to 1"),
        ("LSTM: {units: 8, stateful: true}", [10, 3], "LC406", "batch size"),
        ("LSTM: {units: 8, bias_initializer: null}", [10, 3], "LC209", "unit_forget_bias"),
        ("LSTM: {units: 8, use_cudnn: true, activation: relu}", [10, 3], "LC209", "this `activation`"),
        ("GRU: {units: 8, use_cudnn: true, reset_after: false}", [10, 3], "LC209", "this `reset_after`"),
        ("SimpleRNN: {units: 8, use_cudnn: auto}", [10, 3], "LC201", "no argument `use_cudnn`"),
        ("Bidirectional", [10, 3], "LC203", "needs `layer`"),
        ("Bidirectional: 3", [10, 3], "LC204", "takes a layer"),
        ("Bidirectional: {Dense: 8}", [10, 3], "LC209", "Dense is none"),
        ("Bidirectional: {Bidirectional: {LSTM: 8}}", [10, 3], "LC209", "Bidirectional is none"),
        ("Bidirectional: {LSTM: {units: 8, go_backwards: true}}", [10, 3], "LC209", "reads backwards already"),
        ("Bidirectional: {layer: {LSTM: 8}, backward_layer: {LSTM: 8}}", [10, 3], "LC209", "go_backwards: false"),
        (
            "Bidirectional: {layer: {LSTM: 8}, backward_layer: {LSTM: {units: 8, go_backwards: true, return_state: true}}}",
            [10, 3],
            "LC209",
            "differ in `return_state`",
        ),
        (
            "Bidirectional: {layer: {LSTM: 8}, backward_layer: {LSTM: {units: 9, go_backwards: true}}}",
            [10, 3],
            "LC409",
            "(batch, 8), backwards (batch, 9)",
        ),
        ("Bidirectional: {LSTM: {units: 8, stateful: true, return_state: true}}", [10, 3], "LC209", "stateful"),
        ("Bidirectional: {layer: {LSTM: 8}, merge_mode: add}", [10, 3], "LC205", "`sum`"),
        ("Bidirectional: {LSTM: 8}", [3], "LC401", "rank 3"),
        ("TimeDistributed: {Dense: 8}", [3], "LC401", "at least rank 3"),
        ("TimeDistributed: {Dense: 8}", [10, None], "LC406", "Dense cannot work on a step"),
        ("TimeDistributed: {LSTM: 8}", [10, 3], "LC401", "LSTM cannot work on a step"),
        ("TimeDistributed: {layer: {Conv2D: {filters: 4, kernel_size: 9}}}", [5, 8, 8, 3], "LC402", "kernel (9, 9)"),
        ("TimeDistributed: {LSTM: {units: 8, return_state: true}}", [5, 10, 3], "LC409", "LSTM gives 3"),
        ("TimeDistributed: {layer: Add}", [5, 10], "LC209", "joins several"),
        ("TimeDistributed: {layer: null}", [5, 10], "LC204", "takes a layer"),
    ],
)
def test_refusals(item: str, shape: list[Any], code: str, words: str) -> None:
    diagnostic = refused(item, shape)
    assert diagnostic.code.id == code
    assert words in diagnostic.message


SEQUENCES = {"x": [10, 3], "h": [8], "c": [8], "n": [9], "m": {"shape": [10], "dtype": "bool"}, "k": [4]}


def called(layer: str, **inputs: str) -> str:
    return f"{{{layer}, inputs: {{{', '.join(f'{key}: {value}' for key, value in inputs.items())}}}}}"


@pytest.mark.parametrize(
    ("layer", "inputs"),
    [
        ("LSTM: 8", {"sequences": "x", "initial_state": "[h, c]", "mask": "m"}),
        ("GRU: 8", {"sequences": "x", "initial_state": "h"}),
        ("SimpleRNN: 8", {"sequences": "x", "initial_state": "[h]"}),
        ("Bidirectional: {LSTM: 4}", {"sequences": "x", "initial_state": "[k, k, k, k]"}),
        ("Bidirectional: {GRU: 4}", {"sequences": "x", "initial_state": "[k, k]", "mask": "m"}),
    ],
)
def test_states_and_masks(layer: str, inputs: dict[str, str]) -> None:
    assert accepted(called(layer, **inputs), SEQUENCES).shape == (8,)


@pytest.mark.parametrize(
    ("layer", "inputs", "code", "words"),
    [
        ("LSTM: 8", {"sequences": "x", "initial_state": "h"}, "LC409", "2 tensors (h, c); got 1"),
        ("LSTM: 8", {"sequences": "x", "initial_state": "[h, c, h]"}, "LC409", "got 3"),
        ("LSTM: 8", {"sequences": "x", "initial_state": "[h, n]"}, "LC409", "(batch, 8); got (batch, 9)"),
        ("GRU: 8", {"sequences": "x", "initial_state": "[h, c]"}, "LC409", "one tensor; got 2"),
        ("GRU: 8", {"sequences": "x", "initial_state": "x"}, "LC409", "got (batch, 10, 3)"),
        ("GRU: 8", {"sequences": "x", "mask": "h"}, "LC409", "mask of shape (batch, 10)"),
        ("GRU: 8", {"sequences": "x", "mask": "x"}, "LC401", "mask of shape (batch, 10)"),
        ("GRU: 8", {"initial_state": "h"}, "LC305", "needs `sequences`"),
        ("GRU: 8", {"sequences": "x", "state": "h"}, "LC201", "not called with `state`"),
        ("Bidirectional: {LSTM: 8}", {"sequences": "x", "initial_state": "[h, c, h]"}, "LC409", "split in half"),
        ("Bidirectional: {LSTM: 8}", {"sequences": "x", "initial_state": "[h, c]"}, "LC409", "got 1"),
        ("TimeDistributed: {Dense: 8}", {"inputs": "x", "mask": "h"}, "LC409", "mask whose first axes"),
    ],
)
def test_wrong_states_and_masks(layer: str, inputs: dict[str, str], code: str, words: str) -> None:
    diagnostic = refused(called(layer, **inputs), SEQUENCES)
    assert diagnostic.code.id == code
    assert words in diagnostic.message


@pytest.mark.parametrize(
    ("activation", "code"),
    [
        ("{Softmax: {axis: 1}}", None),
        ("{Softmax: {axis: 2}}", "LC403"),
        ("{LeakyReLU: {dtype: bfloat16}}", "LC407"),
        ("{ReLU: {activity_regularizer: L2}}", "LC209"),
    ],
)
def test_an_activation_works_on_a_step(activation: str, code: str | None) -> None:
    item = f"LSTM: {{units: 8, recurrent_activation: {activation}}}"
    if code is None:
        assert accepted(item, [10, 3]).shape == (8,)
    else:
        assert refused(item, [10, 3]).code.id == code


def test_a_frozen_wrapper_within_a_wrapper_still_trains() -> None:
    """Keras sets `trainable` of a wrapper before the wrapped layer exists."""
    inner = "TimeDistributed: {layer: {TimeDistributed: {layer: {Dense: {units: 2, trainable: %s}}, trainable: %s}}}"
    assert accepted(inner % ("true", "false"), [4, 5, 3]).weights == "kernel(3, 2) bias(2,)"
    assert accepted(inner % ("false", "true"), [4, 5, 3]).weights == "kernel(3, 2)* bias(2,)*"


@pytest.mark.parametrize("layer", ["LSTM", "GRU", "SimpleRNN"])
def test_dropout_cannot_scale_integers(layer: str) -> None:
    tokens = {"x": {"shape": [10, 3], "dtype": "int32"}}
    assert accepted(f"{layer}: 8", tokens).dtypes == ("float32",)
    assert refused(f"{layer}: {{units: 8, dropout: 0.5}}", tokens).code.id == "LC407"


def test_states_of_one_layer_are_the_initial_states_of_another() -> None:
    spec = """
inputs: {x: [10, 3], y: [null, 4]}
layers:
  - Bidirectional: {layer: {LSTM: {units: 8, return_state: true}}}
    name: encoder
    inputs: x
  - LSTM: {units: 8, return_sequences: true}
    inputs: {sequences: y, initial_state: ["encoder[1]", "encoder[2]"]}
"""
    compiled = compile_text(spec)
    assert compiled.ok
    assert compiled.model is not None
    assert compiled.model.nodes[-1].output.shape == (None, None, 8)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("item", "dtypes", "weights"),
    [
        ("LSTM: {units: 2, return_state: true}", ["bfloat16"] * 3, {None}),
        ("TimeDistributed: {layer: {Dense: {units: 2, dtype: float64}}}", ["bfloat16"], {"float64"}),
        ("Bidirectional: {layer: {GRU: {units: 2, dtype: float16}}}", ["bfloat16"], {"float16"}),
        ("TimeDistributed: {layer: {Dense: 2}, dtype: float64}", ["float64"], {"float32"}),
    ],
)
def test_dtypes(item: str, dtypes: list[str], weights: set[str | None]) -> None:
    """The output has the wrapper's dtype, the weights that of the wrapped layer, which is by default the model's."""
    model = compile_text(f"dtype: mixed_bfloat16\ninputs: {{x: [10, 3]}}\nlayers: [{{{item}}}]").model
    assert model is not None
    last = model.nodes[-1]
    assert list(accepted(item, [10, 3], dtype="mixed_bfloat16").dtypes) == dtypes
    assert {weight.dtype for weight in last.weights} == weights


def test_a_wrapped_layer_keeps_its_name() -> None:
    model = compile_text("inputs: {x: [10, 3]}\nlayers: [{Bidirectional: {layer: {LSTM: 8, name: reader}}}]").model
    assert model is not None
    layer = model.graph.nodes[-1].layer  # type: ignore[union-attr]
    assert layer.layer.own_name == "reader"  # type: ignore[union-attr]


ORDER = {
    "LSTM": "units activation recurrent_activation use_bias unit_forget_bias dropout seed return_sequences unroll use_cudnn",
    "GRU": "units recurrent_activation recurrent_dropout seed return_sequences unroll reset_after use_cudnn",
    "SimpleRNN": "units activation use_bias recurrent_dropout return_sequences unroll seed",
}


@pytest.mark.parametrize("name", ORDER)
def test_arguments_are_in_the_order_of_keras(name: str) -> None:
    cls = CATALOGS["layers"].find(name)
    assert cls is not None
    fields = cls.own_fields()
    names = ORDER[name].split()
    assert sorted(names, key=fields.index) == names

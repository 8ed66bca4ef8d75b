"""Parameters, MACs and memory, held against figures that are worked out by hand in the tests."""

from __future__ import annotations

from typing import Any

import pytest

from layerctl.analysis.costs import (
    BlockUse,
    Row,
    Summary,
    Totals,
    WeightRow,
    calls_of,
    summarize,
    training_bytes,
    undeclared,
    weights_of,
)
from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import leaves
from layerctl.compiler.pipeline import compile_text
from layerctl.graph.typed import TypedGraph

FLOAT = 4
"""Bytes of a float32."""


def typed(text: str) -> TypedGraph:
    compiled = compile_text(text)
    assert compiled.ok, [diagnostic.message for diagnostic in compiled.diagnostics]
    assert compiled.model is not None
    return compiled.model


def summary(text: str, batch_size: int = 1, optimizer: Any = None) -> Summary:
    return summarize(typed(text), batch_size, optimizer)


def rows(text: str) -> dict[str, Row]:
    return {row.name: row for row in summary(text).rows}


class Keeps:
    """An optimizer that keeps three values for each value of a kernel, and one for each other weight."""

    asked: list[tuple[str, tuple[int, ...]]]

    def __init__(self) -> None:
        self.asked = []

    @classmethod
    def keras_name(cls) -> str:
        return "Keeps"

    def kept(self, path: str, shape: tuple[int, ...]) -> int:
        self.asked.append((path, shape))
        return 60 if path.endswith("/kernel") else 1


NORMALIZED = """
inputs: {x: [4]}
layers:
  - Dense: 5
  - BatchNormalization
"""
"""Dense: a kernel of 4·5 and a bias of 5; normalization: two trained weights of 5, two that are not trained."""


def test_the_rows_of_a_model() -> None:
    found = summary("name: net\n" + NORMALIZED)
    assert (found.model, found.inputs, found.optimizer) == ("net", (("x", Tensor((None, 4), "float32")),), "Adam")
    assert found.outputs == (("batch_normalization", Tensor((None, 5), "float32")),)
    dense, normalization = found.rows
    assert (dense.name, dense.type, dense.dtype, dense.inner, dense.undeclared) == ("dense", "Dense", "float32", (), ())
    assert dense.weights == (WeightRow("kernel", (4, 5), "float32", True), WeightRow("bias", (5,), "float32", True))
    assert (dense.params, dense.trainable_params, dense.macs) == (25, 25, 20)
    assert normalization.weights == (
        WeightRow("gamma", (5,), "float32", True),
        WeightRow("beta", (5,), "float32", True),
        WeightRow("moving_mean", (5,), "float32", False),
        WeightRow("moving_variance", (5,), "float32", False),
    )
    assert (normalization.params, normalization.trainable_params) == (20, 10)
    (call,) = normalization.calls
    assert (call.inputs, call.output) == (("dense",), Tensor((None, 5), "float32"))


def test_the_totals_of_a_model() -> None:
    """Training keeps all weights, a gradient and two values of Adam for each trained one, and the outputs of the layers."""
    assert summary(NORMALIZED).totals == Totals(
        layers=2,
        params=45,
        trainable_params=35,
        non_trainable_params=10,
        macs=20 + rows(NORMALIZED)["batch_normalization"].macs,  # type: ignore[operator]
        weight_bytes=FLOAT * 45,
        activation_bytes=FLOAT * (5 + 5),
        training_bytes=FLOAT * (45 + 35 + 2 * 35 + 5 + 5),
        unknown_layers=0,
    )


def test_the_batch_counts_in_the_outputs_alone() -> None:
    totals = summary(NORMALIZED, batch_size=7).totals
    assert totals.activation_bytes == FLOAT * 7 * (5 + 5)
    assert totals.training_bytes == FLOAT * (45 + 3 * 35 + 7 * (5 + 5))
    assert (totals.weight_bytes, totals.macs) == (summary(NORMALIZED).totals.weight_bytes, summary(NORMALIZED).totals.macs)


def test_a_batch_that_the_spec_fixes_is_the_batch() -> None:
    text = "inputs: {x: {shape: [4], batch_size: 3}}\nlayers: [{Dense: 5}]"
    assert summary(text, batch_size=7).totals.activation_bytes == FLOAT * 3 * 5


def test_an_optimizer_says_what_it_keeps() -> None:
    keeps = Keeps()
    found = summary(NORMALIZED, 1, keeps)
    assert found.optimizer == "Keeps"
    assert keeps.asked == [
        ("dense/kernel", (4, 5)), ("dense/bias", (5,)), ("batch_normalization/gamma", (5,)), ("batch_normalization/beta", (5,)),
    ]  # fmt: skip
    assert found.totals.training_bytes == FLOAT * (45 + 35 + 60 + 1 + 1 + 1 + 5 + 5)
    assert training_bytes(found.rows, 0, keeps) == FLOAT * (45 + 35 + 60 + 1 + 1 + 1)
    assert training_bytes(found.rows, 0) == FLOAT * (45 + 3 * 35)


def test_a_layer_that_is_frozen_trains_nothing() -> None:
    text = "inputs: {x: [4]}\nlayers: [{Dense: {units: 5, trainable: false}}, {Dense: 2}]"
    first, second = summary(text).rows
    assert (first.params, first.trainable_params) == (25, 0)
    assert (second.params, second.trainable_params) == (12, 12)
    totals = summary(text).totals
    assert (totals.trainable_params, totals.non_trainable_params) == (12, 25)
    assert totals.training_bytes == FLOAT * (37 + 3 * 12 + 5 + 2)


@pytest.mark.parametrize(
    ("dtype", "weight", "output"),
    [
        ("float32", 4, 4),
        ("float64", 8, 8),
        ("float16", 2, 2),
        ("bfloat16", 2, 2),
        ("mixed_float16", 4, 2),
        ("mixed_bfloat16", 4, 2),
    ],
)
def test_bytes_are_those_of_the_policy(dtype: str, weight: int, output: int) -> None:
    found = summary(f"dtype: {dtype}\ninputs: {{x: [4]}}\nlayers: [{{Dense: 5}}]")
    assert found.totals.weight_bytes == weight * 25
    assert found.totals.activation_bytes == output * 5
    assert found.totals.training_bytes == weight * (25 + 3 * 25) + output * 5


def test_a_layer_may_have_a_policy_of_its_own() -> None:
    found = rows("inputs: {x: [4]}\nlayers: [{Dense: 5}, {Dense: {units: 2, dtype: mixed_float16}}]")
    assert found["dense"].dtype == "float32"
    assert found["dense_1"].dtype == "float16"
    assert {weight.dtype for weight in found["dense_1"].weights or ()} == {"float32"}


def test_bytes_of_weights_of_other_types() -> None:
    text = """
inputs: {x: [4]}
layers:
  - mypkg.layers:Gate
    output_shape: {mean: [3], count: {shape: [2], dtype: int32}, many: {shape: [2], dtype: int64}, on: {shape: [2], dtype: bool}}
    weights: {gamma: [6], steps: {shape: [], dtype: int64, trainable: false}, small: {shape: [3], dtype: uint8, trainable: false}}
outputs: ["gate[mean]"]
"""
    text = text.replace("- mypkg.layers:Gate\n", "- mypkg.layers:Gate:\n")
    found = summary(text)
    assert [weight.size for weight in found.rows[0].weights or ()] == [6, 1, 3]
    assert [weight.bytes for weight in found.rows[0].weights or ()] == [24, 8, 3]
    assert found.totals.weight_bytes == 24 + 8 + 3
    assert summary(text, 5).totals.activation_bytes == 5 * (12 + 8 + 16 + 2)
    assert WeightRow("w", (3,), "string", True).bytes == 12
    assert WeightRow("w", (3, 0), "float32", True).size == 0


CONVOLUTIONS = """
inputs: {image: [8, 6, 3]}
layers:
  - Conv2D: {filters: 4, kernel_size: 3}
  - Flatten
  - Dense: 2
"""


def test_multiply_accumulates_of_a_convolution() -> None:
    """Each of 6·4 positions and 4 filters takes 3·3·3 of them; Dense multiplies 96 values by 2 units."""
    found = rows(CONVOLUTIONS)
    assert found["conv2d"].macs == 6 * 4 * 4 * 27
    assert found["flatten"].macs == 0
    assert found["dense"].macs == 96 * 2
    assert summary(CONVOLUTIONS).totals.macs == 6 * 4 * 4 * 27 + 96 * 2
    assert summary(CONVOLUTIONS).totals.params == 4 * 28 + 97 * 2
    assert summary(CONVOLUTIONS).totals.activation_bytes == FLOAT * (96 + 96 + 2)


def test_an_unknown_size_leaves_memory_unknown_and_counts_the_rest() -> None:
    text = "inputs: {x: [null, 4]}\nlayers: [{Dense: 5}, GlobalAveragePooling1D, {Dense: 2}]"
    found = summary(text)
    assert [row.macs for row in found.rows] == [None, 0, 10]
    assert [row.params for row in found.rows] == [25, 0, 12]
    assert found.totals[:5] == (3, 37, 37, 0, 10)
    assert (found.totals.weight_bytes, found.totals.activation_bytes, found.totals.training_bytes) == (4 * 37, None, None)
    assert found.totals.unknown_layers == 1
    assert training_bytes(found.rows, 4) is None


SHARED = """
inputs: {a: [4], b: [4]}
layers:
  - Dense: 4
    inputs: a
    name: twin
  - reuse: twin
    inputs: b
    name: second
  - reuse: twin
  - Dense: 2
"""


def test_a_layer_that_is_called_again_has_its_weights_once_and_its_work_each_time() -> None:
    found = rows(SHARED)
    assert list(found) == ["twin", "dense"]
    assert (found["twin"].params, found["twin"].macs) == (20, 2 * 16), "its call on `a` leads to no output"
    assert [call.inputs for call in found["twin"].calls] == [("b",), ("second",)]
    assert found["dense"].calls[0].inputs == ("twin",), "a further call without a name goes by its layer's"
    totals = summary(SHARED).totals
    assert (totals.layers, totals.params, totals.weight_bytes) == (2, 30, 120)
    assert totals.activation_bytes == FLOAT * (2 * 4 + 2)


def test_what_leads_nowhere_is_left_out() -> None:
    text = "inputs: {x: [4]}\nlayers: [{Dense: 5, name: kept}, {Dense: 6, inputs: x, name: left}]\noutputs: kept"
    found = compile_text(text)
    assert found.model is not None
    assert [row.name for row in summarize(found.model).rows] == ["kept"]
    assert summarize(found.model).totals.params == 25
    without = found.model._replace(graph=found.model.graph._replace(outputs=()))
    assert [row.name for row in summarize(without).rows] == ["kept", "left"], "all, where there is no output"


NESTED = """
inputs: {a: [4], b: [4]}
models:
  body:
    inputs: {x: [4]}
    layers: [{Dense: 3}, {Dense: 4}]
layers:
  - body:
    inputs: a
  - reuse: body
    inputs: b
    name: again
  - Concatenate:
    inputs: [body, again]
"""


def test_a_nested_model_counts_as_its_layers() -> None:
    body = rows(NESTED)["body"]
    assert (body.params, body.macs) == (15 + 16, 2 * (12 + 12))
    assert [(row.name, row.params, row.macs) for row in body.inner] == [("dense", 15, 12), ("dense_1", 16, 12)]
    totals = summary(NESTED, 2).totals
    assert totals.activation_bytes == 2 * FLOAT * (2 * (3 + 4) + 8), "the outputs of its layers at each call, not its own as well"
    assert totals.layers == 2


def test_the_layers_of_a_nested_model_are_those_of_its_first_call() -> None:
    """By itself the model does not know how many steps there are."""
    text = """
inputs: {a: [7, 4]}
models:
  body: {inputs: {x: [null, 4]}, layers: [{Dense: 3}]}
layers: [{Dense: 4}, body]
"""
    body = rows(text)["body"]
    assert body.inner[0].calls[0].output == Tensor((None, 7, 3), "float32")
    assert (body.inner[0].macs, body.macs) == (7 * 12, 7 * 12)
    assert summary(text).totals.activation_bytes == FLOAT * (7 * 4 + 7 * 3)


def test_a_nested_model_has_its_uses_of_blocks() -> None:
    text = """
inputs: {x: [4]}
blocks: {part: {layers: [{Dense: 3}]}}
models: {body: {inputs: {x: [4]}, layers: [{part: {}}]}}
layers: [body]
"""
    assert rows(text)["body"].blocks == {
        "part": BlockUse("part", {"part.dense": ""}, Tensor((None, 3), "float32"), ("part.dense", 0))
    }
    assert summary(text).blocks == {}


def test_an_unknown_size_within_a_nested_model_leaves_memory_unknown() -> None:
    text = NESTED.replace("a: [4], b: [4]", "a: [null, 4], b: [null, 4]").replace("x: [4]", "x: [null, 4]")
    assert summary(text).totals.activation_bytes is None


CUSTOM = """
inputs: {x: [4]}
models:
  body: {inputs: {x: [4]}, layers: ["mypkg.layers:Gate"]}
layers:
  - mypkg.layers:Gate:
    output_shape: [4]
  - body
  - mypkg.layers:Split:
    output_shape: [3]
    weights: {kernel: [4, 3]}
  - Dense: 2
"""


def test_what_a_custom_layer_does_not_say_is_unknown() -> None:
    found = summary(CUSTOM)
    assert [(row.name, row.params, row.trainable_params, row.macs) for row in found.rows] == [
        ("gate", None, None, None),
        ("body", None, None, None),
        ("split", 12, 12, None),
        ("dense", 8, 8, 6),
    ]
    assert list(undeclared(found.rows)) == [("gate", ("weights",)), ("body/gate", ("output_shape", "weights"))]
    assert found.totals.unknown_layers == 3
    assert (found.totals.params, found.totals.macs) == (20, 6)
    assert found.totals.activation_bytes is None


def test_a_nested_model_whose_layer_is_unknown_shows_its_layers() -> None:
    body = rows(CUSTOM)["body"]
    assert [row.name for row in body.inner] == ["gate"]
    assert body.calls[0].output is None


def test_a_nested_model_that_cannot_take_its_input_shows_its_layers_as_declared() -> None:
    compiled = compile_text("inputs: {x: [5]}\nmodels: {body: {inputs: {x: [4]}, layers: [Dense: 3]}}\nlayers: [body]")
    assert compiled.model is not None
    (body,) = summarize(compiled.model).rows
    assert body.calls[0].output is None
    assert [(row.name, row.params, row.calls[0].output) for row in body.inner] == [("dense", 15, Tensor((None, 3)))]


def test_after_a_mistake_what_is_unknown_is_none() -> None:
    model = compile_text("inputs: {x: [4]}\nlayers: [{Dense: 5}, {Dens: 3}, {Dense: 2}]").model
    assert model is not None
    found = summarize(model)
    assert [(row.type, row.dtype, row.params, row.macs) for row in found.rows] == [
        ("Dense", "float32", 25, 20),
        ("?", None, None, None),
        ("Dense", None, None, None),
    ]
    assert found.outputs == (("dense_2", None),)
    index = next(iter(calls_of(model)))
    assert weights_of(model, 0) is None, "an input has no weights"
    assert [weight.name for weight in weights_of(model, index) or ()] == ["kernel", "bias"]


def test_an_output_among_several_is_read_by_its_step() -> None:
    text = """
inputs: {x: [5, 4]}
layers:
  - LSTM: {units: 3, return_state: true}
  - reuse: lstm
    inputs: x
    name: again
  - Concatenate:
    inputs: ["lstm[1]", "again[2]", "again[1]"]
"""
    found = summary(text)
    assert found.rows[-1].calls[0].inputs == ("lstm[1]", "again[2]", "again[1]")
    assert found.rows[0].dtype == "float32"
    assert found.totals.activation_bytes == FLOAT * (2 * 3 * 3 + 9)


def test_the_tensors_of_a_structure_come_in_order() -> None:
    a, b, c = (Tensor((n,), "float32") for n in (1, 2, 3))
    assert list(leaves({"x": (a, {"y": b}), "z": c})) == [a, b, c]
    assert list(leaves(a)) == [a]


def test_an_output_within_an_output() -> None:
    text = """
inputs: {x: [5, 4]}
models:
  body: {inputs: {x: [5, 4]}, layers: [{LSTM: {units: 3, return_state: true}}], outputs: {all: lstm}}
layers:
  - body
  - Dense: 2
    inputs: "body[all][1]"
"""
    assert rows(text)["dense"].calls[0].inputs == ("body[all][1]",)


BLOCKS = """
inputs: {x: [5, 4]}
blocks:
  single: {layers: [{Dense: {units: 4}, name: a}, {reuse: a}]}
  same: {layers: []}
  pair: {layers: [{LSTM: {units: 3, return_state: true}}], outputs: ["lstm[1]", "lstm[0]"]}
  named: {layers: [{Dense: {units: 3}, name: a}, {Dense: {units: 6}, name: b}], outputs: {first: a, second: b}}
layers:
  - same: {}
    name: nothing
  - single: {}
    name: one
  - named: {}
    name: two
  - pair: {}
    inputs: "two[second]"
    name: three
outputs: ["three[0]", "three[1]", "two[first]"]
"""


def test_the_uses_of_blocks() -> None:
    """What each gives, under which name and of which shape, and which layer computes it."""
    x, three, six = (Tensor((None, 5, units), "float32") for units in (4, 3, 6))
    state = Tensor((None, 3), "float32")
    assert summary(BLOCKS).blocks == {
        "nothing": BlockUse("same", {"x": ""}, x, None),
        "one": BlockUse("single", {"one.a": ""}, x, ("one.a", 1)),
        "two": BlockUse("named", {"two.a": "[first]", "two.b": "[second]"}, {"first": three, "second": six}, ("two.a", 0)),
        "three": BlockUse("pair", {"three.lstm[1]": "[0]", "three.lstm[0]": "[1]"}, (state, state), ("three.lstm", 0)),
    }


def test_a_block_with_a_mistake_gives_nothing_that_is_known() -> None:
    model = compile_text("inputs: {x: [4]}\nblocks: {bad: {layers: [{Dense: 2}], outputs: zz}}\nlayers: [{bad: {}}]").model
    assert model is not None
    assert summarize(model).blocks == {"bad": BlockUse("bad", {}, None, None)}


def test_inputs_have_types() -> None:
    assert summary("inputs: {x: {shape: [4], dtype: int32}}\nlayers: [Flatten]").inputs == (("x", Tensor((None, 4), "int32")),)


def test_a_type_of_unknown_size_counts_as_four_bytes() -> None:
    (call,) = summary("inputs: {x: [4]}\nlayers: [ReLU]").rows[0].calls
    row = Row("a", "A", "string", (WeightRow("w", (3,), "string", True),), (call._replace(output=Tensor((None, 5), "string")),))
    assert training_bytes((row,), 2) == 4 * (3 + 3 + 2 * 3) + 2 * 4 * 5
    assert list(undeclared([row])) == []
    assert row.undeclared == ()


def test_an_output_without_dimensions_is_one_value() -> None:
    (row,) = summary("inputs: {x: [4]}\nlayers: [ReLU]").rows
    number = row._replace(calls=(row.calls[0]._replace(output=Tensor((), "float64")),))
    assert training_bytes((number,), 9) == 8

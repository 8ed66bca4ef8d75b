"""Functions of `keras.ops` as items: MACs, names and text forms, without Keras."""

from __future__ import annotations

import json

import pytest

from layerctl.analysis.costs import summarize
from layerctl.catalog.ops._dtypes import promote
from layerctl.codegen.keras_json import to_json
from layerctl.codegen.keras_python import to_python
from layerctl.compiler.pipeline import compile_text
from layerctl.graph.typed import TypedGraph


def model(text: str) -> TypedGraph:
    compiled = compile_text(text)
    assert compiled.ok, compiled.diagnostics
    assert compiled.model is not None
    return compiled.model


@pytest.mark.parametrize(
    ("inputs", "item", "macs"),
    [
        ("a: [5, 4], b: [4, 3]", "ops.matmul", 5 * 4 * 3),
        ("a: [2, 5, 4], b: [2, 4, 3]", "ops.matmul", 2 * 5 * 4 * 3),
        ("a: {shape: [5, 4], batch_size: 2}, b: {shape: [4, 3], batch_size: 2}", "ops.matmul", 5 * 4 * 3),
        ("a: [null, 4], b: [4, 3]", "ops.matmul", None),
        ("a: [5, 4], b: [6, 4]", "ops.einsum: bqd,bkd->bqk", 5 * 6 * 4),
        ("a: [5, 4], b: [6, 4]", "ops.einsum: '...qd,...kd->...qk'", 5 * 6 * 4),
        (
            "a: {shape: [3, 4], batch_size: 7}, b: {shape: [4, 3], batch_size: 5}",
            "ops.tensordot: {axes: [[2], [1]]}",
            3 * 4 * 5 * 3,
        ),
        ("a: [5, 4], b: [5, 4]", "ops.multiply", 0),
    ],
)
def test_macs_are_those_of_one_sample(inputs: str, item: str, macs: int | None) -> None:
    item = item if ": " in item else f"{item}:"
    typed = model(f"inputs: {{{inputs}}}\nlayers:\n- {item}\n  inputs: [a, b]\n")
    assert typed.nodes[-1].macs == macs


@pytest.mark.parametrize(
    ("dtypes", "result"),
    [
        (("float16", "float"), "float16"),
        (("int8", "float"), "float32"),
        (("int8", "uint8"), "int16"),
        (("int64", "uint64"), "float32"),
        (("bfloat16", "float16"), "float32"),
        (("bool", "int"), "int32"),
        (("int", "float"), "float32"),
        (("uint64",), "uint32"),
        (("string", "string"), "string"),
        (("string", "int32"), None),
    ],
)
def test_dtypes_are_promoted_as_keras_does(dtypes: tuple[str, ...], result: str | None) -> None:
    assert promote(*dtypes) == result


SPEC = """
inputs: {x: [4]}
layers:
  - ops.mean: {axis: [1], keepdims: true}
  - ops.add: [1, 2]
  - ops.abs
  - ops.subtract: {x1: 1.0}
    name: rest
"""


def test_a_function_is_a_row_of_the_class_of_its_operation() -> None:
    rows = summarize(model(SPEC)).rows
    assert [(row.name, row.type) for row in rows] == [
        ("mean", "Mean"),
        ("add", "Add"),
        ("abs", "Absolute"),
        ("rest", "Subtract"),
    ]
    assert {(row.params, row.macs) for row in rows} == {(0, 0)}


def test_python_calls_and_names_each() -> None:
    text = to_python(model(SPEC))
    for line in (
        'mean = named(keras.ops.mean(x, axis=(1,), keepdims=True), "mean")',
        'add = named(keras.ops.add(mean, keras.ops.array([1, 2], dtype="float32")), "add")',
        'abs_ = named(keras.ops.absolute(add), "abs")',
        'rest = named(keras.ops.subtract(1.0, abs_), "rest")',
    ):
        assert f"    {line}\n" in text
    assert "from keras import layers" not in text


def test_json_is_that_of_an_operation() -> None:
    layers = json.loads(to_json(model(SPEC)))["config"]["layers"]
    mean, add = layers[1:3]
    assert mean["module"] == "keras.src.ops.numpy"
    assert mean["class_name"] == mean["registered_name"] == "Mean"
    assert mean["config"] == {"name": "mean", "axis": [1], "keepdims": True}
    assert add["inbound_nodes"][0]["args"][1] == {"class_name": "__numpy__", "config": {"value": [1, 2], "dtype": "float32"}}


def test_a_list_beside_half_precision_stays_half() -> None:
    typed = model("dtype: mixed_float16\ninputs: {x: [4]}\nlayers: [{Dense: 2}, {ops.add: [1, 2]}]\n")
    assert typed.nodes[-1].output is not None
    assert typed.nodes[-1].output.dtype == "float16"  # type: ignore[union-attr]


@pytest.mark.parametrize("item", ["ops.stop_gradient", "ops.relu", "{ops.multiply: 2.0}"])
def test_in_a_nested_model(item: str) -> None:
    """They have no weights, and no dtype policy to find those of."""
    body = f"{{inputs: {{y: [4]}}, layers: [{{Dense: 3}}, {item}]}}"
    typed = model(f"inputs: {{x: [4]}}\nmodels: {{body: {body}}}\nlayers: [body]\n")
    assert [row.params for row in summarize(typed).rows] == [15]

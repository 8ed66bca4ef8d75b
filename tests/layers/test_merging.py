"""Add, Average, Maximum, Minimum, Multiply, Subtract, Concatenate, Dot."""

from __future__ import annotations

from typing import Any

import pytest

from tests.layers.single import accepted, refused

ELEMENTWISE = ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")


def lists(*shapes: Any) -> tuple[dict[str, Any], str]:
    names = "abcd"[: len(shapes)]
    return dict(zip(names, shapes, strict=True)), f"inputs: [{', '.join(names)}]"


@pytest.mark.parametrize("layer", ELEMENTWISE)
@pytest.mark.parametrize(
    ("a", "b", "result"),
    [
        ([3], [3], (3,)),
        ([4, 3], [3], (4, 3)),
        ([4, 1], [1, 3], (4, 3)),
        ([], [3], (3,)),
        ([None, 3], [5, 3], (None, 3)),
        ([None, 3], [1, 3], (None, 3)),
        ([None, 3], [3], (None, 3)),
    ],
)
def test_elementwise(layer: str, a: list[Any], b: list[Any], result: tuple[Any, ...]) -> None:
    inputs, chosen = lists(a, b)
    actual = accepted(f"{{{layer}: null, {chosen}}}", inputs)
    assert (actual.shape, actual.weights, actual.macs) == (result, "", 0)


@pytest.mark.parametrize("layer", ELEMENTWISE)
def test_shapes_that_do_not_broadcast(layer: str) -> None:
    inputs, chosen = lists([10], [12])
    diagnostic = refused(f"{{{layer}: null, {chosen}}}", inputs)
    assert diagnostic.code.id == "LC404"
    assert "(batch, 10) and (batch, 12)" in diagnostic.message
    assert len(diagnostic.related) == 2


def test_an_unknown_axis_does_not_hide_a_mismatch() -> None:
    inputs, chosen = lists([3], [None], [4])
    assert refused(f"{{Add: null, {chosen}}}", inputs).code.id == "LC404"


@pytest.mark.parametrize(
    ("item", "shapes", "result", "macs"),
    [
        ("Concatenate", ([4, 3], [4, 2]), (4, 5), 0),
        ("Concatenate: 1", ([4, 3], [2, 3]), (6, 3), 0),
        ("Concatenate: -2", ([4, 3], [None, 3]), (None, 3), 0),
        ("Concatenate", ([None, 3], [5, 3]), (None, 6), 0),
        ("Concatenate", ([5, 3], [None, 3]), (5, 6), 0),
        ("Concatenate: 0", ([3], [3]), (3,), 0),
        ("Concatenate", ([3],), (3,), 0),
        ("Add", ([3],), (3,), 0),
        ("Dot: 1", ([4], [4]), (1,), 4),
        ("Dot: -1", ([5, 4], [6, 4]), (5, 6), 120),
        ("Dot: [2, 1]", ([5, 4], [4, 6]), (5, 6), 120),
        ("Dot: [1, 2]", ([3, 4, 5], [4, 3, 5, 6]), (4, 5, 4, 5, 6), 7200),
        ("Dot: 1", ([3, 4, 5], [3]), (4, 5), 60),
        ("Dot: 1", ([None], [None]), (1,), None),
        ("Dot: {axes: -1, normalize: true}", ([4], [4]), (1,), 4),
    ],
)
def test_joins(item: str, shapes: Any, result: tuple[Any, ...], macs: int | None) -> None:
    inputs, chosen = lists(*shapes)
    actual = accepted(f"{{{item if ':' in item else item + ': null'}, {chosen}}}", inputs)
    assert (actual.shape, actual.weights, actual.macs) == (result, "", macs)


@pytest.mark.parametrize(
    ("item", "shapes", "code", "words"),
    [
        ("Concatenate: null", ([4, 3], [3]), "LC404", "one rank"),
        ("Concatenate: null", ([4, 3], [5, 3]), "LC404", "along axis 1"),
        ("Concatenate: 3", ([4, 3], [4, 3]), "LC403", "axis 3"),
        ("Concatenate: -4", ([4, 3],), "LC403", "axis -4"),
        ("Subtract: null", ([3], [3], [3]), "LC404", "two inputs; got 3"),
        ("Dot: 1", ([3],), "LC404", "two inputs; got 1"),
        ("Dot: 0", ([3], [3]), "LC403", "axes 0"),
        ("Dot: -4", ([3], [3]), "LC403", "the batch"),
        ("Dot: [1, 3]", ([3, 4], [3, 4]), "LC403", "axes 3"),
        ("Dot: 1", ([3], [4]), "LC404", "axis 1 of (batch, 3) and axis 1 of (batch, 4)"),
        ("Dot: 1", ([3], [None]), "LC404", "not equally long"),
        ("Dot: 1", ([3], []), "LC401", "at least rank 2"),
        ("Dot: [1]", ([3], [3]), "LC204", "a list of two"),
    ],
)
def test_refusals(item: str, shapes: Any, code: str, words: str) -> None:
    inputs, chosen = lists(*shapes)
    diagnostic = refused(f"{{{item}, {chosen}}}", inputs)
    assert (diagnostic.code.id, words in diagnostic.message) == (code, True), diagnostic.message


@pytest.mark.parametrize("layer", ELEMENTWISE)
def test_a_merge_layer_takes_a_list(layer: str) -> None:
    assert refused(layer, [3]).code.id == "LC306"


def test_dtypes() -> None:
    inputs, chosen = lists({"shape": [3], "dtype": "int32"}, {"shape": [3], "dtype": "bool"})
    assert accepted(f"{{Add: null, {chosen}}}", inputs).dtypes == ("float32",)
    assert accepted(f"{{Add: null, {chosen}}}", inputs, dtype="mixed_bfloat16").dtypes == ("bfloat16",)
    assert refused(f"{{Dot: {{axes: 1, normalize: true}}, {chosen}}}", inputs).code.id == "LC407"
    inputs, chosen = lists(*({"shape": [3], "dtype": "bool"},) * 2)
    assert refused(f"{{Multiply: null, {chosen}}}", inputs).code.id == "LC407"
    assert accepted(f"{{Concatenate: null, {chosen}}}", inputs).shape == (6,)
    inputs, chosen = lists(*({"shape": [3], "dtype": "string"},) * 2)
    assert refused(f"{{Multiply: null, {chosen}}}", inputs).code.id == "LC407"
    assert accepted(f"{{Add: null, {chosen}}}", inputs).shape == (3,)


def test_batch_sizes() -> None:
    inputs, chosen = lists({"shape": [3], "batch_size": 2}, [3])
    assert accepted(f"{{Add: null, {chosen}}}", inputs).shape == (3,)
    inputs, chosen = lists({"shape": [3], "batch_size": 2}, {"shape": [3], "batch_size": 4})
    assert "batch sizes: 2 and 4" in refused(f"{{Add: null, {chosen}}}", inputs).message

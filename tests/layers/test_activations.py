"""Activation layers, activations that are layers, and PReLU's slopes."""

from __future__ import annotations

from typing import Any

import pytest

from layerctl.catalog.activations import ACTIVATIONS, UNUSABLE
from tests.layers.one import one


@pytest.mark.parametrize(
    ("layer", "args"),
    [
        *(("Activation", name) for name in ACTIVATIONS),
        ("Activation", {"activation": None}),
        ("Activation", "LeakyReLU"),
        ("Activation", {"LeakyReLU": 0.1}),
        ("Activation", {"activation": {"ReLU": {"max_value": 6}}}),
        ("ELU", 0.5),
        ("LeakyReLU", 0),
        ("ReLU", 6),
        ("ReLU", {"max_value": None, "negative_slope": 0.1, "threshold": 2}),
        ("Softmax", [1, -1]),
        ("Softmax", None),
    ],
)
def test_shape_and_dtype_stay(layer: str, args: Any) -> None:
    for shape in ([], [4, None]) if args != [1, -1] else ([4, None],):
        actual = one(layer, args, shape, dtype="mixed_bfloat16")
        assert not actual.codes, actual.messages
        assert (actual.shape, actual.dtype) == ((None, *shape), "bfloat16")
        assert (actual.weights, actual.macs) == ((), 0)


@pytest.mark.parametrize(
    ("layer", "args", "shape", "code"),
    [
        *(("Activation", name, [4], "LC206") for name in UNUSABLE),
        ("Activation", "rellu", [4], "LC206"),
        ("Activation", None, [4], "LC203"),
        ("Activation", {"relu": {"max_value": 6}}, [4], "LC206"),
        ("Activation", {"Dense": 3}, [4], "LC203 LC201"),
        ("Activation", {"activation": {"Softmax": 5}}, [4], "LC403"),
        ("Dense", {"units": 3, "activation": {"Softmax": 2}}, [4], "LC403"),
        ("Activation", {"activation": "sparsemax", "dtype": "float16"}, [4], "LC407"),
        ("ELU", None, {"shape": [4], "dtype": "int32"}, "LC407"),
        ("LeakyReLU", -0.1, [4], "LC205"),
        ("LeakyReLU", {"alpha": 0.1}, [4], "LC201"),
        ("LeakyReLU", None, {"shape": [4], "dtype": "bool"}, "LC407"),
        ("ReLU", -1, [4], "LC205"),
        ("ReLU", {"negative_slope": None}, [4], "LC204"),
        ("ReLU", {"max_value": 6, "negative_slope": 0.5}, {"shape": [4], "dtype": "int32"}, "LC407"),
        ("Softmax", 2, [4], "LC403"),
        ("Softmax", [1, -1], [4], "LC403"),
        ("Softmax", None, {"shape": [4], "dtype": "int32"}, "LC407"),
    ],
)
def test_refusals(layer: str, args: Any, shape: Any, code: str) -> None:
    actual = one(layer, args, shape)
    assert sorted(actual.codes) == sorted(code.split()), actual.messages


@pytest.mark.parametrize(
    ("function", "dtype", "good"),
    [
        ("linear", "string", True),
        ("relu", "int32", True),
        ("relu", "bool", False),
        ("tanh", "bool", True),
        ("tanh", "string", False),
        ("gelu", "int32", False),
    ],
)
def test_functions_of_integers(function: str, dtype: str, good: bool) -> None:
    actual = one("Activation", function, {"shape": [4], "dtype": dtype})
    assert actual.codes == (() if good else ("LC407",)), actual.messages
    assert not good or actual.dtype == "float32"  # as Keras promises; the running model may return integers


@pytest.mark.parametrize(
    ("shared", "shape", "alpha"),
    [
        (None, [4, 5, 6], (4, 5, 6)),
        (None, [], ()),
        ([1, 2], [4, 5, 6], (1, 1, 6)),
        ([1, 2], [None, None, 6], (1, 1, 6)),
        (3, [4, 5, 6], (4, 5, 1)),
        ([], [4, 5, 6], (4, 5, 6)),
        ([1, 1], [4, 5, 6], (1, 5, 6)),
        (0, [4, 5, 6], (4, 5, 1)),
        (-1, [4, 5, 6], (4, 1, 6)),
    ],
)
def test_slopes_of_prelu(shared: Any, shape: list[int | None], alpha: tuple[int, ...]) -> None:
    actual = one("PReLU", {"shared_axes": shared}, shape)
    assert actual.sizes == {"alpha": alpha}, actual.messages
    assert actual.shape == (None, *shape)


@pytest.mark.parametrize(
    ("args", "shape", "code"),
    [
        ({"shared_axes": 4}, [4, 5, 6], "LC403"),
        ({"shared_axes": -3}, [4, 5, 6], "LC403"),
        ({"shared_axes": 1}, [], "LC403"),
        ({"shared_axes": [1]}, [None, None, 6], "LC406"),
        ({"shared_axes": "1"}, [4], "LC204"),
        (None, {"shape": [4], "dtype": "int32"}, "LC407"),
        ({"autocast": False}, {"shape": [4], "dtype": "float64"}, "LC407"),
    ],
)
def test_prelu_refuses(args: Any, shape: Any, code: str) -> None:
    actual = one("PReLU", args, shape)
    assert actual.codes == (code,), actual.messages


@pytest.mark.parametrize(
    ("mask", "code"),
    [([4, 6], None), ([1, 6], None), ([4, None], None), ([6], "LC409"), ([3, 6], "LC409"), ([4, 6, 1], "LC409")],
)
def test_mask_of_a_softmax(mask: list[int | None], code: str | None) -> None:
    actual = one("Softmax", None, [4, 6], {"shape": mask, "dtype": "bool"}, call={"inputs": "a", "mask": "b"})
    assert actual.codes == ((code,) if code else ()), actual.messages


def test_a_softmax_takes_no_text_as_mask() -> None:
    assert one("Softmax", None, [4], {"shape": [4], "dtype": "string"}, call={"inputs": "a", "mask": "b"}).codes == ("LC407",)

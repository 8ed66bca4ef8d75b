"""Dropout and other regularization layers."""

from __future__ import annotations

from typing import Any

import pytest

from layerctl.base.shapes import Tensor
from tests.layers.one import one

RATED = ("Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D")
INTEGERS = {"shape": [4, 6], "dtype": "int32"}


@pytest.mark.parametrize("layer", RATED)
@pytest.mark.parametrize("rate", [0, 0.5, {"seed": -3}])
def test_the_input_passes(layer: str, rate: Any) -> None:
    args = {("stddev" if layer == "GaussianNoise" else "rate"): 0.1, **rate} if isinstance(rate, dict) else rate
    actual = one(layer, args, [None, 6], dtype="mixed_float16")
    assert actual.output == Tensor((None, None, 6), "float16"), actual.messages
    assert (actual.weights, actual.macs) == ((), 0)


@pytest.mark.parametrize(("rank", "shape"), [(1, [4, 6]), (2, [4, 4, 6]), (3, [4, 4, 4, 6])])
def test_spatial_dropout_drops_channels_of_one_rank(rank: int, shape: list[int]) -> None:
    layer = f"SpatialDropout{rank}D"
    assert one(layer, 0.5, shape).shape == (None, *shape)
    assert one(layer, 0.5, [*shape, 2]).codes == ("LC401",)
    assert one(layer, 0.5, shape[1:]).codes == ("LC401",)
    assert one(layer, {"rate": 0.5, "data_format": "channels_first"}, shape).codes == (() if rank > 1 else ("LC201",))


@pytest.mark.parametrize(
    ("layer", "args", "shape", "code"),
    [
        ("Dropout", None, [4], "LC203"),
        ("Dropout", 1.5, [4], "LC205"),
        ("Dropout", True, [4], "LC204"),
        ("Dropout", "0.5", [4], "LC204"),
        ("Dropout", {"rate": 0.5, "seed": 1.5}, [4], "LC204"),
        ("Dropout", {"rate": 0.5, "seed": 2**63}, [4], "LC205"),
        ("AlphaDropout", 1, [4], "LC205"),
        ("GaussianDropout", 1.0, [4], "LC205"),
        ("GaussianNoise", 2, [4], "LC205"),
        *((layer, 0.5, INTEGERS, "LC407") for layer in RATED),
        ("GaussianNoise", {"stddev": 0.1, "autocast": False}, {"shape": [4], "dtype": "float64"}, "LC407"),
        ("SpatialDropout2D", {"rate": 0.5, "trainable": True}, [4, 4, 6], "LC201"),
        ("SpatialDropout2D", {"rate": 0.5, "activity_regularizer": "l2"}, [4, 4, 6], "LC201"),
        ("ActivityRegularization", -1, [4], "LC205"),
        ("ActivityRegularization", {"l1": 0.1, "activity_regularizer": "l2"}, [4], "LC201"),
        ("ActivityRegularization", 0.1, {"shape": [4], "dtype": "uint8"}, "LC407"),
    ],
)
def test_refusals(layer: str, args: Any, shape: Any, code: str) -> None:
    actual = one(layer, args, shape)
    assert actual.codes == (code,), actual.messages


@pytest.mark.parametrize("layer", RATED)
def test_without_noise_integers_pass(layer: str) -> None:
    assert one(layer, 0, INTEGERS).dtype == "float32"  # as Keras promises; the running model may return integers


@pytest.mark.parametrize("layer", ["Dropout", "AlphaDropout"])
@pytest.mark.parametrize(
    ("noise", "code"),
    [
        ([None, 1, 6], None),
        ([None, None, None], None),
        ([32, 1, 6], None),
        ([1, 6], None),
        ([], None),
        ([None, 1, 5], "LC409"),
        ([None, 4, 6, 1], "LC409"),
        ([1, 1, 4, 6], "LC409"),
        ([None, 6], "LC409"),
        ([None, 0, 6], "LC205"),
        ([None, -1, 6], "LC205"),
        ([None, 1.5, 6], "LC204"),
        (3, "LC204"),
    ],
)
def test_noise_shape(layer: str, noise: Any, code: str | None) -> None:
    actual = one(layer, {"rate": 0.5, "noise_shape": noise}, [4, 6])
    assert actual.codes == ((code,) if code else ()), actual.messages


def test_noise_that_is_not_drawn_need_not_fit() -> None:
    assert not one("Dropout", {"rate": 0, "noise_shape": [None, 5]}, [4, 6]).codes


def test_activity_regularization_takes_a_list() -> None:
    actual = one("ActivityRegularization", 0.1, [4], [5, 6])
    assert actual.output == (Tensor((None, 4)), Tensor((None, 5, 6)))
    assert one("Dropout", 0.1, [4], [5, 6]).codes == ("LC306",)

"""Normalization layers: weights and refusals."""

from __future__ import annotations

from typing import Any

import pytest

from layerctl.base.shapes import Tensor
from tests.layers.one import one

IMAGE = [8, 9, 6]
MOVING = {"moving_mean*": (6,), "moving_variance*": (6,)}
RENORM = {"moving_stddev*": (6,), "renorm_mean*": (6,), "renorm_stddev*": (6,)}


@pytest.mark.parametrize(
    ("layer", "args", "weights"),
    [
        ("BatchNormalization", None, {"gamma": (6,), "beta": (6,), **MOVING}),
        ("BatchNormalization", {"scale": False}, {"beta": (6,), **MOVING}),
        ("BatchNormalization", {"center": False}, {"gamma": (6,), **MOVING}),
        ("BatchNormalization", {"center": False, "scale": False, "renorm": True}, {**MOVING, **RENORM}),
        ("BatchNormalization", {"renorm": True, "renorm_clipping": {"rmax": 3, "dmax": None}},
            {"gamma": (6,), "beta": (6,), **MOVING, **RENORM}),
        ("BatchNormalization", 1, {"gamma": (8,), "beta": (8,), "moving_mean*": (8,), "moving_variance*": (8,)}),
        ("GroupNormalization", 3, {"gamma": (6,), "beta": (6,)}),
        ("GroupNormalization", -1, {"gamma": (6,), "beta": (6,)}),
        ("GroupNormalization", {"groups": 4, "axis": -3, "center": False}, {"gamma": (8,)}),
        ("LayerNormalization", None, {"gamma": (6,), "beta": (6,)}),
        ("LayerNormalization", [2, 3], {"gamma": (9, 6), "beta": (9, 6)}),
        ("LayerNormalization", [3, 2], {"gamma": (9, 6), "beta": (9, 6)}),
        ("LayerNormalization", [2, -1], {"gamma": (6, 9), "beta": (6, 9)}),
        ("LayerNormalization", {"axis": 0, "center": False, "scale": False}, {}),
        ("RMSNormalization", None, {"scale": (6,)}),
        ("RMSNormalization", [2, 3], {"scale": (9, 6)}),
        ("UnitNormalization", [1, -1], {}),
    ],
)  # fmt: skip
def test_weights(layer: str, args: Any, weights: dict[str, tuple[int, ...]]) -> None:
    actual = one(layer, args, IMAGE)
    assert not actual.codes, actual.messages
    assert actual.output == Tensor((None, 8, 9, 6), "float32")
    assert actual.sizes == weights
    assert list(actual.sizes) == list(weights)
    assert actual.macs == 0


@pytest.mark.parametrize(
    ("layer", "args", "shape", "code"),
    [
        ("BatchNormalization", 4, IMAGE, "LC403"),
        ("BatchNormalization", -5, IMAGE, "LC403"),
        ("BatchNormalization", 0, IMAGE, "LC406"),
        ("BatchNormalization", None, [8, None], "LC406"),
        ("BatchNormalization", [1], IMAGE, "LC204"),
        ("BatchNormalization", {"momentum": 1.5}, IMAGE, "LC205"),
        ("BatchNormalization", {"renorm_clipping": {"rmax": 1, "rmin": 2}}, IMAGE, "LC209"),
        ("BatchNormalization", {"renorm_clipping": {"dmax": -1}}, IMAGE, "LC209"),
        ("BatchNormalization", {"renorm_clipping": {"rmx": 1}}, IMAGE, "LC205"),
        ("BatchNormalization", {"renorm_clipping": 3}, IMAGE, "LC204"),
        ("BatchNormalization", {"renorm": True, "moving_variance_initializer": None}, IMAGE, "LC209"),
        ("BatchNormalization", None, {"shape": [6], "dtype": "string"}, "LC407"),
        ("GroupNormalization", 4, IMAGE, "LC408"),
        ("GroupNormalization", None, IMAGE, "LC408"),
        ("GroupNormalization", 0, IMAGE, "LC205"),
        ("GroupNormalization", 2, [8, None], "LC406"),
        ("GroupNormalization", {"groups": 1, "axis": -2}, {"shape": [6], "batch_size": 2}, "LC403"),
        ("LayerNormalization", [1, -3], IMAGE, "LC403"),
        ("LayerNormalization", [], IMAGE, "LC204"),
        ("LayerNormalization", [1.5], IMAGE, "LC204"),
        ("LayerNormalization", None, [None], "LC406"),
        ("RMSNormalization", 1, IMAGE, "LC409"),
        ("RMSNormalization", [3, 3], IMAGE, "LC403"),
        ("UnitNormalization", 7, IMAGE, "LC403"),
        ("UnitNormalization", None, {"shape": [6], "dtype": "int32"}, "LC407"),
    ],
)
def test_refusals(layer: str, args: Any, shape: Any, code: str) -> None:
    actual = one(layer, args, shape)
    assert actual.codes == (code,), actual.messages
    assert actual.output is None


@pytest.mark.parametrize("layer", ["BatchNormalization", "GroupNormalization", "LayerNormalization", "RMSNormalization"])
def test_integers_become_floats(layer: str) -> None:
    args = {"groups": 2} if layer == "GroupNormalization" else None
    assert one(layer, args, {"shape": [6], "dtype": "uint8"}).dtype == "float32"
    assert one(layer, args, [6], dtype="mixed_float16").dtype == "float16"


def test_a_fixed_batch_can_be_normalized() -> None:
    assert one("BatchNormalization", 0, {"shape": [6], "batch_size": 4}).sizes["gamma"] == (4,)


@pytest.mark.parametrize(
    ("mask", "good"),
    [([8, 9], True), ([8, 1], True), ([8, None], True), ([8], False), ([8, 9, 6], False), ([7, 9], False)],
)
def test_mask_of_a_batch_normalization(mask: list[int | None], good: bool) -> None:
    actual = one("BatchNormalization", None, IMAGE, {"shape": mask, "dtype": "bool"}, call={"inputs": "a", "mask": "b"})
    assert actual.codes == (() if good else ("LC409",)), actual.messages


@pytest.mark.parametrize(
    ("inner", "shape", "output", "weights", "macs"),
    [
        ({"Dense": 4}, [3, 6], (None, 3, 4), {"kernel": (6, 4), "vector_u*": (1, 4), "bias": (4,)}, 72),
        ({"Dense": {"units": 4, "use_bias": False, "trainable": False}}, [6], (None, 4),
            {"kernel*": (6, 4), "vector_u*": (1, 4)}, 24),
        ({"Conv2D": {"filters": 2, "kernel_size": 3}}, [5, 5, 1], (None, 3, 3, 2),
            {"kernel": (3, 3, 1, 2), "vector_u*": (1, 2), "bias": (2,)}, 162),
        ({"Embedding": {"input_dim": 10, "output_dim": 3}}, {"shape": [4], "dtype": "int32"}, (None, 4, 3),
            {"embeddings": (10, 3), "vector_u*": (1, 3)}, 0),
    ],
)  # fmt: skip
def test_spectral_normalization(inner: Any, shape: Any, output: Any, weights: dict[str, tuple[int, ...]], macs: int) -> None:
    for args in (inner, {"layer": inner}):
        actual = one("SpectralNormalization", args, shape)
        assert actual.shape == output
        assert actual.sizes == weights
        assert list(actual.sizes) == list(weights)
        assert actual.macs == macs


@pytest.mark.parametrize(
    ("args", "shape", "code"),
    [
        (None, [6], "LC203"),
        ({"layer": 3}, [6], "LC204"),
        ({"layer": "Flatten"}, [6], "LC409"),
        ({"layer": {"LSTM": 3}}, [4, 6], "LC409"),
        ({"layer": {"TimeDistributed": {"layer": {"Dense": 3}}}}, [4, 6], "LC409"),
        ({"layer": {"Dense": {"units": 3, "lora_rank": 2}}}, [6], "LC409"),
        ({"layer": "Add"}, [6], "LC209"),
        ({"layer": {"Dense": 3}, "power_iterations": 0}, [6], "LC205"),
        ({"layer": {"Conv2D": {"filters": 2, "kernel_size": 3}}}, [6], "LC401"),
        ({"layer": {"Dense": {"units": 3, "kernel_initializer": {"STFT": None}}}}, [6], "LC409"),
    ],
)
def test_spectral_normalization_refuses(args: Any, shape: Any, code: str) -> None:
    actual = one("SpectralNormalization", args, shape)
    assert actual.codes == (code,), actual.messages

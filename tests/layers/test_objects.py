"""Initializers, regularizers and constraints: their names, and to which weights they can be applied."""

from __future__ import annotations

from typing import Any

import pytest

from layerctl.base import docstrings
from layerctl.catalog import CATALOGS, OfWeight
from tests.layers.one import one

KINDS = ("initializers", "regularizers", "constraints")
OBJECTS = [(kind, name) for kind in KINDS for name in CATALOGS[kind].names()]


@pytest.mark.parametrize(("kind", "name"), OBJECTS, ids=[name for _, name in OBJECTS])
def test_an_object_is_documented_and_has_no_required_arguments(kind: str, name: str) -> None:
    cls = CATALOGS[kind].find(name)
    assert cls is not None
    assert issubclass(cls, OfWeight)
    parsed = docstrings.parse(cls.__doc__)
    assert parsed.summary.endswith(".")
    assert all(info.description for info in cls.model_fields.values())
    cls.model_validate({})


@pytest.mark.parametrize(
    ("kind", "written", "name"),
    [
        ("initializers", "he_normal", "HeNormal"),
        ("initializers", "HeNormal", "HeNormal"),
        ("initializers", "uniform", "RandomUniform"),
        ("initializers", "normal", "RandomNormal"),
        ("initializers", "one", "Ones"),
        ("initializers", "zero", "Zeros"),
        ("initializers", "zeros", "Zeros"),
        ("initializers", "stft", "STFT"),
        ("initializers", "STFTInitializer", "STFT"),
        ("initializers", "IdentityInitializer", "Identity"),
        ("initializers", "OrthogonalInitializer", "Orthogonal"),
        ("regularizers", "l2", "L2"),
        ("regularizers", "l1l2", "L1L2"),
        ("regularizers", "l1_l2", "L1L2"),
        ("regularizers", "orthogonal_regularizer", "OrthogonalRegularizer"),
        ("constraints", "min_max_norm", "MinMaxNorm"),
        ("constraints", "non_neg", "NonNeg"),
    ],
)
def test_names(kind: str, written: str, name: str) -> None:
    cls = CATALOGS[kind].find(written)
    assert cls is not None
    assert cls.keras_name() == name


@pytest.mark.parametrize(
    ("argument", "value", "code"),
    [
        ("kernel_initializer", "HeNormal", None),
        ("kernel_initializer", {"HeNormal": 3}, None),
        ("kernel_initializer", None, None),
        ("kernel_initializer", {"Constant": 1}, None),
        ("kernel_initializer", {"VarianceScaling": {"scale": 2, "mode": "fan_out", "distribution": "normal"}}, None),
        ("kernel_initializer", {"GlorotUniform": {"input_axes": [0], "output_axes": [-1]}}, None),
        ("kernel_initializer", "Identity", None),
        ("kernel_initializer", 3, "LC204"),
        ("kernel_initializer", ["zeros"], "LC204"),
        ("kernel_initializer", "Initializer", "LC206"),
        ("kernel_initializer", "he_norm", "LC206"),
        ("kernel_initializer", {"HeNormal": {"seed": True}}, "LC204"),
        ("kernel_initializer", {"HeNormal": {"scale": 2}}, "LC201"),
        ("kernel_initializer", {"VarianceScaling": 0}, "LC205"),
        ("kernel_initializer", {"VarianceScaling": {"distribution": "gauss"}}, "LC205"),
        ("kernel_initializer", {"RandomNormal": {"stddev": -1}}, "LC205"),
        ("kernel_initializer", {"Constant": [1]}, "LC204"),
        ("kernel_initializer", {"HeNormal": {"input_axes": [0], "output_axes": [2]}}, "LC409"),
        ("kernel_initializer", "STFT", "LC409"),
        ("kernel_initializer", {"STFT": {"window": "hannn"}}, "LC205"),
        ("bias_initializer", "orthogonal", "LC409"),
        ("bias_initializer", "identity", "LC409"),
        ("kernel_regularizer", {"L2": 1e-4}, None),
        ("kernel_regularizer", {"L1L2": {"l1": 0, "l2": 0.1}}, None),
        ("kernel_regularizer", {"L2": -1}, "LC205"),
        ("kernel_regularizer", {"OrthogonalRegularizer": {"mode": "columns"}}, None),
        ("kernel_regularizer", {"OrthogonalRegularizer": {"mode": "diagonals"}}, "LC205"),
        ("bias_regularizer", "OrthogonalRegularizer", "LC409"),
        ("activity_regularizer", "OrthogonalRegularizer", "LC409"),
        ("activity_regularizer", {"OrthogonalRegularizer": {"mode": "columns"}}, None),
        ("kernel_constraint", {"MaxNorm": 3}, None),
        ("kernel_constraint", {"UnitNorm": [0, 1]}, None),
        ("kernel_constraint", {"UnitNorm": [0, -2]}, "LC409"),
        ("kernel_constraint", {"MaxNorm": {"axis": 2}}, "LC409"),
        ("kernel_constraint", {"MinMaxNorm": {"min_value": 3}}, "LC209"),
        ("kernel_constraint", {"MinMaxNorm": {"rate": 2}}, "LC205"),
        ("bias_constraint", "non_neg", None),
    ],
)
def test_on_a_dense(argument: str, value: Any, code: str | None) -> None:
    actual = one("Dense", {"units": 4, argument: value}, [6])
    assert actual.codes == ((code,) if code else ()), actual.messages


@pytest.mark.parametrize(
    ("layer", "args", "shape"),
    [
        ("DepthwiseConv2D", {"kernel_size": 3, "depthwise_initializer": "identity"}, [8, 8, 3]),
        ("SeparableConv2D", {"filters": 4, "kernel_size": 3, "pointwise_constraint": {"UnitNorm": 4}}, [8, 8, 3]),
        ("LSTM", {"units": 4, "recurrent_constraint": {"UnitNorm": 2}}, [5, 3]),
        ("Bidirectional", {"layer": {"LSTM": {"units": 4, "bias_initializer": "orthogonal"}}}, [5, 3]),
        ("TimeDistributed", {"layer": {"Dense": {"units": 4, "bias_initializer": "orthogonal"}}}, [5, 3]),
    ],
)
def test_an_object_is_checked_against_its_weight(layer: str, args: Any, shape: list[int]) -> None:
    actual = one(layer, args, shape)
    assert actual.codes == ("LC409",), actual.messages


def test_regularizers_and_constraints_of_frozen_weights_are_not_checked() -> None:
    args = {
        "units": 4,
        "trainable": False,
        "bias_regularizer": "OrthogonalRegularizer",
        "bias_constraint": {"MaxNorm": {"axis": 3}},
    }
    assert not one("Dense", args, [6]).codes


@pytest.mark.parametrize(
    ("layer", "args", "dtype", "code"),
    [
        ("Dense", 4, "int32", "LC407"),
        ("Dense", {"units": 4, "kernel_initializer": "ones"}, "int32", None),
        ("Dense", 4, "bfloat16", None),
        ("LSTM", 4, "bfloat16", "LC407"),
        ("LSTM", 4, "mixed_bfloat16", None),
        ("Dense", {"units": 4, "kernel_regularizer": "OrthogonalRegularizer"}, "float16", "LC407"),
    ],
)
def test_dtypes_of_weights(layer: str, args: Any, dtype: str, code: str | None) -> None:
    actual = one(layer, args, [5, 6], dtype=dtype)
    assert actual.codes == ((code,) if code else ()), actual.messages

"""Where an activation is flat, by the slopes that its formula has."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from layerctl.catalog.layers._base import layer_class
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.saturation import FLAT, saturated

FORMULAS: dict[str, Callable[[Array], Array]] = {
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "softsign": lambda x: x / (1 + np.abs(x)),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "sparse_sigmoid": lambda x: np.clip(x / 2 + 0.5, 0, 1),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
}


def share(values: Array, activation: str) -> float | None:
    layer = layer_class("Activation")
    assert layer is not None
    return saturated(values, layer(activation=activation))


@pytest.mark.parametrize("name", FORMULAS)
def test_flat_is_where_the_slope_is_small(name: str) -> None:
    x = np.linspace(-20, 20, 4001) + 1e-4
    y = FORMULAS[name](x)
    slope = (FORMULAS[name](x + 1e-5) - FORMULAS[name](x - 1e-5)) / 2e-5
    assert share(y, name) == pytest.approx(np.mean(slope / slope.max() < FLAT), abs=0.002)


def test_relu6_is_flat_at_6() -> None:
    assert share(np.array([0.0, 0.0, 3.0, 6.0]), "relu6") == 0.25


def test_a_softmax_is_flat_where_one_class_has_all() -> None:
    even, sure = np.full((1, 200), 1 / 200), np.eye(200)[:3]
    assert share(even, "softmax") == 0
    assert share(np.concatenate([even, sure]), "softmax") == 0.75
    assert share(np.array([[0.99, 0.01]]), "softmax") == 0


@pytest.mark.parametrize("name", ["relu", "linear", "gelu"])
def test_of_other_activations_nothing_is_said(name: str) -> None:
    assert share(np.zeros((4, 4)), name) is None


def test_what_a_recurrent_layer_gives_is_no_tanh() -> None:
    layer = layer_class("LSTM")
    assert layer is not None
    assert saturated(np.ones((4, 4)), layer(units=4)) is None

"""Disturbances do to images what is said of them, and what arrived is measured."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from layerctl.report.comparison import CHANGE, disturbed
from layerctl.report.results.comparison import Comparison, Disturbance, DisturbedVariant
from layerctl.report.results.intervals import Spread
from layerctl.runtime.study import perturb
from layerctl.runtime.study.perturb import TESTS, measured

BY_NAME = {test.name: test for test in TESTS}
RANGES = {"from 0 to 1": (0.0, 1.0), "around 0": (-1.0, 1.0), "grey values": (0.0, 255.0), "not of pixels": (-3.0, 11.0)}


def candidate(images: Any, low: float, high: float) -> Any:
    shape = images.shape[1:]
    slot = SimpleNamespace(shape=shape, dtype="float32")
    wanted = SimpleNamespace(inputs=(slot,), name="images")
    return SimpleNamespace(name="a", wanted=wanted, data=SimpleNamespace(x_train=np.array([low, high]), x_test=images))


@pytest.mark.parametrize(("low", "high"), RANGES.values(), ids=RANGES)
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_as_much_noise_arrives_as_is_said(low: float, high: float, share: float) -> None:
    """Wherever the pixels lie in their range, at its ends too."""
    images = np.full((500, 8, 8, 1), low + share * (high - low), "float32")
    noise = Disturbance("noise", "σ", BY_NAME["noise"].levels, ())
    (found,) = measured(candidate(images, low, high), [noise])
    assert found.change == pytest.approx(noise.levels, rel=0.02)
    for level in noise.levels[1:]:
        changed = perturb.disturbed(candidate(images, low, high), images, BY_NAME["noise"], level)
        assert changed.mean() - images.mean() == pytest.approx(0, abs=0.02 * (high - low))


def test_a_square_is_hidden_even_in_a_small_image() -> None:
    images = np.ones((6, 3, 3, 1), "float32")
    hidden = [
        (perturb.disturbed(candidate(images, 0, 1), images, BY_NAME["occlude"], level) == 0).sum() for level in (0.125, 0.5)
    ]
    assert hidden == [6 * 1, 6 * 4]


def test_images_are_moved_by_as_many_pixels_as_said() -> None:
    images = np.zeros((200, 9, 9, 1), "float32")
    images[:, 4, 4] = 1
    moved = perturb.disturbed(candidate(images, 0, 1), images, BY_NAME["shift"], 3)
    places = {(int(row) - 4, int(column) - 4) for _, row, column, _ in np.argwhere(moved)}
    assert places == {(row, column) for row in (-3, 0, 3) for column in (-3, 0, 3)} - {(0, 0)}


def test_what_arrived_is_in_the_table_and_in_the_data() -> None:
    images = np.zeros((50, 4, 4, 1), "float32")
    values = (Spread(0.5, 0.4, 0.6, (0.5,)),) * 2
    given = Disturbance("noise", "σ", (0, 0.2), (DisturbedVariant("a", {"test_mse": values}),))
    found = measured(candidate(images, 0, 1), [given, given._replace(name="permute")])
    assert found[1].change == ()
    assert "change" not in found[1].to_json()
    assert found[0].to_json()["change"][1] == pytest.approx(0.2, rel=0.1)
    ((_, _, rows), _) = disturbed(Comparison("images", (0,), (), (), found))
    assert rows[-1] == (CHANGE, "0.000", f"{found[0].change[1]:.3f}")

"""The computations of the benchmarks; `make bench` takes the times."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.benchmarks.racing import race
from tests.benchmarks.static import Line


class Runs:
    """Contestants with given times, and a record of which ran."""

    def __init__(self, **speeds: list[float]) -> None:
        self.calls: list[str] = []
        self.contestants = {name: self.run(name, iter(times)) for name, times in speeds.items()}

    def run(self, name: str, speeds: Iterator[float]) -> Callable[[], float]:
        def once() -> float:
            self.calls.append(name)
            return next(speeds)

        return once


def test_all_run_in_turn_and_the_first_turn_does_not_count() -> None:
    runs = Runs(a=[99, 1, 3, 2], b=[99, 4, 5, 4.5])
    assert race(runs.contestants, rounds=3, kept=("a", "b")) == {"a": 3, "b": 5}
    assert runs.calls == list("abababab")


def test_a_contestant_that_cannot_win_stops_unless_kept() -> None:
    runs = Runs(ours=[1, 50, 50, 50], first=[1, 2, 2, 2], fast=[1, 10, 10, 10], near=[1, 7, 8, 11], slow=[1, 7.9, 7.9, 99])
    results = race(runs.contestants, rounds=3, kept=("ours", "first"))
    assert results == {"ours": 50, "first": 2, "fast": 10, "near": 11, "slow": 7.9}


@pytest.mark.parametrize(
    ("value", "least", "cells"),
    [
        (1.2, True, ("1.20×", "≥ 1×", "ok")),
        (0.99, True, ("0.99×", "≥ 1×", "MISSED")),
        (0.99, False, ("0.99×", "≤ 1×", "ok")),
        (None, True, ("not measured", "≥ 1×", "")),
    ],
)
def test_a_line(value: float | None, least: bool, cells: tuple[str, str, str]) -> None:
    assert Line("x", value, 1, least=least).cells() == cells

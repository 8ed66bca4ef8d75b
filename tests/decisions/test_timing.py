"""Times of calls without the call itself, by a clock that is made up; how busy a machine is; and times to a target."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest

from layerctl.runtime.study import timing
from layerctl.runtime.study.kept import Latency
from layerctl.runtime.study.target import Arrival, horizon, restricted
from layerctl.runtime.study.timing import Busy, latency


class Clock:
    """A clock, and models that take so many seconds for each call by it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.calls: list[str] = []
        monkeypatch.setattr(timing.time, "perf_counter", lambda: self.now)

    def model(self, name: str, seconds: Iterable[float]) -> SimpleNamespace:
        left = iter(seconds)

        def call(x: object) -> None:
            self.calls.append(name)
            self.now += next(left)

        return SimpleNamespace(predict_on_batch=call)

    def latency(self, model: Iterable[float], empty: Iterable[float]) -> Latency:
        return latency(self.model("model", model), self.model("empty", empty), None, 128)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_latency_is_quartiles_in_milliseconds_and_an_empty_call_beside_them(clock: Clock) -> None:
    found = clock.latency([9.0] * 3 + [0.001, 0.002, 0.003] * 20, [9.0] * 3 + [0.0005] * 60)
    assert found.batch == 128
    assert found.quartiles_ms == pytest.approx((1.0, 2.0, 3.0))
    assert found.empty_ms == pytest.approx(0.5)
    assert found.ms == pytest.approx((0.5, 1.5, 2.5))
    assert clock.calls[:6] == ["model", "empty"] * 3, "calls before the time counts"
    assert clock.calls[6:] == ["empty", "model"] * 60, "in turns, so that both meet the same load"


def test_few_calls_are_timed_where_each_takes_long(clock: Clock) -> None:
    found = clock.latency([0.0] * 3 + [0.125, 0.25, 0.125, 9.0], [0.0] * 100)
    assert found.quartiles_ms == pytest.approx((125.0, 125.0, 187.5))
    assert len(clock.calls) == 6 + 6


def busy(
    before: str, after: str, own: tuple[tuple[float, float], tuple[float, float]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> float | None:
    """The share of the processors that others took between two readings."""
    monkeypatch.setattr(timing, "STATISTICS", folder / "stat")
    times = iter(own)
    monkeypatch.setattr(timing.os, "times", lambda: (*next(times), 50.0, 50.0, 0.0))
    monkeypatch.setattr(timing.os, "sysconf", lambda name: 100)
    (folder / "stat").write_text(before)
    one = Busy()
    (folder / "stat").write_text(after)
    return one.share()


BEFORE = "cpu  1000 10 500 8000 20 3 7 5 0 0\ncpu0 1 2 3\n"


@pytest.mark.parametrize(
    ("after", "own", "share"),
    [
        ("cpu  1900 10 600 9000 20 3 7 5 0 0\n", ((1.0, 1.0), (9.0, 3.0)), 0.0),
        ("cpu  1900 10 600 9000 20 3 7 5 0 0\n", ((1.0, 1.0), (6.0, 1.0)), 0.25),
        ("cpu  1900 10 600 9000 20 3 7 5 0 0\n", ((1.0, 1.0), (1.0, 1.0)), 0.5),
        ("cpu  1000 10 500 8500 520 3 7 5 0 0\n", ((1.0, 1.0), (1.0, 1.0)), 0.0),
        ("cpu  1000 110 500 8300 20 103 107 105 0 0\n", ((1.0, 1.0), (1.0, 1.0)), 0.5714),
        ("cpu  1900 10 600 9000 20 3 7 5 0 0\n", ((1.0, 1.0), (90.0, 1.0)), 0.0),
        (BEFORE, ((1.0, 1.0), (1.0, 1.0)), None),
        ("", ((1.0, 1.0), (1.0, 1.0)), None),
        ("cpu one two\n", ((1.0, 1.0), (1.0, 1.0)), None),
    ],
)
def test_the_share_of_other_programs(
    after: str,
    own: tuple[tuple[float, float], tuple[float, float]],
    share: float | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert busy(BEFORE, after, own, tmp_path, monkeypatch) == share


def test_where_the_system_does_not_tell_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "STATISTICS", tmp_path / "none")
    assert Busy().share() is None


def test_the_horizon_is_where_the_first_trial_on_its_way_was_cut_off() -> None:
    arrived, cut, over = Arrival(7.0, True), Arrival(5.0, False), Arrival(2.0, False, over=True)
    assert horizon([arrived, cut, Arrival(6.0, False), over]) == 5.0
    assert horizon([arrived, over]) == 7.0
    assert horizon([over, Arrival(3.0, False, over=True)]) == 3.0


def test_times_count_up_to_the_horizon() -> None:
    arrivals = [Arrival(1.0, True), Arrival(7.0, True), Arrival(5.0, False), Arrival(2.0, False, over=True)]
    assert restricted(arrivals, 5.0) == [1.0, 5.0, 5.0, 5.0]

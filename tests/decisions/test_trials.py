"""What is measured and kept of a trial, with a model and a clock that are made up."""

from __future__ import annotations

import errno
import json
import math
import os
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from layerctl.diagnostics.errors import UsageError
from layerctl.report.comparison import cells, heads
from layerctl.report.results.comparison import Comparison, Curves, VariantFigures
from layerctl.report.results.intervals import Spread
from layerctl.runs.listener import Listener
from layerctl.runs.reading import Damaged
from layerctl.runtime.study import trials
from layerctl.runtime.study.kept import Kept, Trial
from layerctl.runtime.study.perturb import TESTS
from layerctl.runtime.study.trials import TrialResult, Work, latency
from layerctl.runtime.training.fit import Stop

METRICS = {"test_accuracy": 0.5}
TRIAL = Trial(
    version=3,
    variant="dense",
    spec="dense.yaml",
    seed=0,
    metrics=METRICS,
    train_seconds=1.0,
    latency_ms=1.0,
    latency_128_ms=1.0,
    curves_on="test",
    epochs=[],
    versions={},
)


class Model:
    """Takes so many seconds for each call, by a clock of its own, and has weights to save."""

    def __init__(self, seconds: Iterable[float] = ()) -> None:
        self.left = iter(seconds)
        self.now = 0.0
        self.calls = 0

    def predict_on_batch(self, x: object) -> None:
        self.calls += 1
        self.now += next(self.left)

    def clock(self) -> float:
        return self.now

    def save_weights(self, file: BytesIO) -> None:
        assert str(file).endswith(".weights.h5")
        file.write(b"weights")


def timed(seconds: list[float], monkeypatch: pytest.MonkeyPatch) -> tuple[float, int]:
    """The latency of a model, and how often it was called."""
    model = Model(seconds)
    monkeypatch.setattr(trials.time, "perf_counter", model.clock)
    return latency(model, None), model.calls


def test_latency_is_in_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    found, calls = timed([9.0, 9.0, 9.0] + [0.002] * 60, monkeypatch)
    assert found == pytest.approx(2.0)
    assert calls == 63, "three calls before the time counts, and sixty that count"


def test_latency_is_the_median_of_few_calls_where_each_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    found, calls = timed([0.0] * 3 + [0.125, 0.25, 0.125, 9.0], monkeypatch)
    assert (found, calls) == (pytest.approx(125.0), 6)


def test_a_table_shows_latency_under_milliseconds() -> None:
    train_seconds, latency_ms, latency_128_ms = (Spread(mean, None, None, (mean,)) for mean in (3.0, 4.0, 5.0))
    metrics = {"test_accuracy": Spread(1.0, None, None, (1.0,))}
    times = (train_seconds, latency_ms, latency_128_ms)
    variant = VariantFigures("v", "v.yaml", 1, 2, 4, 8, {}, metrics, *times, Curves("test", {}))
    comparison = Comparison("digits", (0,), (variant,), ())
    row = dict(zip(heads(comparison), cells(comparison)[0], strict=True))
    assert {name: row[name] for name in ("training s", "ms, batch 1", "ms, batch 128")} == {
        "training s": "3.00",
        "ms, batch 1": "4.00",
        "ms, batch 128": "5.00",
    }


def test_a_finished_trial_is_kept(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "new/one")
    assert kept.trial is None
    kept.keep(TRIAL.model_copy(update={"metrics": {"test_accuracy": math.nan}}), Model())
    again = Kept(tmp_path / "new/one")
    assert json.loads((tmp_path / "new/one/trial.json").read_text()) == TRIAL.to_json() | {"metrics": {"test_accuracy": None}}
    assert again.trial is not None
    assert math.isnan(again.trial.metrics["test_accuracy"])
    assert again.trial.model_copy(update={"metrics": METRICS}) == TRIAL
    assert again.weights.read_text() == "weights"


@pytest.mark.parametrize("text", [json.dumps({"version": 2}), json.dumps({"metrics": METRICS})])
def test_a_trial_of_another_version_is_not_taken(text: str, tmp_path: Path) -> None:
    (tmp_path / "model.weights.h5").touch()
    (tmp_path / "trial.json").write_text(text)
    assert Kept(tmp_path).trial is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is no JSON: EOF while parsing a value at line 1 column 0"),
        ("{", "is no JSON: EOF while parsing an object at line 1 column 1"),
        ("[]", "holds no JSON object"),
        ("3", "holds no JSON object"),
        (json.dumps(TRIAL.to_json() | {"seed": "0"}), "does not say `seed` as it should: input should be a valid integer"),
        (
            json.dumps(TRIAL.to_json() | {"metrics": {"test_loss": "low"}}),
            "does not say `metrics.test_loss` as it should: input should be a valid number",
        ),
    ],
)
def test_a_damaged_trial_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "model.weights.h5").touch()
    (tmp_path / "trial.json").write_text(text)
    with pytest.raises(Damaged) as error:
        Kept(tmp_path)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.message == f"{tmp_path / 'trial.json'} {problem}"
    assert diagnostic.help == f"remove {tmp_path}: its trial is then done anew"


def test_a_trial_without_its_weights_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "trial.json").write_text(json.dumps(TRIAL.to_json()))
    assert Kept(tmp_path).trial is None


def test_disturbances_are_kept_by_their_strengths(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.keep_disturbed("shift", (0, 1), [METRICS, {"test_accuracy": math.inf}])
    first, second = Kept(tmp_path).disturbed("shift", (0, 1)) or ()
    assert first == METRICS
    assert math.isnan(second["test_accuracy"])
    assert kept.disturbed("shift", (0, 2)) is None
    assert kept.disturbed("noise", (0, 1)) is None


def test_disturbances_of_an_earlier_version_are_tested_anew(tmp_path: Path) -> None:
    """They had noise that was cut off at the ends of the range."""
    (tmp_path / "noise.json").write_text(json.dumps({"levels": [0], "metrics": [METRICS]}))
    assert Kept(tmp_path).disturbed("noise", (0,)) is None


def test_where_nothing_can_be_kept_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    words = f"cannot keep a trial in {tmp_path}/file/one: {os.strerror(errno.ENOTDIR).lower()}"
    with pytest.raises(UsageError, match=words) as error:
        Kept(tmp_path / "file/one").keep(TRIAL, Model())
    assert error.value.help == "make room, or name another place with `--runs-dir`"


class Trainer:
    """Notes what it is asked to do."""

    def __init__(self) -> None:
        self.model = Model()
        self.done: list[object] = []

    def train(self, seed: int, stop: Stop, listener: Listener) -> Trial:
        self.done.append(seed)
        return TRIAL

    def disturbed(self, test: Any, seed: int, weights: Path, stop: Stop) -> list[dict[str, float]]:
        self.done.append((test.name, seed, weights.name))
        return [METRICS] * len(test.levels)


def done(work: Work, stop: Stop | None = None) -> list[object]:
    trainer = Trainer()
    work.do(trainer, stop or Stop(), Listener())  # type: ignore[arg-type]
    return trainer.done


def test_only_what_is_not_kept_is_done(tmp_path: Path) -> None:
    shift, noise = TESTS[:2]
    work = Work(None, 7, Kept(tmp_path), (shift,))  # type: ignore[arg-type]
    assert not work.ready
    assert done(work) == [7, ("shift", 7, "model.weights.h5")]
    assert work.ready
    assert work.result == TrialResult(TRIAL, {"shift": [METRICS] * 5}, tmp_path / "model.weights.h5")
    assert done(work) == []
    more = Work(None, 7, Kept(tmp_path), (shift, noise))  # type: ignore[arg-type]
    assert not more.ready
    assert done(more) == [("noise", 7, "model.weights.h5")]


def test_after_ctrl_c_nothing_is_begun(tmp_path: Path) -> None:
    for work in (Work(None, 0, Kept(tmp_path)), Work(None, 0, Kept(tmp_path), TESTS)):  # type: ignore[arg-type]
        with pytest.raises(KeyboardInterrupt):
            done(work, Stop(requested=True))
        assert work.kept.disturbed("shift", TESTS[0].levels) is None
        work.kept.keep(TRIAL, Model())

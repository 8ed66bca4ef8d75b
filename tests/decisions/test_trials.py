"""What is kept of a trial, with a model that is made up."""

from __future__ import annotations

import errno
import hashlib
import json
import math
import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from layerctl.diagnostics.errors import UsageError
from layerctl.runs.listener import Listener
from layerctl.runs.reading import Damaged
from layerctl.runtime.study.kept import Kept, Latency, Level, Samples, Trial
from layerctl.runtime.study.perturb import TESTS
from layerctl.runtime.study.trials import Seed, Work
from layerctl.runtime.training.fit import Stop

METRICS = {"test_accuracy": 0.5}
LEVEL = Level(metrics=METRICS, samples={"test_accuracy": [0.0, 1.0]})
LATENCY = Latency(batch=1, quartiles_ms=[1.0, 2.0, 3.0], empty_ms=0.5)
TRIAL = Trial(
    version=5,
    variant="dense",
    spec="dense.yaml",
    seed=0,
    order=0,
    metrics=METRICS,
    train_seconds=1.0,
    latency=[LATENCY, LATENCY],
    curves_on="test",
    epochs=[],
    versions={},
)
KEPT = TRIAL.model_copy(update={"weights": hashlib.sha256(b"weights").hexdigest()})
SAMPLES = Samples(count=2, metrics={"test_accuracy": [1.0, 0.0], "test_loss": [0.5, math.nan]})


class Model:
    """Has weights to save."""

    def save_weights(self, file: BytesIO) -> None:
        assert str(file).endswith(".weights.h5")
        file.write(b"weights")


def test_a_finished_trial_is_kept(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "new/one")
    assert kept.trial is None
    kept.keep(TRIAL.model_copy(update={"metrics": {"test_accuracy": math.nan}}), SAMPLES, Model())
    again = Kept(tmp_path / "new/one")
    written = json.loads((tmp_path / "new/one/trial.json").read_text())
    assert len(written["checksum"]) == 64
    assert written | {"checksum": None} == KEPT.to_json() | {"metrics": {"test_accuracy": None}}
    assert again.trial is not None
    assert math.isnan(again.trial.metrics["test_accuracy"])
    assert again.trial.model_copy(update={"metrics": METRICS, "checksum": None}) == KEPT
    assert again.weights.read_text() == "weights"
    assert again.samples().metrics["test_accuracy"] == [1.0, 0.0]
    assert math.isnan(again.samples().metrics["test_loss"][1])
    assert not again.earlier


@pytest.mark.parametrize("samples", [True, False])
@pytest.mark.parametrize("text", [json.dumps({"version": 3}), json.dumps({"metrics": METRICS})])
def test_a_trial_of_an_earlier_version_is_not_taken(text: str, samples: bool, tmp_path: Path) -> None:
    (tmp_path / "model.weights.h5").touch()
    (tmp_path / "trial.json").write_text(text)
    if samples:
        (tmp_path / "samples.json").touch()
    kept = Kept(tmp_path)
    assert (kept.trial, kept.earlier) == (None, True)
    assert not Kept(tmp_path / "none").earlier


@pytest.mark.parametrize(
    "text",
    ["", '{"version": 2}', '{"count": 2, "metrics": {"test_loss": [0.5, "low"]}}', '{"count": 1, "metrics": {"test_loss": 3}}'],
)
def test_damaged_samples_are_refused(text: str, tmp_path: Path) -> None:
    Kept(tmp_path).keep(TRIAL, SAMPLES, Model())
    (tmp_path / "samples.json").write_text(text)
    with pytest.raises(Damaged) as error:
        Kept(tmp_path).samples()
    (diagnostic,) = error.value.diagnostics
    assert "samples.json" in diagnostic.message
    assert diagnostic.help == f"remove {tmp_path}: its trial is then done anew"


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
    (tmp_path / "samples.json").touch()
    (tmp_path / "trial.json").write_text(text)
    with pytest.raises(Damaged) as error:
        Kept(tmp_path)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.message == f"{tmp_path / 'trial.json'} {problem}"
    assert diagnostic.help == f"remove {tmp_path}: its trial is then done anew"


@pytest.mark.parametrize("digest", [None, "0" * 64])
def test_weights_need_their_checksum(digest: str | None, tmp_path: Path) -> None:
    Kept(tmp_path).keep(TRIAL, SAMPLES, Model())
    (tmp_path / "trial.json").write_text(json.dumps(KEPT.to_json() | {"weights": digest}))
    with pytest.raises(Damaged, match="its checksum is wrong"):
        Kept(tmp_path)


@pytest.mark.parametrize("missing", ["model.weights.h5", "samples.json", "trial.json"])
def test_a_trial_of_which_a_file_is_missing_is_not_taken(missing: str, tmp_path: Path) -> None:
    Kept(tmp_path).keep(TRIAL, SAMPLES, Model())
    assert Kept(tmp_path).trial is not None
    (tmp_path / missing).unlink()
    assert Kept(tmp_path).trial is None


def test_disturbances_are_kept_by_their_strengths(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.keep_disturbed("shift", (0, 1), [LEVEL, Level(metrics={"test_accuracy": math.inf}, samples={})])
    first, second = Kept(tmp_path).disturbed("shift", (0, 1)) or ()
    assert first == LEVEL
    assert math.isnan(second.metrics["test_accuracy"])
    assert kept.disturbed("shift", (0, 2)) is None
    assert kept.disturbed("noise", (0, 1)) is None


@pytest.mark.parametrize("version", [{}, {"version": 2}], ids=["1", "2"])
def test_disturbances_of_an_earlier_version_are_tested_anew(version: dict[str, int], tmp_path: Path) -> None:
    """They had noise that was cut off at the ends of the range, or did not say which samples were right."""
    (tmp_path / "noise.json").write_text(json.dumps({**version, "levels": [0], "metrics": [METRICS]}))
    assert Kept(tmp_path).disturbed("noise", (0,)) is None


def test_where_nothing_can_be_kept_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    words = f"cannot keep a trial in {tmp_path}/file/one: {os.strerror(errno.ENOTDIR).lower()}"
    with pytest.raises(UsageError, match=words) as error:
        Kept(tmp_path / "file/one").keep(TRIAL, SAMPLES, Model())
    assert error.value.help == "make room, or name another place with `--runs-dir`"


class Trainer:
    """Notes what it is asked to do."""

    def __init__(self) -> None:
        self.model = Model()
        self.done: list[object] = []

    def train(self, seed: Seed, stop: Stop, listener: Listener, *, timed: bool) -> tuple[Trial, Samples]:
        self.done.append(seed)
        return TRIAL.model_copy(update={} if timed else {"latency": []}), SAMPLES

    def disturbed(self, test: Any, seed: Seed, weights: Path, stop: Stop) -> list[Level]:
        self.done.append((test.name, seed, weights.name))
        return [LEVEL] * len(test.levels)


def done(work: Work, stop: Stop | None = None) -> list[object]:
    trainer = Trainer()
    work.do(trainer, stop or Stop(), Listener())  # type: ignore[arg-type]
    return trainer.done


SEVEN = Seed(7, 7)


def test_a_trial_without_its_latency_is_done_anew_where_that_is_needed(tmp_path: Path) -> None:
    untimed, timed = (Work(None, SEVEN, Kept(tmp_path), timed=timed) for timed in (False, True))  # type: ignore[arg-type]
    assert done(untimed) == [SEVEN]
    assert done(untimed) == []
    later = timed._replace(kept=Kept(tmp_path))
    assert not later.ready
    later.kept.keep_disturbed("noise", (0,), [LEVEL])
    assert done(later) == [SEVEN]
    assert later.kept.disturbed("noise", (0,)) is None, "it was that of earlier weights"
    assert done(untimed._replace(kept=Kept(tmp_path))) == done(timed._replace(kept=Kept(tmp_path))) == []


def test_only_what_is_not_kept_is_done(tmp_path: Path) -> None:
    shift, noise = TESTS[:2]
    work = Work(None, SEVEN, Kept(tmp_path), (shift,))  # type: ignore[arg-type]
    assert not work.ready
    assert done(work) == [SEVEN, ("shift", SEVEN, "model.weights.h5")]
    assert work.ready
    result = work.result
    assert (result.trial, result.weights) == (KEPT, tmp_path / "model.weights.h5")
    assert (list(result.tested.samples["test_accuracy"]), result.tested.of) == ([1.0, 0.0], 2)
    assert [(one.metrics, list(one.samples["test_accuracy"]), one.of) for one in result.disturbed["shift"]] == [
        (METRICS, [0.0, 1.0], 2)
    ] * 5
    assert done(work) == []
    more = Work(None, SEVEN, Kept(tmp_path), (shift, noise))  # type: ignore[arg-type]
    assert not more.ready
    assert done(more) == [("noise", SEVEN, "model.weights.h5")]


def test_after_ctrl_c_nothing_is_begun(tmp_path: Path) -> None:
    for work in (Work(None, SEVEN, Kept(tmp_path)), Work(None, SEVEN, Kept(tmp_path), TESTS)):  # type: ignore[arg-type]
        with pytest.raises(KeyboardInterrupt):
            done(work, Stop(requested=True))
        assert work.kept.disturbed("shift", TESTS[0].levels) is None
        work.kept.keep(TRIAL, SAMPLES, Model())


def test_a_seed_is_named_by_what_it_is_of() -> None:
    assert [Seed(3, 3).name, Seed(3, 1).name, Seed(0, 0).name] == ["3", "3x1", "0"]


def test_a_trial_has_both_latencies_or_none() -> None:
    with pytest.raises(ValueError, match="two latencies, or none"):
        Trial.model_validate({**KEPT.to_json(), "latency": [LATENCY.to_json()]})


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("trial.json", "0.5", "0.75"),
        ("trial.json", '"seed": 0', '"seed": 1'),
        ("samples.json", "1.0", "0.0"),
        ("samples.json", '"count": 2', '"count": 3'),
        ("shift.json", "0.5", "0.625"),
    ],
)
def test_what_is_changed_by_hand_is_seen(name: str, before: str, after: str, tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.keep(TRIAL, SAMPLES, Model())
    kept.keep_disturbed("shift", (0, 1), [LEVEL, LEVEL])
    path = tmp_path / name
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    with pytest.raises(Damaged) as error:
        everything(tmp_path)
    assert (error.value.path, error.value.problem) == (path, "is damaged: its checksum is wrong")
    assert error.value.diagnostics[0].help == f"remove {tmp_path}: its trial is then done anew"


def everything(folder: Path) -> None:
    """Reads all files of a trial."""
    kept = Kept(folder)
    kept.samples()
    kept.disturbed("shift", (0, 1))

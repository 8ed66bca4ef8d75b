"""What `run.json` says of the epochs of a run, and of one that goes on."""

from __future__ import annotations

import errno
import math
import os
import platform
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import layerctl
from layerctl.base.json_text import finite
from layerctl.base.machine import RanOut
from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.runs.record import Epoch, Host, RunRecord
from layerctl.runs.stored import Curves, curves, listed
from layerctl.runtime.training.record import begin_again, better, changed_versions, enter, host, reason, versions

NAN, INFINITE = math.nan, math.inf


def record(**changes: Any) -> RunRecord:
    """The record of a run that has just begun."""
    values = {
        "version": 1, "status": "running", "model": "cnn", "epochs": 0, "epochs_planned": 5, "data": {}, "metrics": {},
        "best": None, "times": {"training_seconds": 0.0}, "versions": {}, **changes,
    }  # fmt: skip
    return RunRecord.model_validate(values)


def epoch(number: int, loss: float, accuracy: float = 0.5, seconds: float = 0.25) -> Epoch:
    return Epoch(number, seconds, 100, {"loss": loss, "accuracy": accuracy})


def bests(monitor: str, mode: str, *epochs: Epoch) -> list[int]:
    """The number of the best epoch after each epoch."""
    of, numbers = record(), []
    for one in epochs:
        of = enter(of, one, monitor, mode)
        assert of.best is not None
        numbers.append(of.best.epoch)
    return numbers


@pytest.mark.parametrize(
    ("value", "than", "mode", "said"),
    [
        (0.4, 0.5, "min", True),
        (0.5, 0.4, "min", False),
        (0.5, 0.4, "max", True),
        (0.4, 0.5, "max", False),
        (0.5, 0.5, "min", False),
        (0.5, 0.5, "max", False),
        (0.5, None, "min", True),
        (0.5, None, "max", True),
        (NAN, None, "min", False),
        (0.5, NAN, "min", True),
        (0.5, INFINITE, "max", True),
        (NAN, NAN, "min", False),
        (INFINITE, NAN, "max", False),
        (NAN, 0.5, "min", False),
        (NAN, 0.5, "max", False),
    ],
)
def test_what_is_better(value: float, than: float | None, mode: str, said: bool) -> None:
    assert better(value, than, mode) is said


def test_of_equal_epochs_the_first_stays_the_best() -> None:
    """A tie neither changes `best` nor makes a new `best.keras`."""
    for mode in ("min", "max"):
        assert bests("loss", mode, *(epoch(number, loss=0.5) for number in (1, 2, 3))) == [1, 1, 1]


def test_an_epoch_is_entered() -> None:
    begun = record()
    of = enter(begun, epoch(1, loss=0.75, accuracy=0.5), "accuracy", "max")
    assert begun == record(), "the record before is left as it was"
    best = {"epoch": 1, "monitor": "accuracy", "value": 0.5, "loss": 0.75, "accuracy": 0.5}
    assert of == record(epochs=1, metrics={"loss": 0.75, "accuracy": 0.5}, times={"training_seconds": 0.25}, best=best)
    of = enter(of, epoch(2, loss=0.5, accuracy=0.25), "accuracy", "max")
    assert of == record(epochs=2, metrics={"loss": 0.5, "accuracy": 0.25}, times={"training_seconds": 0.5}, best=best)
    of = enter(of, epoch(3, loss=0.25, accuracy=0.75), "accuracy", "max")
    assert of.to_json()["best"] == {"epoch": 3, "monitor": "accuracy", "value": 0.75, "loss": 0.25, "accuracy": 0.75}


def test_the_best_loss_is_the_lowest() -> None:
    assert bests("loss", "min", *(epoch(number, loss) for number, loss in enumerate((0.5, 0.4, 0.6), 1))) == [1, 2, 2]


def test_times_are_rounded_to_what_can_be_measured() -> None:
    of = enter(record(), epoch(1, 0.5, seconds=0.123456789), "loss", "min")
    assert of.times.training_seconds == 0.1235
    assert enter(record(times={}), epoch(1, 0.5), "loss", "min").times.training_seconds == 0.25


def test_a_run_that_goes_on_begins_its_record_again() -> None:
    ended = record(
        run="old/place", status="failed", epochs=3, metrics={"loss": 0.5}, best={"epoch": 2, "monitor": "loss", "value": 0.5},
        error="the disk is full", code="LC670", kept_epoch=2, times={"started": "then", "ended": "now", "training_seconds": 9.0},
    )  # fmt: skip
    of = begin_again(ended, run="new/place", planned=8, epoch=3, command="layerctl train --resume")
    data = of.to_json()
    (entry,) = data.pop("resumed")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", entry.pop("at"))
    assert entry == {"epoch": 3, "command": "layerctl train --resume"}
    times = {"started": "then", "ended": None, "training_seconds": 0.0}
    assert data == record(run="new/place", epochs_planned=8, times=times).to_json(), "nothing is left of the failure"
    for number in (0, 4):
        of = begin_again(of, run="new/place", planned=8, epoch=number, command=None)
    assert [entry.epoch for entry in of.resumed] == [3, 0, 4]


def test_versions_that_changed_are_named() -> None:
    before = {"keras": "3.1", "numpy": "2.0", "jax": "0.7"}
    assert changed_versions(before, before) == ""
    assert changed_versions(before, before | {"python": "3.12"}) == ""
    assert changed_versions(before, {"keras": "3.2", "numpy": "2.0"}) == "keras 3.1 is now 3.2, jax 0.7 is now gone"


def test_json_has_null_for_what_is_no_number() -> None:
    given = {"a": [NAN, 1.5, {"b": INFINITE, "c": -INFINITE}], "d": "nan", "e": 3, "f": None, "g": True}
    assert finite(given) == {"a": [None, 1.5, {"b": None, "c": None}], "d": "nan", "e": 3, "f": None, "g": True}


def test_why_a_run_failed() -> None:
    mistake = SpecError(compile_text("inputs: {x: [4]}\nlayers: [{Dens: 2}, {Dense: {unit: 3}}]").diagnostics)
    assert reason(mistake) == {"error": "there is no layer `Dens`", "code": "LC202"}
    assert reason(RanOut("the model was trained")) == {"error": "memory ran out while the model was trained", "code": "LC630"}
    assert reason(ValueError("first line\nsecond")) == {"error": "ValueError: first line"}


def test_versions_and_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """What could change the result, and a machine without its name; of a back end made up."""
    keras = SimpleNamespace(__version__="3.9", config=SimpleNamespace(backend=lambda: "fast"))
    monkeypatch.setattr("layerctl.runtime.backends.backend.keras", lambda: keras)
    monkeypatch.setattr("layerctl.runtime.backends.backend.particular", lambda: SimpleNamespace(devices=lambda: ["CPU"]))
    monkeypatch.setitem(sys.modules, "fast", SimpleNamespace(__version__="1.2"))  # type: ignore[arg-type]
    assert versions() == {
        "layerctl": layerctl.__version__, "python": platform.python_version(), "keras": "3.9", "backend": "fast", "fast": "1.2",
        "numpy": np.__version__,
    }  # fmt: skip
    assert host() == Host(system=platform.system(), machine=platform.machine(), cpus=os.cpu_count(), devices=["CPU"])


LINE = '{"epoch": 1, "seconds": 2.0, "samples": 10, "loss": 0.5}'


def test_the_curves_of_a_run(tmp_path: Path) -> None:
    """Whole lines are read, and what is wrong with the file is said once, with what can be done."""
    file = tmp_path / "metrics.jsonl"
    assert curves(tmp_path) == Curves([])
    lost = curves(tmp_path, 1)
    assert lost.epochs == []
    assert lost.damage is not None
    assert lost.damage.path == file
    file.write_text(f"{LINE}\n{LINE}\n")
    epoch = Epoch(1, 2.0, 10, {"loss": 0.5})
    assert curves(tmp_path, 2) == Curves([epoch, epoch])
    file.write_text(f"{LINE}\n{{\n{LINE}\nnothing\n")
    found = curves(tmp_path, 4)
    assert found.epochs == [epoch, epoch]
    assert found.damage is not None
    assert (found.damage.path, found.damage.problem) == (file, "is damaged: line 2 is no epoch")
    for damage in (lost.damage, found.damage):
        (diagnostic,) = damage.diagnostics
        assert diagnostic.help == "its curves are lost, unless metrics.jsonl is put back from a copy; no other command reads it"


def test_runs_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object) -> list[str]:
        raise PermissionError(errno.EACCES, "Permission denied")

    def fail(path: object) -> list[str]:
        raise OSError("No words")

    for function, said in ((refuse, "permission denied"), (fail, "no words")):
        monkeypatch.setattr(os, "listdir", function)
        with pytest.raises(UsageError) as error:
            listed(tmp_path)
        assert error.value.message == f"cannot read {tmp_path}: {said}"
        assert error.value.help == "name the directory that holds the runs: `--runs-dir`"

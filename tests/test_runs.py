"""Stored runs are listed, found and shown without a framework."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import layerctl
from layerctl.diagnostics.errors import UsageError
from layerctl.report.curves import chart
from layerctl.runs.reading import Damaged
from layerctl.runs.stored import BrokenRun, find, listed, resumable, unfinished
from tests.command_line import CommandLine


def record(**changes: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "run": "runs/cnn-1",
        "status": "finished",
        "model": "cnn",
        "spec": "specs/cnn.yaml",
        "command": "layerctl train cnn",
        "epochs": 2,
        "epochs_planned": 2,
        "seed": 0,
        "params": 1234,
        "data": {"name": "digits", "train": 100, "validation": 20, "test": 50},
        "metrics": {"loss": 0.25, "val_loss": 0.5, "test_loss": 0.4},
        "best": {"epoch": 2, "monitor": "val_loss", "value": 0.5, "loss": 0.25},
        "times": {"started": "2026-01-02T03:04:05+00:00", "ended": None, "seconds": 3723.4, "training_seconds": 60.0},
        "versions": {"layerctl": "0.1.0", "backend": "tensorflow"},
        **changes,
    }


def put(runs: Path, name: str, text: str | None = None, **changes: Any) -> Path:
    """A run directory with a record."""
    path = runs / name
    path.mkdir(parents=True)
    (path / "run.json").write_text(json.dumps(record(**changes)) if text is None else text)
    return path


@pytest.fixture
def runs(cli: CommandLine) -> Path:
    """Runs of all kinds, the oldest first."""
    folder = cli.folder / "runs"
    for number, (name, status) in enumerate([("cnn-1", "finished"), ("cnn-2", "interrupted"), ("mlp-1", "running")]):
        times = {"started": f"2026-01-0{number + 1}T00:00:00+00:00", "seconds": 1.0}
        put(folder, name, status=status, model=name[:3], spec=f"specs/{name[:3]}.yaml", times=times)
    put(folder, "bad-1", "{")
    put(folder, "bad-2", '{"version": 1, "status": "finished", "model": 3}')
    put(folder, "bad-3", "[]")
    put(folder, "bad-4", '{"version": 2, "status": "finished"}')
    (folder / "compare").mkdir()
    (folder / "cnn-1/metrics.jsonl").write_text(
        '{"epoch": 1, "seconds": 1.0, "samples": 100, "loss": 2.0, "val_loss": 2.5}\n'
        '{"epoch": 2, "seconds": 1.0, "samples": 100, "loss": 0.25, "val_loss": 0.5}\n{"epo'
    )
    return folder


def test_the_newest_stands_first(runs: Path) -> None:
    listing = listed(runs)
    assert [run.path.name for run in listing[:3]] == ["mlp-1", "cnn-2", "cnn-1"]
    assert {run.path.name for run in listing[3:]} == {"bad-1", "bad-2", "bad-3", "bad-4"}
    assert [run.path.name for run in listed(runs, status="interrupted")] == ["mlp-1", "cnn-2"], "nobody writes mlp-1"
    for model in ("cnn", "specs/cnn.yaml"):
        assert [run.path.name for run in listed(runs, model=model)] == ["cnn-2", "cnn-1"]
    assert listed(runs / "none") == []


def test_what_cannot_be_read_says_why(runs: Path) -> None:
    problems = {run.path.name: run.problem for run in listed(runs, status="broken") if isinstance(run, BrokenRun)}
    assert problems == {
        "bad-1": "run.json is no JSON: EOF while parsing an object at line 1 column 1",
        "bad-2": "run.json does not say `model` as it should: input should be a valid string",
        "bad-3": "run.json holds no JSON object",
        "bad-4": f"run.json is of version 2, which layerctl {layerctl.__version__} does not read",
    }


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("epochs", {"epochs": "2"}),
        ("data.train", {"data": {"name": "digits", "train": 1.5}}),
        ("metrics.loss", {"metrics": {"loss": "low"}}),
        ("best.epoch", {"best": {"monitor": "loss", "value": 1.0}}),
        ("times.started", {"times": {"started": 3}}),
        ("versions.keras", {"versions": {"keras": 3}}),
        ("status", {"status": "sleeping"}),
        ("resumed.0.at", {"resumed": [{"epoch": 1}]}),
    ],
)
def test_a_damaged_record_names_the_key(tmp_path: Path, key: str, changes: dict[str, Any]) -> None:
    put(tmp_path, "cnn-1", **changes)
    with pytest.raises(Damaged, match=f"cnn-1/run.json does not say `{key}` as it should: "):
        find("cnn-1", tmp_path)


def test_keys_of_a_later_version_are_kept(tmp_path: Path) -> None:
    put(tmp_path, "cnn-1", later={"a": 1}, data={"name": "digits", "train": 1, "folds": 3})
    run = find("cnn-1", tmp_path)
    assert run.record.to_json() == json.loads((tmp_path / "cnn-1/run.json").read_text())


def test_a_run_is_found_by_path_and_by_name(runs: Path) -> None:
    assert find("cnn-1", runs).path == find(runs / "cnn-1").path == runs / "cnn-1"
    for name, words in (
        ("cnn1", "did you mean `cnn-1`?"),
        ("else", "there are "),
        (str(runs / "compare"), "`layerctl train` made"),
    ):
        with pytest.raises(UsageError) as error:
            find(name, runs)
        assert words in str(error.value.help)


@pytest.mark.skipif(os.name == "nt", reason="closes one end of a pipe")
def test_a_table_that_nobody_reads(runs: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "layerctl", "runs", "--runs-dir", str(runs)]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False, timeout=60, env=environment)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_which_run_is_resumed_by_default(runs: Path) -> None:
    assert unfinished(runs).path.name == "mlp-1"
    assert unfinished(runs, "cnn").path.name == "cnn-2"
    put(runs, "new-1", status="failed", code="LC656", model="new", spec="new.yaml")
    assert unfinished(runs, "new").path.name == "new-1", "the error about it comes later, for the named run"
    with pytest.raises(UsageError, match="there is no run of `cn` to resume"):
        unfinished(runs, "cn")
    put(runs, "faces-1", model="faces", spec="specs/zoo/net.yaml")
    for spec in ("net", "zoo/net", "specs/zoo/net", "./specs/zoo/net.yaml", "faces"):
        assert unfinished(runs, spec).path.name == "faces-1"
    with pytest.raises(UsageError, match="there is no run"):
        unfinished(runs, "other/zoo/net.yaml")
    with pytest.raises(UsageError, match="would again"):
        resumable("new-1", runs)
    with pytest.raises(Damaged, match=r"bad-1/run\.json is no JSON"):
        resumable("bad-1", runs)


def test_the_list(cli: CommandLine, runs: Path) -> None:
    text = cli("runs")
    assert text.status == 0
    lines = text.out.splitlines()
    assert lines[0].split() == ["run", "model", "spec", "data", "status", "epochs", "best", "time", "started"]
    assert lines[1].split()[:6] == ["mlp-1", "mlp", "specs/mlp.yaml", "digits", "interrupted", "2/2"]
    assert "bad-3 is broken: run.json holds no JSON object" in text.out
    data = cli("runs", "--status", "finished", "--format", "json").data
    assert [run["run"] for run in data["runs"]] == ["runs/cnn-1"]
    assert cli("runs", "--model", "nothing").out == ""
    assert cli("runs", "--runs-dir", "none").status == 0
    (cli.folder / "file").touch()
    assert cli("runs", "--runs-dir", "file").status == 2
    assert cli("runs", "--status", "done").status == 2


def test_one_run(cli: CommandLine, runs: Path) -> None:
    text = cli("runs", "cnn-1").out
    for words in ("cnn, 1,234 parameters", "val_loss 0.5000 (epoch 2)", "metrics.jsonl, run.json", "● training  ○ validation"):
        assert words in text
    data = cli("runs", "cnn-1", "--format", "json").data
    assert [line["epoch"] for line in data["curves"]] == [1, 2], "a line that is cut off is left out"
    assert data["params"] == 1234
    broken = cli("runs", "bad-1")
    assert (broken.status, "error[LC673]: runs/bad-1/run.json is no JSON" in broken.err) == (1, True)
    assert cli("runs", "bad-3", "--format", "json").data["problem"] == "run.json holds no JSON object"
    missing = cli("runs", "cnn-9")
    assert (missing.status, "did you mean `cnn-" in missing.err) == (2, True)


def test_a_record_of_odd_values_is_shown(cli: CommandLine) -> None:
    odd = {"best": {"value": None, "monitor": "loss", "epoch": 1}, "metrics": {"loss": None}, "times": {}, "data": {}}
    put(cli.folder / "runs", "odd-1", **odd)
    assert cli("runs").status == 0
    assert "nan" in cli("runs", "odd-1").out


def test_a_chart() -> None:
    assert chart("loss", {"training": [4.0, None, 2.0, 1.0], "validation": [4.0, 3.0, float("nan"), 0.5]}, 40) == [
        "loss  ● training  ○ validation",
        "4.0000 ┤◉",
        "       ┤",
        "       ┤    ○",
        "       ┤",
        "       ┤        ●",
        "       ┤",
        "       ┤            ●",
        "0.5000 ┤            ○",
        "       └─────────────",
        "        1           4",
    ]
    wide = chart("loss", {"training": [float(value) for value in range(500)]}, 40)
    assert max(map(len, wide)) <= 40
    assert chart("loss", {"training": [1.0]}, 40)[-1].strip() == "1"
    assert chart("loss", {"training": [None]}, 40) == []

"""The directory of a run: never given twice, never left half made, written by one process; with a model made up."""

from __future__ import annotations

import errno
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from layerctl.base import ending
from layerctl.base.files import temporary_name
from layerctl.base.locks import holder
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.runs.reading import Damaged
from layerctl.runs.record import Epoch, RunRecord
from layerctl.runtime.training import rundir
from layerctl.runtime.training.rundir import RunDirectory, record_text
from layerctl.runtime.training.state import State, state_files

RUN = RunRecord.model_validate(
    {
        "version": 1, "status": "running", "model": "ä", "epochs": 0, "epochs_planned": 5, "data": {}, "metrics": {},
        "best": None, "times": {}, "versions": {},
    }
)  # fmt: skip
TEXT = """{
  "version": 1,
  "status": "running",
  "model": "ä",
  "epochs": 0,
  "epochs_planned": 5,
  "data": {},
  "metrics": {},
  "best": null,
  "times": {},
  "versions": {}
}
"""


def epoch(number: int, **metrics: float | None) -> Epoch:
    return Epoch(number, 0.25, 100, metrics)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody here gives a lock back while another one waits for it."""
    monkeypatch.setattr("layerctl.base.locks.PATIENCE", 0.0)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[RunDirectory]:
    made = RunDirectory.claim(tmp_path / "runs", "cnn")
    yield made
    made.lock.release()


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def claimed(runs: Path, name: str) -> str:
    """The name of a run directory that is made."""
    made = RunDirectory.claim(runs, name)
    made.lock.release()
    assert made.path.parent == runs
    return made.path.name


def refused(runs: Path, name: str) -> tuple[str, str | None]:
    with pytest.raises(UsageError) as error:
        RunDirectory.claim(runs, name)
    return error.value.message, error.value.help


def test_a_number_is_above_all_that_there_are(tmp_path: Path) -> None:
    assert claimed(tmp_path / "new/runs", "cnn") == "cnn-1"
    assert claimed(tmp_path / "new/runs", "cnn") == "cnn-2"
    for name in ("cnn-7", "cnn-x", "cnnx-9", "xcnn-9", "cnn-8-9", "cnn-1234567890", "cnn-", "c.n-20"):
        (tmp_path / "other" / name).mkdir(parents=True)
    (tmp_path / "other/cnn-8").touch()
    assert claimed(tmp_path / "other", "cnn") == "cnn-9"
    assert claimed(tmp_path / "other", "c.n") == "c.n-21"
    assert claimed(tmp_path / "other", "cxn") == "cxn-1"


@pytest.mark.parametrize("name", ["a", "A_b-1.2", "_x", "9"])
def test_names_of_runs(name: str, tmp_path: Path) -> None:
    assert claimed(tmp_path, name) == f"{name}-1"


@pytest.mark.parametrize("name", ["", "../a", ".a", "-a", "a/b", "a b", "a\n", "ä"])
def test_what_cannot_name_a_run(name: str, tmp_path: Path) -> None:
    assert refused(tmp_path, name) == (f"`{name}` cannot name a run", "use letters, digits, `_`, `-` and `.`")
    assert files(tmp_path) == []


def test_a_directory_appears_with_its_first_files(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def first(path: Path) -> dict[str, str]:
        seen.append(files(tmp_path))
        return {"where.txt": path.as_posix(), "other.txt": "ä\n"}

    run = RunDirectory.claim(tmp_path, "cnn", first)
    assert len(seen[0]) == 4, "the hidden directory, and in it that of states with its lock and the name of its holder"
    assert re.fullmatch(r"\..*-cnn", seen[0][0])
    assert files(tmp_path) == [
        "cnn-1",
        "cnn-1/other.txt",
        "cnn-1/state",
        "cnn-1/state/holder",
        "cnn-1/state/lock",
        "cnn-1/where.txt",
    ]
    assert (run.path / "where.txt").read_text() == str(run.path)
    assert (run.path / "other.txt").read_bytes() == "ä\n".encode()
    assert run.epochs == []
    assert "process" in str(holder(run.path / "state"))
    run.lock.release()


def test_what_killed_processes_left_is_removed(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    killed = temporary_name("cnn").replace(f".{os.getpid()}-", f".{process.pid}-", 1)
    (tmp_path / killed / "state").mkdir(parents=True)
    (tmp_path / killed / "state" / "epoch-00001.npz").touch()
    (tmp_path / f"{killed}-file").touch()
    (tmp_path / temporary_name("of-this-process")).mkdir()
    assert claimed(tmp_path, "cnn") == "cnn-1"
    assert not (tmp_path / killed).exists()
    assert [name for name in files(tmp_path) if name.endswith("of-this-process")], "it may be in use"


def test_a_signal_leaves_no_half_of_a_directory(tmp_path: Path) -> None:
    """While a directory is made, there is something to undo; it does no harm where that has been done already."""
    left = []

    def first(path: Path) -> dict[str, str]:
        for undo in [*reversed(ending._undone_first)] * 2:
            undo()
        left.extend(files(tmp_path))
        raise OSError(errno.EIO, "Undone")

    with pytest.raises(UsageError, match="undone"):
        RunDirectory.claim(tmp_path, "cnn", first)
    assert left == []
    assert ending._undone_first == []


@pytest.mark.parametrize("taken", [1, 2])
def test_another_process_may_take_the_number_first(taken: int, tmp_path: Path) -> None:
    def first(path: Path) -> dict[str, str]:
        if int(path.name.removeprefix("cnn-")) <= taken:
            (path / "of-another").mkdir(parents=True)
        return {"where.txt": path.name}

    run = RunDirectory.claim(tmp_path, "cnn", first)
    run.lock.release()
    assert run.path.name == f"cnn-{taken + 1}"
    assert (run.path / "where.txt").read_text() == f"cnn-{taken + 1}"
    assert [name for name in files(tmp_path) if name.startswith(".")] == []


def test_a_place_that_cannot_be_written_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    message = f"cannot make a run directory in {tmp_path}/file: not a directory"
    assert refused(tmp_path / "file", "cnn") == (message, "name another with `--runs-dir`")

    def full(path: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "rename", full)
    assert refused(tmp_path / "runs", "cnn")[0] == f"cannot make a run directory in {tmp_path}/runs: no space left on device"
    assert files(tmp_path / "runs") == []


def test_a_run_is_taken_up_without_what_was_half_written(run: RunDirectory) -> None:
    run.lock.release()
    half = (".123-0123abcd-run.json", "state/.123-0123abcd-epoch-00001.npz")
    for name in (*half, ".other", "run.json", "state/epoch-00001.npz"):
        (run.path / name).touch()
    again = RunDirectory.reopen(run.path)
    assert again.path == run.path
    assert again.epochs == []
    assert files(run.path) == [".other", "run.json", "state", "state/epoch-00001.npz", "state/holder", "state/lock"]
    with pytest.raises(UsageError) as error:
        RunDirectory.reopen(run.path)
    assert re.fullmatch(rf"{run.path} is being written by process {os.getpid()} on \S+", error.value.message)
    assert error.value.help == "wait until that ends, or end it with Ctrl-C"
    again.lock.release()


def test_a_run_without_a_directory_of_states_is_taken_up(tmp_path: Path) -> None:
    again = RunDirectory.reopen(tmp_path)
    assert files(tmp_path) == ["state", "state/holder", "state/lock"]
    again.lock.release()
    (tmp_path / "file").touch()
    with pytest.raises(UsageError) as error:
        RunDirectory.reopen(tmp_path / "file")
    assert error.value.message == f"cannot write {tmp_path}/file: not a directory"
    assert error.value.help == "make it writable, or copy it to a place that is"


def test_a_lock_that_cannot_be_had_leaves_the_run_alone(run: RunDirectory) -> None:
    (run.path / ".123-0123abcd-run.json").touch()
    with pytest.raises(UsageError):
        RunDirectory.reopen(run.path)
    assert (run.path / ".123-0123abcd-run.json").exists(), "another process may be writing it"


def test_files_are_written_whole(run: RunDirectory) -> None:
    run.write("a.txt", "ä\n")
    run.write("b.bin", b"\x00")
    run.write_record(RUN)
    assert (run.path / "a.txt").read_bytes() == "ä\n".encode()
    assert (run.path / "b.bin").read_bytes() == b"\x00"
    assert (run.path / "run.json").read_text(encoding="utf-8") == record_text(RUN) == TEXT


def test_epochs_are_written_a_line_each(run: RunDirectory) -> None:
    run.add_epoch(epoch(1, loss=0.5))
    run.add_epoch(epoch(2, loss=math.nan))
    first = '{"epoch": 1, "seconds": 0.25, "samples": 100, "loss": 0.5}\n'
    second = '{"epoch": 2, "seconds": 0.25, "samples": 100, "loss": null}\n'
    assert (run.path / "metrics.jsonl").read_text() == first + second
    assert [one.epoch for one in run.epochs] == [1, 2]
    run.write_epochs([epoch(1)])
    run.add_epoch(epoch(2))
    lines = [json.loads(line) for line in (run.path / "metrics.jsonl").read_text().splitlines()]
    assert lines == [{"epoch": number, "seconds": 0.25, "samples": 100} for number in (1, 2)]


class Model:
    """Saves itself where a path of the right suffix is given."""

    def save(self, path: str) -> None:
        assert path.endswith(".keras")
        Path(path).write_text("model")


def test_a_state_and_a_model_are_written(run: RunDirectory) -> None:
    run.write_state(State([epoch(1)]))
    assert [path.name for path in state_files(run.path / "state")] == ["epoch-00001.npz"]
    run.save_model(Model(), "last.keras")
    assert (run.path / "last.keras").read_text() == "model"
    assert files(run.path) == ["last.keras", "state", "state/epoch-00001.npz", "state/holder", "state/lock"]


def test_a_copy_shares_its_bytes_where_it_can(run: RunDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    run.write("last.keras", "first")
    run.copy("last.keras", "best.keras")
    assert (run.path / "best.keras").samefile(run.path / "last.keras")
    run.write("last.keras", "second")
    assert (run.path / "best.keras").read_text() == "first"

    def refuse(source: Any, target: Any) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(rundir.os, "link", refuse)
    run.copy("last.keras", "best.keras")
    assert (run.path / "best.keras").read_text() == "second"
    assert not (run.path / "best.keras").samefile(run.path / "last.keras")


WRITERS: dict[str, Callable[[RunDirectory], None]] = {
    "a.txt": lambda run: run.write("a.txt", ""),
    "run.json": lambda run: run.write_record(RUN),
    "metrics.jsonl": lambda run: run.add_epoch(epoch(1)),
    "state": lambda run: run.write_state(State()),
    "last.keras": lambda run: run.save_model(Model(), "last.keras"),
    "best.keras": lambda run: run.copy("last.keras", "best.keras"),
}


@pytest.mark.parametrize("name", WRITERS)
def test_what_cannot_be_written_is_a_diagnostic_that_says_how_to_go_on(
    name: str, run: RunDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run.path / "last.keras").write_text("model")

    def full(source: Any, target: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("layerctl.base.files.os.replace", full)
    with pytest.raises(SpecError) as error:
        WRITERS[name](run)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code.id == "LC670"
    assert diagnostic.message == f"cannot write {run.path / name}: no space left on device"
    assert diagnostic.help == (
        f"make room, or make it writable; then `layerctl train --resume {run.path}` goes on from the last epoch"
    )
    assert (diagnostic.span.source.path, diagnostic.span.start, diagnostic.span.end) == ((run.path / name).as_posix(), 0, 0)
    assert (diagnostic.span.source.text, diagnostic.label) == ("", "")
    assert not list(run.path.rglob(".*"))


def test_a_failure_that_the_system_has_no_words_for(run: RunDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: Any, target: Any) -> None:
        raise OSError("Something ODD")

    monkeypatch.setattr("layerctl.base.files.os.replace", fail)
    with pytest.raises(SpecError, match=r"cannot write .*: something odd"):
        run.write("a.txt", "")


def test_a_record_is_utf8_whatever_it_holds() -> None:
    """Names of files may hold bytes that are no text; Python stands a surrogate for each."""
    record = RUN.model_copy(update={"model": "q\udcff", "outputs": ["ä", "\udc80"], "versions": {"keras": "\udcfe"}, "epochs": 3})
    text = record_text(record)
    assert text.encode()
    found = json.loads(text)
    assert (found["model"], found["versions"], found["epochs"]) == ("q\\udcff", {"keras": "\\udcfe"}, 3)
    assert found["outputs"] == ["ä", "\\udc80"]


def stranger(path: Path, kind: str) -> None:
    """Puts something else in the place of a file or a folder."""
    if kind == "a directory":
        path.mkdir()
    elif kind == "a link":
        path.symlink_to("elsewhere")
    else:
        os.mkfifo(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
@pytest.mark.parametrize("kind", ["a directory", "a link", "something else"])
@pytest.mark.parametrize("name", [*rundir.WRITTEN, "state/epoch-00001.npz"])
def test_what_is_written_later_is_a_file(kind: str, name: str, tmp_path: Path) -> None:
    """A link could lead to any other file."""
    (tmp_path / "state").mkdir()
    stranger(tmp_path / name, kind)
    with pytest.raises(Damaged) as error:
        RunDirectory.reopen(tmp_path)
    assert (error.value.path, error.value.problem) == (tmp_path / name, f"is {kind}, where a file should be")
    assert error.value.diagnostics[0].help == "put a file back from a copy, or remove it"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
@pytest.mark.parametrize("kind", ["a link", "something else"])
@pytest.mark.parametrize("name", ["state", "tensorboard"])
def test_what_is_written_into_is_a_folder(kind: str, name: str, tmp_path: Path) -> None:
    stranger(tmp_path / name, kind)
    with pytest.raises(Damaged) as error:
        RunDirectory.reopen(tmp_path)
    assert (error.value.path, error.value.problem) == (tmp_path / name, "is no directory")
    help = f"remove it, or train anew: `layerctl train {tmp_path.as_posix()}/resolved.yaml`"
    assert error.value.diagnostics[0].help == help


def test_files_and_folders_of_a_run_are_taken_up(tmp_path: Path) -> None:
    for name in ("state", "tensorboard"):
        (tmp_path / name).mkdir()
    for name in (*rundir.WRITTEN, "state/epoch-00001.npz"):
        (tmp_path / name).touch()
    RunDirectory.reopen(tmp_path).lock.release()

"""The lock of a run's directory: held by a living process, free once that ends, even if killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import filelock
import pytest

from layerctl.base import locks
from layerctl.base.locks import HOLDER, Held, Lock, holder

HOLD = """
import sys
from pathlib import Path
from layerctl.base.locks import Held, Lock
sys.stdin.readline()
try:
    lock = Lock(Path(sys.argv[1]))
except Held as error:
    print("refused", error, flush=True)
else:
    print("held", flush=True)
    sys.stdin.readline()
    lock.release()
"""
Process = subprocess.Popen[str]


@contextmanager
def process(folder: Path) -> Iterator[Process]:
    """A process that takes the lock at the first line of its input, and releases it at the second."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.kill()


def send(child: Process) -> None:
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


def answer(child: Process) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def test_a_living_process_is_named(tmp_path: Path) -> None:
    with process(tmp_path) as child:
        send(child)
        assert answer(child) == "held"
        assert str(holder(tmp_path)).startswith(f"process {child.pid} on ")
        with pytest.raises(Held, match=f"^process {child.pid} on "):
            Lock(tmp_path)
        send(child)
        child.wait(timeout=60)
    assert holder(tmp_path) is None
    assert not (tmp_path / HOLDER).exists()


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    with process(tmp_path) as child:
        send(child)
        assert answer(child) == "held"
        child.kill()
        child.wait(timeout=60)
    assert (tmp_path / HOLDER).exists(), "it could not say that it ended"
    assert holder(tmp_path) is None
    lock = Lock(tmp_path)
    assert str(holder(tmp_path)).startswith(f"process {os.getpid()} on ")
    lock.release()


def test_two_processes_cannot_hold_it_at_once(tmp_path: Path) -> None:
    with process(tmp_path) as one, process(tmp_path) as other:
        send(one)
        send(other)
        answers = {one.pid: answer(one), other.pid: answer(other)}
        (winner,) = [pid for pid, answer in answers.items() if answer == "held"]
        (refusal,) = [answer for answer in answers.values() if answer != "held"]
        assert refusal.startswith(f"refused process {winner} on ")


def test_checking_a_lock_disturbs_no_process(tmp_path: Path) -> None:
    Lock(tmp_path).release()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: holder(tmp_path), range(200))) == {None}
    assert holder(tmp_path / "none") is None
    assert list(tmp_path.iterdir()) == [tmp_path / "lock"]


@pytest.mark.parametrize("renames", [True, False])
def test_a_directory_is_renamed_with_its_lock(tmp_path: Path, renames: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "RENAMES_OPEN_FILES", renames)
    (tmp_path / "new" / "state").mkdir(parents=True)
    (tmp_path / "taken" / "state").mkdir(parents=True)
    lock = Lock(tmp_path / "new" / "state")
    with pytest.raises(OSError, match="not empty"):
        lock.rename(tmp_path / "new", tmp_path / "taken")
    assert holder(tmp_path / "new" / "state") is not None
    lock.rename(tmp_path / "new", tmp_path / "run-1")
    assert holder(tmp_path / "run-1" / "state") is not None
    lock.release()
    lock.release()
    assert holder(tmp_path / "run-1" / "state") is None
    assert not (tmp_path / "run-1" / "state" / HOLDER).exists()


def test_where_nothing_can_be_written_the_last_holder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*args: Any, **options: Any) -> None:
        raise PermissionError(13, "Permission denied")

    lock = Lock(tmp_path)
    monkeypatch.setattr(filelock.FileLock, "acquire", denied)
    assert str(holder(tmp_path)).startswith("process ")
    with pytest.raises(OSError, match="Permission denied"):
        Lock(tmp_path)
    lock.release()
    assert holder(tmp_path) is None

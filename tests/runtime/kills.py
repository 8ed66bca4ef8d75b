"""Kills trainings at any moment, and compares the resumed runs."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.base.files import TEMPORARY

ROOT = Path(__file__).parent.parent.parent
SERVER = """
import json, os, sys
import layerctl.runtime.training.train
from layerctl.__main__ import main
from layerctl.runtime.backends import backend
backend.keras()
print("ready", flush=True)
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        sys.argv = ["layerctl", *json.loads(line)]
        main()
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Runs commands in processes of their own, which need not import Keras: it is there when they are forked."""


class Commands:
    """Runs `layerctl` in a folder, each time in a process that can be killed. Its output is in the file `log`."""

    def __init__(self, folder: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
        command = [sys.executable, "-c", SERVER]
        self.server = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.answer()

    def answer(self) -> str:
        assert self.server.stdout is not None
        return self.server.stdout.readline().strip()

    def __call__(self, *arguments: str, when: Iterator[None] | None = None, sent: int = signal.SIGKILL) -> int:
        """The exit status; a negative one is the signal that ended the process.

        Args:
            arguments: of the command.
            when: the process gets a signal when this iterator ends, if it still runs.
            sent: the signal.
        """
        assert self.server.stdin is not None
        self.server.stdin.write(json.dumps(arguments) + "\n")
        self.server.stdin.flush()
        child = int(self.answer())
        handle = os.pidfd_open(child)  # unlike its number, never that of another process
        ended = select.poll()
        ended.register(handle, select.POLLIN)
        for _ in when or ():
            if ended.poll(0):
                break
        else:
            if when is not None:
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(handle, sent)
        os.close(handle)
        return int(self.answer())

    def close(self) -> None:
        self.server.communicate(timeout=60)


def after(seconds: float) -> Iterator[None]:
    """Ends after some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield


def amid_file(folder: Path, number: int) -> Iterator[None]:
    """Ends while a temporary file exists somewhere in a folder: at the `number`-th that is seen.

    Most exist for an instant only.
    """
    seen: set[str] = set()
    while len(seen) < number:
        for root, folders, files in os.walk(folder):
            seen |= {os.path.join(root, name) for name in (*folders, *files) if TEMPORARY.match(name)}
        yield


def until_done(commands: Commands, run: Path, train: Sequence[str], moments: Iterable[Iterator[None]]) -> int:
    """Trains, kills the process at each moment and resumes the run each time; then lets it finish.

    Args:
        commands: runs the commands.
        run: the path that the run will have.
        train: the arguments of the first command.
        moments: when to kill a process.

    Returns:
        The number of processes that were killed before they had finished.
    """
    killed = 0
    for moment in (*moments, None):
        arguments = ["train", "--resume", str(run)] if run.exists() else train
        status = commands(*arguments, when=moment)
        assert status == 0 or (moment is not None and status == -signal.SIGKILL), status
        killed += status != 0
    return killed


def differences(a: Path, b: Path) -> list[str]:
    """The differences of two runs that should be equal: in final states, metrics of all epochs, `run.json`, models."""
    from layerctl.runtime.training.state import read, state_files

    states = [read(state_files(run / "state")[0]) for run in (a, b)]
    names = states[0].arrays.keys() | states[1].arrays.keys()
    problems = [f"{name} differs" for name in sorted(names) if len({_bytes(state.arrays.get(name)) for state in states}) > 1]
    for what, of in (("stopping", states), ("stopped", states)):
        if getattr(of[0], what) != getattr(of[1], what):
            problems.append(f"{what} differs")
    lines = [(run / "metrics.jsonl").read_text().splitlines() for run in (a, b)]
    if [_figures(line) for line in lines[0]] != [_figures(line) for line in lines[1]]:
        problems.append("metrics.jsonl differs")
    records = [json.loads((run / "run.json").read_text()) for run in (a, b)]
    problems += [f"{key} differs" for key in ("status", "epochs", "metrics", "best") if records[0][key] != records[1][key]]
    for name in ("last.keras", "best.keras", "model.keras"):
        if len({_weights(run / name) for run in (a, b)}) > 1:
            problems.append(f"{name} differs")
    left = [entry.name for run in (a, b) for entry in run.rglob(".*")]
    return problems + [f"{name} was left behind" for name in left]


def _bytes(array: np.ndarray[Any, Any] | None) -> bytes:
    return b"" if array is None else array.dtype.str.encode() + array.tobytes()


def _figures(line: str) -> dict[str, Any]:
    return {key: value for key, value in json.loads(line).items() if key != "seconds"}


def _weights(path: Path) -> bytes:
    import keras

    return b"".join(array.tobytes() for array in keras.models.load_model(path).get_weights())

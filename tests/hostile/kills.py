"""Whether a signal or a full disk at any moment damages something: `make test-kills`, or `python -m tests.hostile.kills`.

Trains, compares, converts and saves once undisturbed. Then it does so `--kills` times and sends a signal each time (SIGKILL,
SIGTERM, SIGINT, SIGHUP), at a random moment or while a file is written; and `--moments` times on a small disk, which is full at
another moment each time. After that every file must be whole; after a signal other than SIGKILL no temporary file may be left,
and the exit status is 128 plus its number. The same work done to its end must then have the very result of the undisturbed one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from layerctl.base.files import TEMPORARY
from tests.runtime.kills import Commands, after, amid_file, differences

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGINT, signal.SIGHUP)
SPEC = """
inputs: {image: [8, 8, 1]}
layers:
  - Conv2D: {filters: 4, kernel_size: 3}
  - BatchNormalization
  - Flatten
  - Dense: {units: 16, activation: relu}
  - Dropout: 0.5
  - Dense: {units: 10, activation: softmax}
train:
  data: digits
  limit: 300
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
  epochs: EPOCHS
  validation_split: 0.2
"""
SAID = re.compile(r"(interrupted|ended by SIG\w+)(;.*)?")
LOSSES = ("no space left on device", "file too large", "out of space")


class Work(NamedTuple):
    """One kind of work, done in a folder of its own.

    Attributes:
        arguments: of the command, for that folder.
        again: the arguments that do the rest, where they are others.
        differs: the differences of two folders with finished work.
    """

    arguments: Callable[[Path], list[str]]
    differs: Callable[[Path, Path], list[str]]
    again: Callable[[Path], list[str]] | None = None


def train(folder: Path) -> list[str]:
    return ["train", "long", "--runs-dir", str(folder), "--name", "run"]


def resume(folder: Path) -> list[str]:
    return ["train", "--resume", str(folder / "run-1")] if (folder / "run-1").exists() else train(folder)


def compare(folder: Path) -> list[str]:
    return ["compare", "short", "short@vars.width=8", "--seeds", "2", "--runs-dir", str(folder)]


def convert(folder: Path) -> list[str]:
    return ["convert", "runs/source-1", "--to", "conv2d", "-o", str(folder / "out.keras")]


def build(folder: Path) -> list[str]:
    return ["build", "long", "--seed", "0", "-o", str(folder / "out.keras")]


def runs_differ(a: Path, b: Path) -> list[str]:
    return differences(a / "run-1", b / "run-1")


def trials_differ(a: Path, b: Path) -> list[str]:
    trials = [sorted(path.parent.name for path in folder.glob("compare/*/trial.json")) for folder in (a, b)]
    if trials[0] != trials[1]:
        return ["other trials"]
    return [name for name in trials[0] if len({_trial(folder / "compare" / name) for folder in (a, b)}) > 1]


def _trial(folder: Path) -> str:
    trial = json.loads((folder / "trial.json").read_text())
    epochs = [{key: value for key, value in epoch.items() if key != "seconds"} for epoch in trial["epochs"]]
    return json.dumps([trial["metrics"], epochs, (folder / "samples.json").read_text(), _arrays(folder / "model.weights.h5")])


def _arrays(path: Path) -> list[str]:
    import h5py

    arrays: list[str] = []
    with h5py.File(path) as file:
        file.visititems(
            lambda name, item: arrays.append(f"{name} {item[()].tobytes().hex()}") if hasattr(item, "shape") else None
        )
    return arrays


def models_differ(a: Path, b: Path) -> list[str]:
    import keras

    weights = [[array.tobytes() for array in keras.models.load_model(folder / "out.keras").get_weights()] for folder in (a, b)]
    texts = [(folder / "out.yaml").read_text() if (folder / "out.yaml").exists() else "" for folder in (a, b)]
    return ["weights differ"] * (weights[0] != weights[1]) + ["specs differ"] * (texts[0] != texts[1])


WORK = {
    "train": Work(train, runs_differ, resume),
    "compare": Work(compare, trials_differ),
    "convert": Work(convert, models_differ),
    "build": Work(build, models_differ),
}
DRAWN = ("train", "compare", "train", "convert", "train", "build", "train")
"""Most can go wrong in a training."""


def damaged(folder: Path) -> list[str]:
    """The files that are not whole; temporary ones aside."""
    files = [path for path in folder.rglob("*") if path.is_file() and not any(TEMPORARY.match(part) for part in path.parts)]
    return [f"{path.relative_to(folder)} is damaged: {error}" for path in files if (error := _damage(path)) is not None]


def _damage(path: Path) -> Exception | None:
    try:
        if path.suffix == ".json":
            json.loads(path.read_text())
        elif path.suffix == ".jsonl":
            [json.loads(line) for line in path.read_text().splitlines()]
        elif path.suffix == ".keras":
            zipfile.ZipFile(path).testzip()
        elif path.suffix == ".npz":
            from layerctl.runtime.training.state import read

            read(path)
        elif path.suffix == ".h5":
            _arrays(path)
        elif path.suffix == ".png":
            import PIL.Image

            PIL.Image.open(path).verify()
        elif path.suffix == ".yaml":
            from layerctl.compiler.pipeline import compile_bytes

            assert compile_bytes(str(path), path.read_bytes()).ok
    except Exception as error:
        return error
    return None


def strays(folder: Path) -> list[str]:
    """Temporary files, and locks that say that a process holds them."""
    paths = [path for path in folder.rglob("*") if TEMPORARY.match(path.name) or path.name == "holder"]
    return [f"{path.relative_to(folder)} is left behind" for path in paths]


class Trial:
    """A place where work is done again and again, each time compared with what was done undisturbed."""

    def __init__(self, folder: Path, commands: Commands) -> None:
        self.folder = folder
        self.commands = commands
        self.seconds: dict[str, float] = {}
        self.failed = 0
        for name, work in WORK.items():
            begun = time.monotonic()
            assert self._do(work.arguments(self._new("whole", name))) == 0, self._said()
            self.seconds[name] = time.monotonic() - begun
            print(f"{name} takes {self.seconds[name]:.1f} s", flush=True)

    def _new(self, kind: str, name: str) -> Path:
        folder = self.folder / kind / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def _do(self, arguments: Sequence[str], when: Iterator[None] | None = None, sent: int = signal.SIGKILL) -> int:
        (self.folder / "log").write_text("")
        return self.commands(*arguments, when=when, sent=sent)

    def _said(self) -> str:
        return (self.folder / "log").read_text()

    def finished(self, name: str, folder: Path) -> list[str]:
        """Does the rest of the work: what is wrong with its end, or differs from the undisturbed one."""
        work = WORK[name]
        status = self._do((work.again or work.arguments)(folder))
        if status != 0:
            return [f"going on ends with status {status}: {self._said()[-300:]}"]
        return work.differs(self.folder / "whole" / name, folder) + strays(folder)

    def kill(self, name: str, sent: signal.Signals, draw: random.Random) -> str:
        """Sends a signal to the work, and does the rest: what happened."""
        folder = self._new("killed", name)
        seconds = draw.uniform(0, self.seconds[name])
        number = draw.randint(1, {"train": 35, "compare": 4}.get(name, 1))
        amid = draw.random() < 0.5
        status = self._do(WORK[name].arguments(folder), amid_file(folder, number) if amid else after(seconds), sent)
        moment = f"while temporary file {number} is written" if amid else f"after {seconds:.2f} s"
        problems = damaged(folder)
        if sent != signal.SIGKILL:
            problems += strays(folder)
        if status == 0:
            return self.report(f"{name}, {sent.name} {moment}: it was faster", problems)
        if status != (-sent if sent == signal.SIGKILL else 128 + sent):
            problems.append(f"status {status}: {self._said()[-300:]}")
        lines = [line for line in self._said().splitlines() if SAID.fullmatch(line)]
        if "Traceback" in self._said() or (sent != signal.SIGKILL and len(lines) != 1):
            problems.append(f"it says {self._said()[-300:]}")
        problems += self._status(folder, sent)
        return self.report(f"{name}, {sent.name} {moment}", problems + self.finished(name, folder))

    def _status(self, folder: Path, sent: int) -> list[str]:
        from layerctl.runs.stored import load

        run = folder / "run-1"
        status = load(run).status if run.exists() else "interrupted"
        return [] if status in ("interrupted", "finished") else [f"the run is {status}"]

    def fill(self, name: str, share: float, disk: Disk) -> str:
        """Does the work on a disk that becomes full, and the rest with room: what happened."""
        folder = disk.made(self._size(name), share)
        try:
            status = self._do(WORK[name].arguments(folder))
            said = self._said()
            problems = damaged(folder)
            left = [path for path in strays(folder) if "holder" not in path]
            if status not in (0, 1) or "Traceback" in said or "bug in layerctl" in said:
                problems.append(f"status {status}: {said[-500:]}")
            elif status == 1 and not any(words in said.lower() for words in LOSSES):
                problems.append(f"it does not say why: {said[-500:]}")
            disk.empty()
            what = f"{name}, a disk of {share:.0%} of what it writes: status {status}"
            return self.report(what, problems + left + self.finished(name, folder))
        finally:
            disk.close()

    def _size(self, name: str) -> int:
        return sum(path.stat().st_size for path in (self.folder / "whole" / name).rglob("*") if path.is_file())

    def report(self, what: str, problems: list[str]) -> str:
        self.failed += bool(problems)
        return f"{what}: {'; '.join(problems) or 'exact'}"


class Disk:
    """A disk with little room: a tmpfs, or files whose size is limited."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.mounts = self._mount(4096)
        if self.mounts:
            self.close()

    def _mount(self, size: int, *options: str) -> bool:
        mount = ["mount", "-t", "tmpfs", "-o", ",".join((*options, f"size={size}")), "layerctl-test", str(self.folder)]
        return subprocess.run(mount, capture_output=True, check=False).returncode == 0

    def made(self, size: int, share: float) -> Path:
        """The folder, on a disk for this share of so many bytes."""
        assert self._mount(max(4096, int(size * share) // 4096 * 4096))
        return self.folder

    def empty(self) -> None:
        """Makes room."""
        assert self._mount(1 << 28, "remount")

    def close(self) -> None:
        subprocess.run(["umount", str(self.folder)], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--moments", type=int, default=20, help="of a full disk")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    options = parser.parse_args()
    draw = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "long.yaml").write_text(SPEC.replace("EPOCHS", "8"))
        short = SPEC.replace("EPOCHS", "2").replace("units: 16", "units: $width")
        (folder / "short.yaml").write_text("vars: {width: 16}\n" + short)
        commands = Commands(folder)
        assert commands("train", "short", "--name", "source") == 0, (folder / "log").read_text()
        trial = Trial(folder, commands)
        for number in range(options.kills):
            what = trial.kill(DRAWN[number % len(DRAWN)], SIGNALS[number % len(SIGNALS)], draw)
            print(f"kill {number + 1}: {what}", flush=True)
        disk = Disk(folder / "disk")
        if not disk.mounts:
            print("a small disk cannot be made here: run this as root, or where `unshare -Urm` may mount")
        for number in range(options.moments if disk.mounts else 0):
            name = DRAWN[number % len(DRAWN)]
            share = number / options.moments if name == "train" else draw.uniform(0, 1)
            print(f"full disk {number + 1}: {trial.fill(name, share, disk)}", flush=True)
        commands.close()
    print(f"{options.kills} kills, {options.moments if disk.mounts else 0} full disks: {trial.failed} went wrong")
    raise SystemExit(trial.failed > 0 or not disk.mounts)


if __name__ == "__main__":
    if os.environ.get("LAYERCTL_TEST_UNSHARED") is None and shutil.which("unshare"):
        again = [sys.executable, "-m", "tests.hostile.kills", *sys.argv[1:]]
        with suppress(OSError):
            if subprocess.run(["unshare", "-Urm", "true"], capture_output=True, check=False).returncode == 0:
                os.environ["LAYERCTL_TEST_UNSHARED"] = "1"
                os.execvp("unshare", ["unshare", "-Urm", *again])
    main()

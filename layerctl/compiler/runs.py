"""Runs as they lie on disk, read without a framework: what the command `runs`, `train --resume` and Python users call."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from layerctl.base.locks import holder
from layerctl.diagnostics import did_you_mean
from layerctl.diagnostics.errors import UsageError

RECORD, LINES, STATE = "run.json", "metrics.jsonl", "state"
UNFINISHED = ("interrupted", "failed")
HOPELESS = "LC656"
"""The code of a loss that is no longer a number: whoever goes on from the same state comes to the same end."""


class StoredRun(NamedTuple):
    """A run directory.

    Attributes:
        path: of the directory.
        record: the content of its `run.json`; empty where that cannot be read.
        problem: why it cannot be read, or None.
    """

    path: Path
    record: dict[str, Any]
    problem: str | None = None

    @property
    def status(self) -> str:
        """As the record says; a run that says it is running, but that no process writes, was killed: it is interrupted."""
        if self.problem is not None:
            return "broken"
        status = str(self.record["status"])
        return "interrupted" if status == "running" and holder(self.path / STATE) is None else status

    def lines(self) -> list[dict[str, Any]]:
        """The epochs, as in `metrics.jsonl`; none where there is no such file, and only the whole ones where it is damaged."""
        try:
            text = (self.path / LINES).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return []
        return [found for line in text.splitlines() if (found := _mapping(line)) is not None]

    def is_of(self, spec: str) -> bool:
        """Whether it is a run of a spec, given by its path or name, or by the name of the run."""
        if spec in (self.record.get("model"), self.path.name, self.path.name.rpartition("-")[0]):
            return True
        own = str(self.record.get("spec", ""))
        bare = PurePath(spec).parts
        return os.path.normpath(spec) == os.path.normpath(own) or PurePath(os.path.splitext(own)[0]).parts[-len(bare) :] == bare

    def resumable(self, epochs: int | None) -> dict[str, Any]:
        """The record of a run that training can go on with.

        Args:
            epochs: how many there are to be in all, or None for as many as were planned.

        Raises:
            UsageError: it cannot.
        """
        anew = f"train anew: `layerctl train {self.path}/resolved.yaml`"
        if self.problem is not None:
            raise UsageError(f"{self.path} cannot be resumed: {self.problem}", anew)
        if self.status == "running":
            raise UsageError(f"{self.path} is being written by {holder(self.path / STATE)}", "wait until that ends")
        if self.record.get("code") == HOPELESS:
            message = f"{self.path} failed ({self.record.get('error')}), and would again: the same steps lead to the same end"
            raise UsageError(message, f"{anew} with a change, such as `--learning-rate 1e-4`")
        done = self.record["epochs"]
        if epochs is not None and epochs < done:
            raise UsageError(f"{self.path} has {done} epochs already; it cannot have {epochs}", f"give more than {done}")
        return self.record


def load(path: Path) -> StoredRun:
    """The run in a directory; whatever is wrong with it is said in `problem`."""
    try:
        record = _mapping((path / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "is not UTF-8 text").lower()
        return StoredRun(path, {}, f"{RECORD}: {reason}")
    if record is None:
        return StoredRun(path, {}, f"{RECORD} holds no JSON object")
    if record.get("version") != 1 or not isinstance(record.get("status"), str):
        return StoredRun(path, {}, f"{RECORD} is not one that this version of layerctl reads")
    for key, kind in FORM.items():
        if not isinstance(record.get(key), kind):
            return StoredRun(path, {}, f"{RECORD} does not say `{key}` as it should")
    return StoredRun(path, record)


FORM: dict[str, type] = {
    "model": str,
    "epochs": int,
    "epochs_planned": int,
    "data": dict,
    "metrics": dict,
    "times": dict,
    "versions": dict,
}
"""What a record must hold to be shown, and of what kind."""


def listed(runs_dir: str | os.PathLike[str] = "runs", *, status: str | None = None, model: str | None = None) -> list[StoredRun]:
    """The runs in a directory, the newest first; those that are broken last.

    Args:
        runs_dir: the directory that holds run directories; one that does not exist holds none.
        status: only those of this status.
        model: only those of this model, by its name, the spec's path, or the name of the run.

    Raises:
        UsageError: there is a file of that name.
    """
    folder = Path(runs_dir)
    if folder.is_file():
        raise UsageError(f"{folder} is a file", "name the directory that holds the runs: `--runs-dir`")
    paths = [path for path in folder.iterdir() if (path / RECORD).is_file()] if folder.is_dir() else []
    found = sorted((load(path) for path in paths), key=_age, reverse=True)
    return [run for run in found if status in (None, run.status) and (model is None or run.is_of(model))]


def find(run: str | os.PathLike[str], runs_dir: str | os.PathLike[str] = "runs") -> StoredRun:
    """The run that a command names: a path, or a name in `runs_dir`; a name without its number is the latest of that name.

    Raises:
        UsageError: there is none.
    """
    if (path := located(run, runs_dir)) is not None:
        return load(path)
    if Path(run).is_dir():
        raise UsageError(f"{run} is no run: it holds no {RECORD}", "name a directory that `layerctl train` made")
    names = [stored.path.name for stored in listed(runs_dir)]
    numbered = [name for name in names if re.fullmatch(re.escape(os.fspath(run)) + r"-[0-9]{1,9}", name)]
    if numbered:
        return load(Path(runs_dir, max(numbered, key=lambda name: int(name.rpartition("-")[2]))))
    raise UsageError(f"there is no run `{run}` in {os.fspath(runs_dir)}", _suggestion(os.fspath(run), names))


def located(run: str | os.PathLike[str], runs_dir: str | os.PathLike[str] = "runs") -> Path | None:
    """The directory of a run, by its path or by its name in `runs_dir`; None where that is none."""
    return next((path for path in (Path(run), Path(runs_dir, run)) if (path / RECORD).is_file()), None)


def unfinished(runs_dir: str | os.PathLike[str] = "runs", spec: str | None = None) -> StoredRun:
    """The latest run that could go on; where there is none, the latest that is finished.

    Raises:
        UsageError: there is none at all.
    """
    found = [run for run in listed(runs_dir) if spec is None or run.is_of(spec)]
    going = [run for run in found if run.status in UNFINISHED and run.record.get("code") != HOPELESS]
    others = [run for run in found if run.problem is None]
    if going or others:
        return (going or others)[0]
    of = f" of `{spec}`" if spec is not None else ""
    names = {run.record["model"] for run in listed(runs_dir) if run.problem is None}
    help = _suggestion(spec, names) if spec is not None and names else "train first, or say with `--runs-dir` where to look"
    raise UsageError(f"there is no run{of} to resume in {os.fspath(runs_dir)}", help)


def _suggestion(name: str, names: Iterable[str]) -> str:
    names = list(names)
    near = did_you_mean(name, names)
    if near is not None:
        return f"did you mean `{near}`?"
    return f"there are {', '.join(names[:12])}{', …' if len(names) > 12 else ''}" if names else "`--runs-dir` says where to look"


def _age(run: StoredRun) -> tuple[str, float]:
    try:
        changed = (run.path / RECORD).stat().st_mtime
    except OSError:
        changed = 0.0
    return str(run.record.get("times", {}).get("started", "")), changed


def _mapping(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None

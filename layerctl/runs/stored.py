"""Reads runs from disk without a framework, for the command `runs`, `train --resume` and Python users."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import NamedTuple

from layerctl.base.files import TEMPORARY
from layerctl.base.locks import holder
from layerctl.diagnostics.errors import UsageError
from layerctl.diagnostics.spelling import did_you_mean
from layerctl.runs.reading import RECORDS, Damaged, anew, parsed, whole
from layerctl.runs.record import Epoch, RunRecord

RECORD, LINES, STATE = "run.json", "metrics.jsonl", "state"
RESOLVED, PREPROCESSING = "resolved.yaml", "preprocessing.json"
MARKS = (RECORD, RESOLVED, PREPROCESSING)
"""A directory with one of these is that of a run, even if others are lost."""
UNFINISHED = ("interrupted", "failed")
BROKEN = "broken"
"""The status shown for a run whose record cannot be read."""
HOPELESS = "LC656"
"""The code of a loss that became NaN or infinite: resumed from the same state, training would fail again."""


class StoredRun(NamedTuple):
    """The directory of a run whose `run.json` can be read."""

    path: Path
    record: RunRecord

    @property
    def status(self) -> str:
        """The status in the record; but a run that is `running` without a process that writes it was killed: `interrupted`."""
        if self.record.status == "running" and holder(self.path / STATE) is None:
            return "interrupted"
        return self.record.status

    def is_of(self, spec: str) -> bool:
        """Whether this is a run of a spec, named by the spec's path or name, or by the run's name."""
        if spec in (self.record.model, self.path.name, self.path.name.rpartition("-")[0]):
            return True
        path = self.record.spec
        bare = PurePath(spec).parts
        return os.path.normpath(spec) == os.path.normpath(path) or PurePath(os.path.splitext(path)[0]).parts[-len(bare) :] == bare


class Curves(NamedTuple):
    """The epochs in a run's `metrics.jsonl`, and what is wrong with that file; damaged lines are left out."""

    epochs: list[Epoch]
    damage: Damaged | None = None


def curves(path: Path, expected: int = 0) -> Curves:
    """The epochs of a run; `expected` is how many it has finished."""
    file = path / LINES
    if not expected and not os.path.lexists(file):
        return Curves([])
    help = f"its curves are lost, unless {LINES} is put back from a copy; no other command reads it"
    try:
        lines = whole(file, help).splitlines()
    except Damaged as damage:
        return Curves([], damage)
    found = [Epoch.from_json(line) for line in lines]
    epochs = [epoch for epoch in found if epoch is not None]
    if len(epochs) == len(found):
        return Curves(epochs)
    return Curves(epochs, Damaged(file, f"is damaged: line {found.index(None) + 1} is no epoch", help))


def epochs(path: Path) -> list[Epoch]:
    """The epochs in a run's `metrics.jsonl`, without damaged lines; none where there is no such file."""
    return curves(path).epochs


class BrokenRun(NamedTuple):
    """The directory of a run whose `run.json` cannot be read, and the reason."""

    path: Path
    problem: str
    damage: Damaged


def load(path: Path) -> StoredRun | BrokenRun:
    """The run in a directory."""
    try:
        return StoredRun(path, parsed(path / RECORD, RunRecord, anew(path), RECORDS))
    except Damaged as damage:
        return BrokenRun(path, f"{RECORD} {damage.problem}", damage)


def listed(
    runs_dir: str | os.PathLike[str] = "runs", *, status: str | None = None, model: str | None = None
) -> list[StoredRun | BrokenRun]:
    """The runs in a directory, the newest first, broken ones last.

    Args:
        runs_dir: the directory of run directories; no runs where it does not exist.
        status: only runs with this status.
        model: only runs of this model, by its name, the spec's path, or the run's name.

    Raises:
        UsageError: `runs_dir` is no directory, or cannot be read.
    """
    folder = os.fspath(runs_dir)
    help = "name the directory that holds the runs: `--runs-dir`"
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise UsageError(f"{folder} is a file", help)
    try:
        names = os.listdir(folder) if os.path.isdir(folder) else []
    except OSError as error:
        raise UsageError(f"cannot read {folder}: {(error.strerror or str(error)).lower()}", help) from None
    paths = [Path(folder, name) for name in names if not TEMPORARY.match(name) and _is_run(os.path.join(folder, name))]
    runs = sorted(map(load, paths), key=_age, reverse=True)
    return [run for run in runs if _matches(run, status, model)]


def _matches(run: StoredRun | BrokenRun, status: str | None, model: str | None) -> bool:
    if isinstance(run, BrokenRun):
        return status in (None, BROKEN) and (model is None or model in (run.path.name, run.path.name.rpartition("-")[0]))
    return status in (None, run.status) and (model is None or run.is_of(model))


def find(run: str | os.PathLike[str], runs_dir: str | os.PathLike[str] = "runs") -> StoredRun:
    """The run that a command names; arguments as for `named`.

    Raises:
        UsageError: there is none.
        Damaged: its record cannot be read.
    """
    stored = named(run, runs_dir)
    if isinstance(stored, BrokenRun):
        raise stored.damage
    return stored


def named(run: str | os.PathLike[str], runs_dir: str | os.PathLike[str] = "runs") -> StoredRun | BrokenRun:
    """The run of a path, or of a name in `runs_dir`; a name without a number stands for the latest run of that name.

    Raises:
        UsageError: there is none.
    """
    if (path := located(run, runs_dir)) is not None:
        return load(path)
    if os.path.isdir(run):
        raise UsageError(f"{run} is no run: it holds no {RECORD}", "name a directory that `layerctl train` made")
    names = [stored.path.name for stored in listed(runs_dir)]
    numbered = [name for name in names if re.fullmatch(re.escape(os.fspath(run)) + r"-[0-9]{1,9}", name)]
    if numbered:
        return load(Path(runs_dir, max(numbered, key=lambda name: int(name.rpartition("-")[2]))))
    raise UsageError(f"there is no run `{run}` in {os.fspath(runs_dir)}", _suggestion(os.fspath(run), names))


def located(run: str | os.PathLike[str], runs_dir: str | os.PathLike[str] = "runs") -> Path | None:
    """The directory of a run, by its path or by its name in `runs_dir`; None where there is none."""
    return next((path for path in (Path(run), Path(runs_dir, run)) if _is_run(os.fspath(path))), None)


def _is_run(path: str) -> bool:
    return any(os.path.lexists(os.path.join(path, name)) for name in MARKS)


def resumable(
    run: str | os.PathLike[str] | None,
    runs_dir: str | os.PathLike[str] = "runs",
    spec: str | None = None,
    epochs: int | None = None,
) -> StoredRun:
    """The run to resume.

    Args:
        run: as for `named`; None for the latest unfinished run.
        runs_dir: the directory of run directories.
        spec: without `run`, only runs of this spec.
        epochs: the total number of epochs; None for the planned number.

    Raises:
        UsageError: there is none, or it cannot be resumed.
        Damaged: its record cannot be read.
    """
    stored = named(run, runs_dir) if run is not None else unfinished(runs_dir, spec)
    if isinstance(stored, BrokenRun):
        raise stored.damage
    if stored.status == "running":
        raise UsageError(f"{stored.path} is being written by {holder(stored.path / STATE)}", "wait until that ends")
    if stored.record.code == HOPELESS:
        message = f"{stored.path} failed ({stored.record.error}), and would again: the same steps lead to the same end"
        raise UsageError(message, f"{anew(stored.path)} with a change, such as `--learning-rate 1e-4`")
    done = stored.record.epochs
    if epochs is not None and epochs < done:
        raise UsageError(f"{stored.path} has {done} epochs already; it cannot have {epochs}", f"give more than {done}")
    return stored


def unfinished(runs_dir: str | os.PathLike[str] = "runs", spec: str | None = None) -> StoredRun:
    """The latest run that can be resumed; where there is none, the latest run.

    Raises:
        UsageError: there are no runs.
    """
    readable = [run for run in listed(runs_dir) if isinstance(run, StoredRun)]
    of_spec = [run for run in readable if spec is None or run.is_of(spec)]
    candidates = [run for run in of_spec if run.status in UNFINISHED and run.record.code != HOPELESS]
    if of_spec:
        return (candidates or of_spec)[0]
    of = f" of `{spec}`" if spec is not None else ""
    names = {run.record.model for run in readable}
    help = _suggestion(spec, names) if spec is not None and names else "train first, or say with `--runs-dir` where to look"
    raise UsageError(f"there is no run{of} to resume in {os.fspath(runs_dir)}", help)


def _suggestion(name: str, names: Iterable[str]) -> str:
    names = list(names)
    near = did_you_mean(name, names)
    if near is not None:
        return f"did you mean `{near}`?"
    return f"there are {', '.join(names[:12])}{', …' if len(names) > 12 else ''}" if names else "`--runs-dir` says where to look"


def _age(run: StoredRun | BrokenRun) -> tuple[str, float]:
    try:
        changed = os.stat(run.path / RECORD).st_mtime
    except OSError:
        changed = 0.0
    return (run.record.times.started or "") if isinstance(run, StoredRun) else "", changed

"""The argument of `trace` and `convert`: a spec, or a run with its trained weights."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from layerctl.analysis.costs import summarize
from layerctl.compiler.accepted import SpecLike, accepted
from layerctl.compiler.configuration import settings
from layerctl.compiler.pipeline import Accepted, Compiled, compile_bytes
from layerctl.diagnostics.errors import UsageError
from layerctl.runs.reading import Damaged, anew, whole
from layerctl.runs.stored import RESOLVED, StoredRun, load, located

WEIGHTS = "model.keras"


class Subject(NamedTuple):
    """A spec, and for a run its trained weights.

    Attributes:
        compiled: the spec.
        weights: the saved model of a run; None for a spec, whose weights are fresh.
    """

    compiled: Accepted
    weights: Path | None = None


def subject(named: SpecLike, *, overrides: Iterable[str] = ()) -> Subject:
    """The named spec or run.

    Args:
        named: a spec as for `check`, a result of `check`, the directory of a run, or its name in `runs/`.
        overrides: `KEY=VALUE` texts, as for `--set`; for a run only of the section `train`.

    Raises:
        SpecError: the spec has errors.
        Damaged: the run has no saved model, or has lost its spec.
        UsageError: there is no such spec or run.
    """
    folder = None if isinstance(named, Compiled | Accepted) else run_folder(os.fspath(named))
    if folder is None:
        return Subject(accepted(named, overrides=overrides))
    if any(not text.startswith("train.") for text in overrides):
        raise UsageError("a run's model is as it was trained; `--set` can change `train` alone", "name the spec instead")
    weights = folder / WEIGHTS
    if not os.path.lexists(weights):
        raise Damaged(weights, "is not there: the run has left no model", f"`layerctl train --resume {folder}` trains to the end")
    return Subject(expanded(folder, overrides=overrides), weights)


def expanded(folder: Path, *, overrides: Iterable[str] = ()) -> Accepted:
    """The expanded spec that a run keeps, `resolved.yaml`.

    Raises:
        SpecError: it has errors.
        Damaged: it cannot be read.
    """
    path = folder / RESOLVED
    help = anew(folder, "spec.yaml")
    compiled = compile_bytes(path.as_posix(), whole(path, help), overrides=tuple(overrides), settings=settings()).accepted()
    totals, stored = summarize(compiled.model).totals, load(folder)
    trained = stored.record.params if isinstance(stored, StoredRun) and not totals.unknown_layers else None
    if trained not in (None, totals.params):
        raise Damaged(path, f"describes a model of {totals.params:,} parameters; the run has trained {trained:,}", help)
    return compiled


def run_folder(name: str) -> Path | None:
    """The directory of a run, by its path or by its name in `runs/`; None where there is none."""
    return located(name) if name else None

"""The argument of `trace` and `convert`: a spec, or a run with its trained weights."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from layerctl.compiler.accepted import SpecLike, accepted
from layerctl.compiler.configuration import settings
from layerctl.compiler.locate import read
from layerctl.compiler.pipeline import Accepted, Compiled, compile_bytes
from layerctl.diagnostics.errors import UsageError
from layerctl.runs.stored import located

RESOLVED, WEIGHTS = "resolved.yaml", "model.keras"


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
        UsageError: there is no such spec or run, or the run has no saved model.
    """
    folder = None if isinstance(named, Compiled | Accepted) else run_folder(os.fspath(named))
    if folder is None:
        return Subject(accepted(named, overrides=overrides))
    if any(not text.startswith("train.") for text in overrides):
        raise UsageError("a run's model is as it was trained; `--set` can change `train` alone", "name the spec instead")
    weights = folder / WEIGHTS
    if not weights.is_file():
        raise UsageError(f"{folder} has left no model: there is no {WEIGHTS}", "train it to its end")
    file = read(folder / RESOLVED)
    return Subject(accepted(compile_bytes(file.path, file.data, overrides=tuple(overrides), settings=settings())), weights)


def run_folder(name: str) -> Path | None:
    """The directory of a run, by its path or by its name in `runs/`; None where there is none."""
    folder = located(name) if name else None
    return folder if folder is not None and (folder / RESOLVED).is_file() else None

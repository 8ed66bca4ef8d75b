"""The requirements that an accepted spec puts on the data, and places in it."""

from __future__ import annotations

import os

from layerctl.analysis.data import wanted as static
from layerctl.base.source import Span
from layerctl.compiler.pipeline import Accepted
from layerctl.language.spec.train import Train


def wanted(compiled: Accepted, train: Train, *, data_dir: str | os.PathLike[str] | None = None, seed: int = 0) -> static.Wanted:
    """The requirements of a spec's model; arguments as for `requirements`."""
    return static.requirements(compiled.model, compiled.root, compiled.path, train, data_dir=data_dir, seed=seed)


def place(compiled: Accepted, *keys: str) -> Span:
    """The place of a value in the spec, given by its keys."""
    return static.place(compiled.root, *keys)

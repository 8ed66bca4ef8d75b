"""A run's model with its weights and its preprocessing, as `evaluate`, `predict` and others use it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layerctl.analysis.data.wanted import Wanted
from layerctl.catalog.datasets import _formats, find
from layerctl.compiler.pipeline import Accepted
from layerctl.compiler.subjects import expanded
from layerctl.compiler.trainable import named_as, trainable
from layerctl.language.other_data import OF_FILES
from layerctl.language.spec.callbacks import CALLBACKS
from layerctl.language.spec.train import Train
from layerctl.language.syntax import quoted
from layerctl.runs.fitting import misfit
from layerctl.runs.preprocessing import Preprocessing, read
from layerctl.runs.reading import Damaged, anew
from layerctl.runs.record import RunRecord
from layerctl.runs.stored import PREPROCESSING, StoredRun
from layerctl.runtime.data._wanted import wanted
from layerctl.runtime.models.saved import load_weights
from layerctl.runtime.models.verified import verified
from layerctl.runtime.training.rundir import BEST, LAST, MODEL

FILES = {"model": MODEL, "last": LAST, "best": BEST}


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained run.

    Attributes:
        path: its directory.
        record: the content of its `run.json`.
        compiled: its spec, with everything expanded.
        train: the section `train`.
        fitted: its preprocessing.
    """

    path: Path
    record: RunRecord
    compiled: Accepted
    train: Train
    fitted: Preprocessing

    @classmethod
    def read(cls, stored: StoredRun, data: str | None = None) -> Trained:
        """Reads a run.

        Args:
            stored: the run.
            data: the name or path of other data, in place of the run's own.

        Raises:
            SpecError: the data do not fit the model.
            Damaged: a file of the run is missing or damaged.
        """
        path, record = stored
        fitted = read(path / PREPROCESSING, anew(path))
        compiled = expanded(path)
        if data is not None:
            section = other_data(data, fitted)
            if isinstance(target := section.get("target"), dict):
                now = [output.name for output in compiled.model.graph.outputs]
                new = dict(zip(record.outputs or now, now, strict=False))
                section["target"] = {new.get(name, name): columns for name, columns in target.items()}
            untrained = [f"train.{key}=" for key in CALLBACKS]  # what they watch need not exist in other data
            override = f"train.data={quoted(section)}"
            compiled = expanded(path, overrides=[override, *untrained])
        compiled = named_as(compiled, record.outputs)
        trained = cls(path, record, compiled, trainable(compiled), fitted)
        want = trained.wanted()
        if (problem := misfit(fitted, want.inputs, [target.name for target in want.targets])) is not None:
            raise Damaged(path / PREPROCESSING, problem, anew(path))
        return trained

    def wanted(self, data_dir: str | os.PathLike[str] | None = None) -> Wanted:
        """The model's requirements of its data; paths are looked up in the current directory, then in the run's."""
        return wanted(self.compiled, self.train, data_dir=data_dir, seed=self.fitted.seed)

    def model(self, checkpoint: str) -> Any:
        """The model with the weights of a checkpoint.

        Raises:
            Damaged: there is none, or it is damaged.
        """
        others = " or ".join(f"`--checkpoint {name}`" for name in FILES if name != checkpoint)
        model = verified(self.compiled).model
        load_weights(model, self.path / FILES[checkpoint], f"take another: {others}; or {anew(self.path)}")
        return model


def other_data(data: str, fitted: Preprocessing) -> dict[str, Any]:
    """`train.data` for other data, with the run's own options as far as their format has them."""
    facts = find(data)
    if facts is not None:
        allowed: tuple[str, ...] = _formats.NAMED if facts.size is not None else ()
    else:
        format = _formats.by_suffix(data)
        allowed = ("format", *(format.options if format is not None else fitted.options))
    options = {key: value for key, value in fitted.options.items() if key in allowed and key not in (*OF_FILES, "test_split")}
    if options.get("format") and facts is None and _formats.by_suffix(data) is not None:
        options.pop("format")
    return {"name" if facts is not None else "path": data, **options}

"""The files of a finished trial: its figures, its weights, and the results on disturbed images."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from layerctl.base.files import write_whole
from layerctl.base.json_text import finite, pretty
from layerctl.base.reading import opened
from layerctl.diagnostics.errors import not_written
from layerctl.runs.reading import Damaged, parsed, reported
from layerctl.runtime.models.saved import weights_file

WEIGHTS = "model.weights.h5"
TRIAL = "trial.json"
"""The file of a trial's figures; it is written last, so a trial with this file is finished."""

Figure = Annotated[float, BeforeValidator(lambda value: math.nan if value is None else value)]
"""A number; in a file null stands for NaN."""
Metrics = dict[str, Figure]
"""Test metrics by name, `test_accuracy`."""


class _Part(BaseModel):
    """The content of a file, or a part of it."""

    model_config = ConfigDict(frozen=True, strict=True)

    def to_json(self) -> dict[str, Any]:
        return finite(self.model_dump())  # type: ignore[no-any-return]


class TrialEpoch(_Part):
    """An epoch of a trial, with its metrics."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Figure]

    epoch: int
    seconds: float
    samples: int

    def metric(self, name: str) -> float:
        """A metric of the epoch; NaN if it has none of that name."""
        return self.__pydantic_extra__.get(name, math.nan)


class Trial(_Part):
    """The figures of a trial: the content of `trial.json`."""

    version: Literal[3]
    variant: str
    spec: str
    seed: int
    metrics: Metrics
    train_seconds: float
    latency_ms: float
    latency_128_ms: float
    curves_on: Literal["validation", "test"]
    epochs: list[TrialEpoch]
    kept_epoch: int | None = None
    versions: dict[str, str]
    weights: str | None = None
    """The SHA-256 of the file of weights; None in a trial that an earlier version of layerctl kept."""


class DisturbedTest(_Part):
    """The metrics under one disturbance: the content of `shift.json`."""

    levels: list[int | float]
    metrics: list[Metrics]

    @model_validator(mode="after")
    def _for_each_level(self) -> Self:
        if len(self.levels) != len(self.metrics):
            raise ValueError("each level has its metrics")
        return self


Content = TypeVar("Content", bound=_Part)


class Kept:
    """The directory of a trial.

    Attributes:
        weights: the path of the trained model's weights; their checksum is right if the trial is finished.
        trial: the figures; None if the trial is not finished, or was kept by an earlier version of layerctl.

    Raises:
        Damaged: a file is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.weights = folder / WEIGHTS
        self.trial = self._read(TRIAL, Trial) if os.path.lexists(self.weights) else None
        if self.trial is not None:
            self._check_weights(self.trial.weights)

    def _check_weights(self, digest: str | None) -> None:
        with reported(self.weights, again(self.folder)), opened(self.weights) as file:
            if digest not in (None, hashlib.file_digest(file, "sha256").hexdigest()):
                raise Damaged(self.weights, "is damaged: its checksum is wrong", again(self.folder))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Makes the directory, and turns an error of writing to it into a UsageError."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            yield
        except OSError as error:
            help = "make room, or name another place with `--runs-dir`"
            raise not_written(f"cannot keep a trial in {self.folder}", error, help) from error

    def keep(self, trial: Trial, model: Any) -> None:
        """Writes the weights, then the figures."""
        weights = weights_file(model).getvalue()
        with self.writing():
            write_whole(self.weights, weights)
        self.trial = trial.model_copy(update={"weights": hashlib.sha256(weights).hexdigest()})
        self._write(TRIAL, self.trial)

    def disturbed(self, name: str, levels: Sequence[float]) -> list[Metrics] | None:
        """The test metrics at each strength of a disturbance; None if these strengths have not been tested."""
        tested = self._read(f"{name}.json", DisturbedTest)
        return tested.metrics if tested is not None and tested.levels == list(levels) else None

    def keep_disturbed(self, name: str, levels: Sequence[float], metrics: list[Metrics]) -> None:
        """Writes the test metrics at each strength of a disturbance."""
        self._write(f"{name}.json", DisturbedTest(levels=list(levels), metrics=metrics))

    def _write(self, name: str, content: _Part) -> None:
        with self.writing():
            write_whole(self.folder / name, pretty(content.to_json()) + "\n")

    def _read(self, name: str, model: type[Content]) -> Content | None:
        """The content of a file; None if there is no file, or one of another version."""
        path = self.folder / name
        if not os.path.lexists(path):
            return None
        try:
            return parsed(path, model, again(self.folder))
        except Damaged as damage:
            if damage.version:
                return None
            raise


def again(folder: Path) -> str:
    """Advice for a trial whose files are damaged."""
    return f"remove {folder.as_posix()}: its trial is then done anew"

"""The files of a finished trial: its figures, its weights, and the results on disturbed images."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from layerctl.base.files import write_whole
from layerctl.base.json_text import finite, pretty
from layerctl.diagnostics.errors import UsageError, not_written

VERSION = 3
"""The version of `trial.json`."""
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

    version: Literal[3] = 3
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


class DisturbedTest(_Part):
    """The metrics under one disturbance: the content of `shift.json`."""

    levels: list[int | float]
    metrics: list[Metrics]


Content = TypeVar("Content", bound=_Part)


class _Memory(BytesIO):
    """A file of weights in memory: where the disk is full, HDF5 would crash. Keras asks for the suffix of its name."""

    def __str__(self) -> str:
        return WEIGHTS


class Kept:
    """The directory of a trial.

    Attributes:
        weights: the path of the trained model's weights.
        trial: the figures; None if the trial is not finished, or was kept by an earlier version of layerctl.

    Raises:
        UsageError: a file is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.weights = folder / WEIGHTS
        self.trial = self._read(TRIAL, Trial, version=VERSION) if self.weights.exists() else None

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
        memory = _Memory()
        model.save_weights(memory)
        with self.writing():
            write_whole(self.weights, memory.getvalue())
        self.trial = trial
        self._write(TRIAL, trial)

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

    def _read(self, name: str, model: type[Content], version: int | None = None) -> Content | None:
        """The content of a file; None if there is no file, or one of another version."""
        path = self.folder / name
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise UsageError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
        except (ValueError, RecursionError) as error:
            raise self._damaged(name, "it is no JSON") from error
        if version is not None and isinstance(values, dict) and values.get("version") != version:
            return None
        try:
            return model.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(map(str, first["loc"]))
            problem = first["msg"][:1].lower() + first["msg"][1:]
            raise self._damaged(name, f"`{key}`: {problem}" if key else problem) from error

    def _damaged(self, name: str, problem: str) -> UsageError:
        help = f"remove {self.folder}: its trial is then done anew"
        return UsageError(f"{self.folder / name} is damaged: {problem}", help)

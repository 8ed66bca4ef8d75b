"""The files of a finished trial: its figures, its weights, the test samples one by one, and the results on disturbed images."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from layerctl.base.files import write_whole
from layerctl.base.json_text import finite, pretty
from layerctl.base.reading import opened
from layerctl.diagnostics.errors import not_written
from layerctl.runs.reading import Damaged, parsed, reported
from layerctl.runtime.models.saved import weights_file

WEIGHTS = "model.weights.h5"
SAMPLES = "samples.json"
TRIAL = "trial.json"
"""The file of a trial's figures; it is written last, so a trial with this file is finished."""

Figure = Annotated[float, BeforeValidator(lambda value: math.nan if value is None else value)]
"""A number; in a file null stands for NaN."""
Metrics = dict[str, Figure]
"""Test metrics by name, `test_accuracy`."""


class Part(BaseModel):
    """The content of a file, or a part of it."""

    model_config = ConfigDict(frozen=True, strict=True)

    def to_json(self) -> dict[str, Any]:
        return finite(self.model_dump())  # type: ignore[no-any-return]


class Content(Part):
    """The content of a file, which is written with its checksum: what is changed later, by whomever, is seen."""

    checksum: str | None = None
    """The SHA-256 of all else; None before it is written."""

    def text(self, indent: int | None = 2) -> str:
        """The content as it is written."""
        return pretty(self.to_json() | {"checksum": self._digest()}, indent) + "\n"

    @classmethod
    def read(cls, path: Path, help: str) -> Self:
        """The content of a file.

        Raises:
            Damaged: it cannot be read, does not say what it should, or is not as it was written.
        """
        found = parsed(path, cls, help)
        if found.checksum != found._digest():
            raise Damaged(path, "is damaged: its checksum is wrong", help)
        return found

    def _digest(self) -> str:
        rest = {key: value for key, value in self.to_json().items() if key != "checksum"}
        return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


class TrialEpoch(Part):
    """An epoch of a trial, with its metrics."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Figure]

    epoch: int
    seconds: float
    samples: int

    def metric(self, name: str) -> float:
        """A metric of the epoch; NaN if it has none of that name."""
        return self.__pydantic_extra__.get(name, math.nan)


class Latency(Part):
    """The time of one call of a model.

    Attributes:
        batch: the number of samples.
        quartiles_ms: of the calls, in milliseconds.
        empty_ms: the median of a model without layers, called in between: what a call takes by itself.
    """

    batch: int
    quartiles_ms: Annotated[list[float], Field(min_length=3, max_length=3)]
    empty_ms: float

    @property
    def ms(self) -> tuple[float, float, float]:
        """The quartiles of the layers alone."""
        low, middle, high = (max(0.0, value - self.empty_ms) for value in self.quartiles_ms)
        return low, middle, high


def _both_or_none(latency: list[Latency]) -> list[Latency]:
    if len(latency) == 1:
        raise ValueError("there are two latencies, or none")
    return latency


class Trial(Content):
    """The figures of a trial: the content of `trial.json`.

    Attributes:
        seed: of the initial weights, and of what is random in the layers.
        order: the seed of the order of the data, and of the part for validation.
        latency: with one sample, and with many; empty if it was not measured.
        busy: the share of the machine's processors that other programs took meanwhile; None where that is unknown.
    """

    version: Literal[5]
    variant: str
    spec: str
    seed: int
    order: int
    metrics: Metrics
    train_seconds: float
    latency: Annotated[list[Latency], Field(max_length=2), AfterValidator(_both_or_none)]
    busy: float | None = None
    curves_on: Literal["validation", "test"]
    epochs: list[TrialEpoch]
    kept_epoch: int | None = None
    versions: dict[str, str]
    weights: str | None = None
    """The SHA-256 of the file of weights; None before there is one."""


class Samples(Content):
    """What came of each test sample, in the order of the data: the content of `samples.json`.

    Attributes:
        metrics: by its name (`test_accuracy`) what each sample adds to a metric: whether it was right, its loss. Of many samples,
            and of metrics that are no mean over them, what each of several groups adds.
        count: how many samples there are.
    """

    version: Literal[1] = 1
    count: int
    metrics: dict[str, list[Figure]]


class Level(Part):
    """The metrics at one strength of a disturbance, and what each test sample adds to them, as in `Samples`."""

    metrics: Metrics
    samples: dict[str, list[Figure]]


class DisturbedTest(Content):
    """The metrics under one disturbance: the content of `shift.json`."""

    version: Literal[3] = Field(description="1, which was not written, cut noise off at the ends of the range; 2 had no samples.")
    levels: list[int | float]
    tests: list[Level]

    @model_validator(mode="after")
    def _for_each_level(self) -> Self:
        if len(self.levels) != len(self.tests):
            raise ValueError("each level has its metrics")
        return self


File = TypeVar("File", bound=Content)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Makes a directory, and turns an error of writing to it into a UsageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        help = "make room, or name another place with `--runs-dir`"
        raise not_written(f"cannot keep a trial in {folder}", error, help) from error


class Kept:
    """The directory of a trial.

    Attributes:
        weights: the path of the trained model's weights; their checksum is right if the trial is finished.
        trial: the figures; None if the trial is not finished, or was kept by an earlier version of layerctl.
        earlier: whether an earlier version of layerctl kept it, in a form that says too little: it is done anew.

    Raises:
        Damaged: a file is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.weights = folder / WEIGHTS
        whole = all(os.path.lexists(folder / name) for name in (WEIGHTS, SAMPLES))
        self.trial = self._read(TRIAL, Trial) if whole else None
        self.earlier = self.trial is None and os.path.lexists(self.weights) and os.path.lexists(folder / TRIAL)
        if self.trial is not None:
            self._check_weights(self.trial.weights)

    def _check_weights(self, digest: str | None) -> None:
        with reported(self.weights, again(self.folder)), opened(self.weights) as file:
            if digest != hashlib.file_digest(file, "sha256").hexdigest():
                raise Damaged(self.weights, "is damaged: its checksum is wrong", again(self.folder))

    def keep(self, trial: Trial, samples: Samples, model: Any) -> None:
        """Writes the weights and the samples, then the figures."""
        weights = weights_file(model).getvalue()
        with writing(self.folder):
            for path in self.folder.glob("*.json"):
                path.unlink()  # what came of earlier weights, disturbances too
            write_whole(self.weights, weights)
        self._write(SAMPLES, samples, indent=None)
        self.trial = trial.model_copy(update={"weights": hashlib.sha256(weights).hexdigest()})
        self._write(TRIAL, self.trial)

    def samples(self) -> Samples:
        """What came of each test sample.

        Raises:
            Damaged: the file is damaged, or of another version.
        """
        return Samples.read(self.folder / SAMPLES, again(self.folder))

    def disturbed(self, name: str, levels: Sequence[float]) -> list[Level] | None:
        """What came of the test at each strength of a disturbance; None if these strengths have not been tested."""
        tested = self._read(f"{name}.json", DisturbedTest)
        return tested.tests if tested is not None and tested.levels == list(levels) else None

    def keep_disturbed(self, name: str, levels: Sequence[float], tests: list[Level]) -> None:
        """Writes what came of the test at each strength of a disturbance."""
        self._write(f"{name}.json", DisturbedTest(version=3, levels=list(levels), tests=tests), indent=None)

    def _write(self, name: str, content: Content, indent: int | None = 2) -> None:
        with writing(self.folder):
            write_whole(self.folder / name, content.text(indent))

    def _read(self, name: str, model: type[File]) -> File | None:
        """The content of a file; None if there is no file, or one of another version."""
        path = self.folder / name
        if not os.path.lexists(path):
            return None
        try:
            return model.read(path, again(self.folder))
        except Damaged as damage:
            if damage.version:
                return None
            raise


def again(folder: Path) -> str:
    """Advice for a trial whose files are damaged."""
    return f"remove {folder.as_posix()}: its trial is then done anew"

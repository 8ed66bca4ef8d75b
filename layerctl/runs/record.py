"""`run.json` and the lines of `metrics.jsonl` as typed values, for writing and reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field

from layerctl.base.json_text import finite

Status = Literal["running", "finished", "interrupted", "failed"]


class _Part(BaseModel):
    """A part of `run.json`. Unknown keys, which a later version may write, are kept."""

    model_config = ConfigDict(frozen=True, strict=True, extra="allow", defer_build=True, protected_namespaces=())

    def changed(self, **values: Any) -> Self:
        """A copy with other values, which are written to the file too."""
        return self.model_copy(update=values)


class DataRecord(_Part):
    """The data of a run, and the number of samples in each part."""

    name: str = ""
    fingerprint: str = Field("", description="`sha256:` and the digest of all arrays before they were fitted to the model")
    train: int = 0
    validation: int = 0
    test: int = 0
    parts: dict[str, str] = Field({}, description="where each part of data by path was found")


class Best(_Part):
    """The best epoch so far; its other metrics are further keys."""

    epoch: int
    monitor: str
    value: float | None


class Times(_Part):
    """When a run began and ended (UTC, ISO 8601), and how long it took in seconds."""

    started: str | None = None
    ended: str | None = None
    seconds: float | None = None
    training_seconds: float | None = Field(None, description="of the training parts of all epochs")


class Host(_Part):
    """The machine in general terms: nothing that names it or its user."""

    system: str
    machine: str
    cpus: int | None
    devices: list[str]


class Resumption(_Part):
    """One resumption of an interrupted run."""

    at: str
    epoch: int
    command: str | None = None


class RunRecord(_Part):
    """The content of `run.json`."""

    version: Literal[1]
    run: str = ""
    status: Status
    model: str
    outputs: list[str] | None = Field(None, description="the names that metrics and predictions go by")
    spec: str = ""
    command: str | None = None
    epochs: int = Field(description="finished so far")
    epochs_planned: int
    batch_size: int | None = None
    seed: int | None = None
    data_dir: str | None = None
    devices: list[str] | None = None
    params: int | None = None
    data: DataRecord
    metrics: dict[str, float | None]
    kept_epoch: int | None = Field(None, description="of a finished run: the epoch whose weights are kept, and `metrics` are of")
    best: Best | None = None
    times: Times
    versions: dict[str, str]
    host: Host | None = None
    resumed: list[Resumption] = []
    error: str | None = Field(None, description="why it failed, in words")
    code: str | None = Field(None, description="the code of the diagnostic that it failed with")

    def to_json(self) -> dict[str, Any]:
        """The content of `run.json`: the values that are set, with null for NaN and infinity."""
        return finite(self.model_dump(exclude_unset=True))  # type: ignore[no-any-return]


class Epoch(NamedTuple):
    """A finished epoch: one line of `metrics.jsonl`.

    Attributes:
        epoch: its number, from 1.
        seconds: the time of its training part.
        samples: the number of training samples.
        metrics: by Keras's names; NaN or None where a value is not a number.
    """

    epoch: int
    seconds: float
    samples: int
    metrics: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "seconds": self.seconds, "samples": self.samples, **self.metrics}

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> Epoch | None:
        """The epoch of a line; None for a malformed line."""
        values = dict(line)
        epoch, seconds, samples = values.pop("epoch", None), values.pop("seconds", 0.0), values.pop("samples", 0)
        if not (isinstance(epoch, int) and isinstance(seconds, int | float) and isinstance(samples, int)):
            return None
        if not all(value is None or isinstance(value, int | float) for value in values.values()):
            return None
        return cls(epoch, seconds, samples, values)

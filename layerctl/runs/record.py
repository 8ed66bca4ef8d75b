"""`run.json` and the lines of `metrics.jsonl` as typed values, for writing and reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import from_json

from layerctl.base.json_text import finite

Status = Literal["running", "finished", "interrupted", "failed"]
Count = Annotated[int, Field(ge=0, le=2**63 - 1)]
Seconds = Annotated[float, Field(allow_inf_nan=False)]
PathText = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""The text of a path."""


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
    train: Count = 0
    validation: Count = 0
    test: Count = 0
    parts: dict[str, str] = Field({}, description="where each part of data by path was found")


class Best(_Part):
    """The best epoch so far; its other metrics are further keys."""

    epoch: Count
    monitor: str
    value: float | None


class Times(_Part):
    """When a run began and ended (UTC, ISO 8601), and how long it took in seconds."""

    started: str | None = None
    ended: str | None = None
    seconds: Seconds | None = None
    training_seconds: Seconds | None = Field(None, description="of the training parts of all epochs")


class Host(_Part):
    """The machine in general terms: nothing that names it or its user."""

    system: str
    machine: str
    cpus: Count | None
    devices: list[str]


class Resumption(_Part):
    """One resumption of an interrupted run."""

    at: str
    epoch: Count
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
    epochs: Count = Field(description="finished so far")
    epochs_planned: Count
    batch_size: Count | None = None
    seed: Count | None = None
    data_dir: PathText | None = None
    devices: list[str] | None = None
    params: Count | None = None
    data: DataRecord
    metrics: dict[str, float | None]
    kept_epoch: Count | None = Field(
        None, description="of a finished run: the epoch whose weights are kept, and `metrics` are of"
    )
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
        """A line of `metrics.jsonl`, with null for NaN and infinity."""
        values = {"epoch": self.epoch, "seconds": self.seconds, "samples": self.samples, **self.metrics}
        return finite(values)  # type: ignore[no-any-return]

    @classmethod
    def from_json(cls, line: str | bytes) -> Epoch | None:
        """The epoch of a line; None for a malformed line."""
        try:
            return EpochLine.model_validate(from_json(line)).to_epoch()
        except ValueError:
            return None


class EpochLine(BaseModel):
    """An epoch as JSON: its metrics are further keys."""

    model_config = ConfigDict(frozen=True, strict=True, extra="allow", defer_build=True)
    __pydantic_extra__: dict[str, float | None]

    epoch: Count
    seconds: Seconds = 0.0
    samples: Count = 0

    def to_epoch(self) -> Epoch:
        return Epoch(self.epoch, self.seconds, self.samples, dict(self.__pydantic_extra__))

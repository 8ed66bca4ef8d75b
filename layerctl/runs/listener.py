"""The interface for watching a training, which the command line implements as a display."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from layerctl.runs.record import Epoch, RunRecord


class Listener:
    """Called at each step of a training; a display overrides the methods that it needs. They must return quickly.

    Attributes:
        ended: the record of a training that has ended, successfully or not; None before.
    """

    ended: RunRecord | None = None

    def training_begins(self, record: RunRecord) -> None:
        """Data are read and the model is built; `record` is the content of `run.json`."""

    def epoch_begins(self, epoch: int, steps: int, samples: int) -> None:
        """An epoch, counted from 1, begins; `steps` and `samples` are its numbers of steps and samples."""

    def stepped(self, step: int, metrics: Mapping[str, float]) -> None:
        """A step is done, counted from 1 in its epoch; `metrics` are those of the epoch so far."""

    def epoch_ends(self, epoch: Epoch) -> None:
        """An epoch is done and saved, with its metrics."""

    def training_ends(self, record: RunRecord) -> None:
        """Training has ended, successfully or not; no other call follows."""
        self.ended = record

    def noticed(self, message: str) -> None:
        """A note that the user should read, which is not a mistake."""

    def trial_begins(self, variant: str, seed: str, number: int, of: int, kept: bool) -> None:
        """In a comparison: a trial, counted from 1, begins; a `kept` trial is one that an earlier call has finished."""

    def trial_ends(self) -> None:
        """A trial is done and saved."""

"""What training tells whoever watches it; the command line turns it into a display."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from layerctl.runs.record import Epoch, RunRecord


class Listener:
    """Hears nothing; a display overrides what it shows. Calls come often: each must return at once.

    Attributes:
        ended: the record of a training that is over, in whatever way; None until then.
    """

    ended: RunRecord | None = None

    def training_begins(self, record: RunRecord) -> None:
        """All is read and built; `record` is what `run.json` holds."""

    def epoch_begins(self, epoch: int, steps: int, samples: int) -> None:
        """An epoch, counted from 1, of so many steps and samples begins."""

    def stepped(self, step: int, metrics: Mapping[str, float]) -> None:
        """So many steps of the epoch are done; metrics are those of the epoch so far."""

    def epoch_ends(self, epoch: Epoch) -> None:
        """An epoch is done and on disk; `epoch` is what was measured."""

    def training_ends(self, record: RunRecord) -> None:
        """Training is over, in whatever way; nothing follows."""
        self.ended = record

    def noticed(self, message: str) -> None:
        """Something that is no mistake, but that somebody should know."""

    def trial_begins(self, variant: str, seed: int, number: int, of: int, kept: bool) -> None:
        """In a comparison: a trial, counted from 1, begins; `kept` is one that an earlier call has done."""

    def trial_ends(self) -> None:
        """A trial that has begun is done and on disk."""

"""What training tells whoever watches it; the command line turns it into a display."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Listener:
    """Hears nothing; a display overrides what it shows. Calls come often: each must return at once.

    Attributes:
        ended: the content of `run.json` of a training that is over, in whatever way; None until then.
    """

    ended: Mapping[str, Any] | None = None

    def training_begins(self, record: Mapping[str, Any]) -> None:
        """All is read and built; `record` is the content of `run.json`."""

    def epoch_begins(self, epoch: int, steps: int, samples: int) -> None:
        """An epoch, counted from 1, of so many steps and samples begins."""

    def stepped(self, step: int, metrics: Mapping[str, float]) -> None:
        """So many steps of the epoch are done; metrics are those of the epoch so far."""

    def epoch_ends(self, line: Mapping[str, Any]) -> None:
        """An epoch is done and on disk; `line` is its line of `metrics.jsonl`."""

    def training_ends(self, record: Mapping[str, Any]) -> None:
        """Training is over, in whatever way; nothing follows."""
        self.ended = record

    def noticed(self, message: str) -> None:
        """Something that is no mistake, but that somebody should know."""

    def trial_begins(self, variant: str, seed: int, number: int, of: int, kept: bool) -> None:
        """In a comparison: a trial, counted from 1, begins; `kept` is one that an earlier call has done."""

    def trial_ends(self) -> None:
        """A trial that has begun is done and on disk."""

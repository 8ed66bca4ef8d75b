"""The result of an evaluation, as JSON and as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from layerctl.base.json_text import finite
from layerctl.report.metrics import cell, rows


class Evaluation(NamedTuple):
    """Loss and metrics of a run's model on test data.

    Attributes:
        run: the run directory.
        model: the model's name.
        checkpoint: `model`, `last` or `best`.
        data: the name of the data, or their path.
        fingerprint: `sha256:` and the digest of the data.
        samples: the number of samples.
        metrics: loss and metrics by Keras's names.
        notes: what a user should know of how the data were read.
    """

    run: Path
    model: str
    checkpoint: str
    data: str
    fingerprint: str
    samples: int
    metrics: Mapping[str, float]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What `evaluate --format json` prints."""
        return {
            "version": 1,
            "run": self.run.as_posix(),
            "model": self.model,
            "checkpoint": self.checkpoint,
            "data": {"name": self.data, "fingerprint": self.fingerprint, "samples": self.samples},
            "metrics": finite(self.metrics),
        }

    def title(self) -> str:
        return f"{self.run.as_posix()} ({self.checkpoint}) on {self.data}: {self.samples:,} samples"

    def lines(self) -> Iterator[str]:
        """A line for each metric, the loss first."""
        table = rows(self.metrics)
        width = max(map(len, table))
        for name, keys in table.items():
            yield f"{name.ljust(width)}  {cell([self.metrics[key] for key in keys])}"

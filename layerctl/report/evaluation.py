"""The result of an evaluation, as JSON and as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from layerctl.base.json_text import finite
from layerctl.base.numbers import number
from layerctl.diagnostics.text import Paint, plain
from layerctl.report import layout
from layerctl.report.layout import Column
from layerctl.report.metrics import cell, rows

COLUMNS = (Column("class"), *(Column(head, "figure") for head in ("samples", "recall", "precision")))
SHOWN = 30
"""The largest number of classes in the table; JSON has all of them."""


class ClassResult(NamedTuple):
    """The results of one class, of a model that tells classes apart.

    Attributes:
        name: of the class.
        samples: how many samples belong to it.
        recall: the share of these that the model recognizes; None if there are none.
        precision: the share of the model's predictions of this class that are right; None if there are none.
    """

    name: str
    samples: int
    recall: float | None
    precision: float | None


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
        classes: the results by class, if the classes have names.
        notes: what a user should know of how the data were read.
    """

    run: Path
    model: str
    checkpoint: str
    data: str
    fingerprint: str
    samples: int
    metrics: Mapping[str, float]
    classes: tuple[ClassResult, ...] = ()
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
            **({"classes": [each._asdict() for each in self.classes]} if self.classes else {}),
            **({"notes": list(self.notes)} if self.notes else {}),
        }

    def title(self) -> str:
        return f"{self.run.as_posix()} ({self.checkpoint}) on {self.data}: {self.samples:,} samples"

    def lines(self, width: int, paint: Paint = plain) -> Iterator[str]:
        """A line for each metric, the loss first; below them a table of the classes."""
        metrics = rows(self.metrics)
        longest = max(map(len, metrics))
        for name, keys in metrics.items():
            yield f"{name.ljust(longest)}  {cell([self.metrics[key] for key in keys])}"
        if self.classes:
            shown = self.classes[:SHOWN]
            table = [(each.name, f"{each.samples:,}", _share(each.recall), _share(each.precision)) for each in shown]
            yield from ("", *layout.table(COLUMNS, table, width, paint=paint))
            if len(self.classes) > SHOWN:
                yield f"… and {len(self.classes) - SHOWN} more"


def _share(value: float | None) -> str:
    return "" if value is None else number(value)

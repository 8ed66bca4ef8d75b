"""The predictions of a run's model, as JSON, as CSV and as a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from layerctl.base.numbers import number
from layerctl.base.printable import printable
from layerctl.diagnostics.text import Paint, plain
from layerctl.report import layout
from layerctl.report.layout import Column

Values: TypeAlias = "float | list[Values] | None"
"""A number, None for NaN and infinity, or lists of them in the shape of the output."""


@dataclass(frozen=True, slots=True)
class ClassProbability:
    """A class with its predicted probability.

    Attributes:
        name: of the class; its index as text if the classes have no names.
        index: counted from 0.
        probability: None for NaN and infinity.
    """

    name: str
    index: int
    probability: float | None

    def to_json(self) -> dict[str, Any]:
        return {"class": self.name, "index": self.index, "probability": self.probability}


class Classes(NamedTuple):
    """The most probable classes of one sample, in descending order."""

    top: tuple[ClassProbability, ...]

    def to_json(self) -> dict[str, Any]:
        first = self.top[0]
        return {"class": first.name, "probability": first.probability, "top": [each.to_json() for each in self.top]}

    def cells(self) -> Iterator[tuple[str, Any]]:
        for place, each in enumerate(self.top, start=1):
            end = "" if place == 1 else f"_{place}"
            yield f"class{end}", each.name
            yield f"probability{end}", each.probability

    def __str__(self) -> str:
        return ", ".join(f"{each.name} {number(each.probability)}" for each in self.top)


class Numbers(NamedTuple):
    """The plain numbers of one sample."""

    values: Values

    def to_json(self) -> dict[str, Any]:
        return {"values" if isinstance(self.values, list) else "value": self.values}

    def cells(self) -> Iterator[tuple[str, Any]]:
        if not isinstance(self.values, list):
            yield "value", self.values
        elif any(isinstance(value, list) for value in self.values):
            yield "values", json.dumps(self.values)
        else:
            yield from ((f"value_{at}", value) for at, value in enumerate(self.values))

    def __str__(self) -> str:
        if not isinstance(self.values, list):
            return number(self.values)
        text = json.dumps(self.values)
        return text if len(text) < 120 else f"{text[:117]}…"


class Prediction(NamedTuple):
    """The model's prediction for one sample.

    Attributes:
        source: the file of the sample.
        sample: its number in the file, from 0.
        outputs: by the names of the model's outputs; None where the sample cannot be predicted.
        problem: why it cannot be predicted; None if it is.
    """

    source: str
    sample: int
    outputs: Mapping[str, Classes | Numbers | None]
    problem: str | None = None

    def to_json(self) -> dict[str, Any]:
        outputs = {name: None if output is None else output.to_json() for name, output in self.outputs.items()}
        problem = {} if self.problem is None else {"problem": self.problem}
        return {"source": self.source, "sample": self.sample, "outputs": outputs, **problem}


class Predictions(NamedTuple):
    """The predictions of a run's model.

    Attributes:
        run: the run directory.
        checkpoint: `model`, `last` or `best`.
        outputs: the names of the model's outputs.
        predictions: one for each sample.
        notes: what a user should know of how the files were read.
    """

    run: Path
    checkpoint: str
    outputs: tuple[str, ...]
    predictions: tuple[Prediction, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What `predict --format json` prints."""
        rows = [row.to_json() for row in self.predictions]
        notes = {"notes": list(self.notes)} if self.notes else {}
        head = {"version": 1, "run": self.run.as_posix(), "checkpoint": self.checkpoint}
        return {**head, "outputs": list(self.outputs), "predictions": rows, **notes}

    def to_csv(self) -> str:
        """A line for each sample; with several outputs, the name of a column begins with the output's name."""
        cells = (self._cells(row) for row in self.predictions)
        lines = [{printable(name): printable(value) if isinstance(value, str) else value for name, value in row} for row in cells]
        names = list(dict.fromkeys(name for line in lines for name in line)) or ["source", "sample"]
        text = io.StringIO()
        writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
        return text.getvalue()

    def _cells(self, row: Prediction) -> Iterator[tuple[str, Any]]:
        yield "source", row.source
        yield "sample", row.sample
        if row.problem is not None:
            yield "problem", row.problem
        for output, prediction in row.outputs.items():
            head = f"{output}_" if len(self.outputs) > 1 else ""
            if prediction is not None:
                yield from ((f"{head}{name}", value) for name, value in prediction.cells())

    def table(self, width: int, paint: Paint = plain) -> Iterator[str]:
        """A row for each sample."""
        heads = self.outputs if len(self.outputs) > 1 else ("prediction",)
        lines = [(row.source, str(row.sample), *self._texts(row)) for row in self.predictions]
        columns = [Column("source"), Column("sample", "mark"), *(Column(head, "text") for head in heads)]
        return layout.table(columns, lines, width, paint=paint)

    def _texts(self, row: Prediction) -> list[str]:
        if row.problem is not None:
            return [f"none: {row.problem}", *("none" for _ in self.outputs[1:])]
        return [str(row.outputs[name]) for name in self.outputs]

    def unanswered(self) -> Iterator[str]:
        """For each file with samples that have no prediction, which these are."""
        by_source: dict[str, list[Prediction]] = {}
        for row in self.predictions:
            by_source.setdefault(row.source, []).append(row)
        for source, rows in by_source.items():
            problems = [row.problem for row in rows if row.problem is not None]
            if problems:
                listed = "; ".join(problems[:5]) + ("; …" if len(problems) > 5 else "")
                have = "has" if len(problems) == 1 else "have"
                yield f"{source}: {len(problems):,} of {len(rows):,} samples {have} no prediction: {listed}"

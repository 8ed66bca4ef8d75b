"""Tables, `.csv` and `.tsv`: a row for each sample; and texts with labels, which are tables of two columns."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.analysis.data import cells as cells_of
from layerctl.analysis.data.advice import row_numbers
from layerctl.analysis.data.columns import Columns, TextColumns
from layerctl.analysis.data.found import cannot_read
from layerctl.analysis.data.rows import Rows
from layerctl.analysis.data.tables import no_numbers
from layerctl.analysis.data.wanted import Wanted
from layerctl.base import reading
from layerctl.runs.preprocessing import InputForm, Preprocessing, TableForm
from layerctl.runtime.data import _cells, _columns
from layerctl.runtime.data._source import Parted
from layerctl.runtime.data._types import Array, Raw


class Table(Columns, Parted):
    """A table: cells are texts by column; the kind of each column is learnt from the training part."""

    format = "csv"

    def __init__(self, wanted: Wanted, fitted: Preprocessing | None = None) -> None:
        Columns.__init__(self, wanted)
        Parted.__init__(self, wanted, fitted)
        self.advice: dict[str, str] = {}
        """What a user should know of columns that hardly are categories."""
        if fitted is not None and fitted.table is not None:
            self.names, self.header, self.of_targets = fitted.table.columns, fitted.table.header, fitted.table.target
            self.of_inputs = {name: [column.column for column in form.columns] for name, form in fitted.inputs.items()}
            self.origin = "which the model was trained with"

    def read(self, path: Path) -> Raw:
        rows = self.rows(path)
        if self.fitted is None:
            self.take(rows)
            if "columns" not in self.wanted.options:
                cells = by_column(rows, self.used_inputs())
                self.advice |= row_numbers({name: column.tolist() for name, column in cells.items()})
        x, y = self.complete_columns(rows, path)
        return Raw(x, y, origin={"train": path.name})

    def part(self, path: Path) -> tuple[Any, Any]:
        return self.complete_columns(self.rows(path), path)

    def complete_columns(self, rows: Rows, path: Path) -> tuple[dict[str, Array], dict[str, Array]]:
        """The columns of the inputs and of the targets, without the rows that are left out."""
        complete = self.complete(rows, path)
        if dropped := len(rows.cells) - len(complete.cells):
            self.notes.append(f"{path}: {dropped:,} of {len(rows.cells):,} rows lack a value and are left out (`missing: drop`)")
        return by_column(complete, self.used_inputs()), by_column(complete, self.all_targets())

    # Reading

    def rows(self, path: Path) -> Rows:
        """The rows of a file, with the table's own names of its columns where they are known."""
        try:
            content = reading.whole(path, reading.TABLES).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self.not_utf8(path, error) from None
        except OSError as error:
            raise cannot_read(path, error, self.wanted) from None
        return self.parsed(content, str(path))

    def unlabelled(self, content: str, where: str) -> tuple[dict[str, Array], dict[int, str]]:
        """The rows to predict, by column, and what is wrong with those that cannot be predicted.

        Args:
            content: of a file.
            where: the file's name.
        """
        assert self.fitted is not None, "of a trained model"
        rows = self.split(content, where)
        placed = self.placed(rows, where, self.used_inputs(), labelled=False)
        begin = len(rows) - len(placed.cells)
        wrong = {at - begin: problem for at, problem in cells_of.uneven(rows).items()}
        width = len(placed.names)
        cells = [(row + [""] * width)[:width] for row in placed.cells]
        columns = by_column(placed._replace(cells=cells), self.used_inputs())
        wrong |= {at: why for at, why in _cells.wrong(self, columns, list(self.fitted.columns())).items() if at not in wrong}
        return columns, {at: f"line {placed.lines[at]}: {why}" for at, why in sorted(wrong.items())}

    # Fitting

    def missing(self, cells: Array) -> Array:
        marks = frozenset(self.marks)
        return np.fromiter((cell in marks for cell in cells.tolist()), bool, len(cells))

    def learn(self, x: Any) -> dict[str, InputForm]:
        forms = {}
        for slot in self.wanted.inputs:
            columns = [_columns.learn(self, name, x[name], slot) for name in self.of_inputs[slot.name]]
            forms[slot.name] = InputForm(columns=columns)
            _columns.check(self, slot, columns)
        self.notes += self.advice.values()
        return forms

    def table(self) -> TableForm:
        return TableForm(header=self.header, columns=self.names, target=self.of_targets)

    def inputs(self, x: Any, forms: Mapping[str, InputForm], part: str) -> list[Array]:
        return [_cells.fitted(self, x, slot, forms[slot.name].columns, part) for slot in self.wanted.inputs]

    def labels(self, y: Any) -> dict[str, Any]:
        labels = {}
        for output, names in self.of_targets.items():
            if len(names) == 1:
                labels[output] = y[names[0]]
            else:
                labels[output] = np.stack([_cells.numbers(self, y[name], name, no_numbers) for name in names], axis=1)
        return labels


class Texts(TextColumns, Table):
    """Lines of a label, a TAB and a text."""

    format = "text"

    def unlabelled(self, content: str, where: str) -> tuple[dict[str, Array], dict[int, str]]:
        """Each line is a text, perhaps with its label as in the training data."""
        (name,) = self.used_inputs()
        lines = [line.strip() for line in io.StringIO(content) if line.strip()]
        rows = [line.split("\t") for line in lines]
        if lines and self.are_labelled(rows):
            self.notes.append(f"{where}: each line begins with its label, which is left out")
            lines = [row[self.names.index(name)].strip() for row in rows]
        return {name: _objects(lines)}, {}

    def are_labelled(self, rows: list[list[str]]) -> bool:
        """Whether the columns of each line are those of the training data, the label a class."""
        assert self.fitted is not None, "of a trained model"
        targets = self.fitted.targets.items()
        classes = {self.names.index(label): set(form.classes or ()) for name, form in targets for label in self.of_targets[name]}
        return all(len(row) == len(self.names) and all(row[at].strip() in classes[at] for at in classes) for row in rows)


def by_column(rows: Rows, names: Sequence[str]) -> dict[str, Array]:
    """Columns of a table as arrays of texts."""
    places = rows.places()
    return {name: _objects([row[places[name]] for row in rows.cells]) for name in names}


def _objects(cells: list[str]) -> Array:
    array: Array = np.empty(len(cells), object)
    array[:] = cells
    return array

"""Tables, `.csv` and `.tsv`: a row for each sample; and texts with labels, which are tables of two columns."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.analysis.data.columns import Columns, Rows, TextColumns
from layerctl.analysis.data.found import cannot_read
from layerctl.analysis.data.wanted import Wanted
from layerctl.runs.preprocessing import InputForm, Preprocessing, TableForm
from layerctl.runtime.data import _columns
from layerctl.runtime.data._source import Source
from layerctl.runtime.data._types import Array, Raw


class Table(Columns, Source):
    """A table: cells are texts by column; the kind of each column is learnt from the training part."""

    format = "csv"

    def __init__(self, wanted: Wanted, fitted: Preprocessing | None = None) -> None:
        Columns.__init__(self, wanted)
        Source.__init__(self, wanted, fitted)

    def read(self, path: Path) -> Raw:
        rows = self.rows(path)
        self.take(rows)
        table = {name: _objects([row[at] for row in rows.cells]) for at, name in enumerate(rows.names)}
        lines = np.array(rows.lines)
        complete = self.complete(table, lines, path)
        self.lines = lines[complete]
        used = [*(name for many in self.of_inputs.values() for name in many), *self.all_targets()]
        table = {name: table[name][complete] for name in dict.fromkeys(used)}
        y = {name: table[name] for name in self.all_targets()}
        if not complete.any():
            raise self.unreadable(f"{path}: no row is complete", "set `missing: most_frequent`, for example")
        return Raw({name: table[name] for many in self.of_inputs.values() for name in many}, y, None, None)

    # Reading

    def rows(self, path: Path) -> Rows:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                return self.parsed(file.read(), str(path))
        except UnicodeDecodeError as error:
            raise self.not_utf8(path, error) from None
        except OSError as error:
            raise cannot_read(path, error, self.wanted) from None

    def targets_of(self) -> dict[str, list[str]]:
        if self.fitted is not None and self.fitted.table is not None:
            return {name: [self.column(one) for one in many] for name, many in self.fitted.table.target.items()}
        return super().targets_of()

    def inputs_of(self) -> dict[str, list[str]]:
        if self.fitted is not None:
            learnt = self.fitted.inputs.items()
            return {name: [self.column(one.column) for one in form.columns] for name, form in learnt}
        return super().inputs_of()

    def unlabelled(self, content: str, where: str, fitted: Preprocessing) -> dict[str, Array]:
        """Rows to predict, by column. Without a header, the columns are in the order of training, with or without the target.

        Args:
            content: of a file.
            where: the file's name.
            fitted: the preprocessing of the model.
        """
        cells, _ = self.cells(content, where)
        assert fitted.table is not None, "a model of a table"
        used = list(dict.fromkeys(column.column for column in fitted.columns()))
        known = fitted.table.columns
        targets = [name for many in fitted.table.target.values() for name in many]
        first = cells[0] if cells else []
        names: list[str] = []
        if set(used) <= set(first) and fitted.table.header:
            names, cells = first, cells[1:]
        else:
            choices = (used, [name for name in known if name not in targets], known)
            names = next((choice for choice in choices if len(choice) == len(first)), [])
        if not names:
            message = f"{where} has {len(first)} columns; the model takes {len(used)}"
            raise self.unreadable(message, f"give the columns {', '.join(used[:8])}{', …' if len(used) > 8 else ''}")
        return {name: _objects([row[names.index(name)] for row in cells]) for name in used}

    # Missing values

    def complete(self, table: dict[str, Array], lines: Array, path: Path) -> Array:
        """Which rows are used: those without a missing value in a column whose policy is `drop`.

        Raises:
            SpecError: a value is missing that is neither dropped nor filled in.
        """
        self.check_policies()
        complete: Array = np.ones(len(lines), bool)
        holes = {name: self.missing(table[name]) for name in dict.fromkeys((*self.used_inputs(), *self.all_targets()))}
        for name, hole in holes.items():
            if self.policy(name) == "drop":
                complete &= ~hole
        for name, hole in holes.items():
            hole = hole & complete
            if hole.any() and self.refuses_missing(name):
                raise self.missing_values(name, int(hole.sum()), f"{path}:{lines[hole][0]}")
        return complete

    def missing(self, cells: Array) -> Array:
        return np.isin(cells.astype(str), self.marks)

    # Fitting

    def learn(self, x: Any) -> dict[str, InputForm]:
        forms = {}
        for slot in self.wanted.inputs:
            columns = [_columns.learn(self, name, x[name], slot) for name in self.of_inputs[slot.name]]
            forms[slot.name] = InputForm(columns=columns)
            _columns.check(self, slot, columns)
        return forms

    def table(self) -> TableForm:
        return TableForm(header=self.header, columns=self.names, target=self.of_targets)

    def inputs(self, x: Any, forms: Mapping[str, InputForm], part: str) -> list[Array]:
        return [_columns.fitted(self, x, slot, forms[slot.name].columns, part) for slot in self.wanted.inputs]

    def labels(self, y: Any) -> dict[str, Any]:
        labels = {}
        for output, names in self.of_targets.items():
            if len(names) == 1:
                labels[output] = y[names[0]]
            else:
                labels[output] = np.stack([_columns.numbers(self, y[name], name) for name in names], axis=1)
        return labels


class Texts(TextColumns, Table):
    """Lines of a label, a TAB and a text."""

    format = "text"

    def unlabelled(self, content: str, where: str, fitted: Preprocessing) -> dict[str, Array]:
        """Each line is a text."""
        (name,) = (column.column for column in fitted.columns())
        return {name: _objects([line.strip() for line in io.StringIO(content) if line.strip()])}


def _objects(cells: list[str]) -> Array:
    array: Array = np.empty(len(cells), object)
    array[:] = cells
    return array

"""Tables, `.csv` and `.tsv`: a row for each sample; and texts with labels, which are tables of two columns."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np

from layerctl.diagnostics import suggestion
from layerctl.diagnostics.errors import SpecError
from layerctl.language.spec.train import Data
from layerctl.runs.preprocessing import InputForm, Preprocessing, TableForm
from layerctl.runtime.codes import DataNotFound, MissingValues, UnknownColumn
from layerctl.runtime.data import _columns
from layerctl.runtime.data._columns import is_number
from layerctl.runtime.data._source import Source
from layerctl.runtime.data._types import Array, Raw

USUAL_TARGETS = ("target", "label", "labels", "class", "y")
DELIMITERS = ",;\t|"
ROWS_TO_INSPECT = 200
"""Rows that are inspected to recognize a header and the delimiter."""


class Rows(NamedTuple):
    """The content of a table's file.

    Attributes:
        names: of the columns; their numbers if the file has no header.
        header: whether the first row of the file holds the names.
        cells: the rows.
        lines: the line of the file where each row ends.
    """

    names: list[str]
    header: bool
    cells: list[list[str]]
    lines: list[int]


class Table(Source):
    """A table: cells are texts by column; the kind of each column is learnt from the training part."""

    format = "csv"
    target_at: ClassVar[int] = -1

    def read(self, path: Path) -> Raw:
        rows = self.rows(path)
        self.names, self.header = rows.names, rows.header
        self.of_targets = self.targets_of()
        self.of_inputs = self.inputs_of()
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
                rows = self.parsed(file.read(), str(path))
        except UnicodeDecodeError as error:
            raise self.unreadable(f"{path} is no UTF-8 text: {error.reason} at byte {error.start}", "save it as UTF-8") from None
        except OSError as error:
            message = f"cannot read {path}: {(error.strerror or str(error)).lower()}"
            raise self.wanted.refuse(DataNotFound, message, help="check the path and its permissions") from None
        if not rows.cells:
            raise self.unreadable(f"{path} holds no rows", "give it a line for each sample")
        return rows

    def parsed(self, content: str, where: str) -> Rows:
        """The rows of a text, and the names of their columns."""
        cells, ends = self.cells(content, where)
        header = self.has_header(cells)
        names = cells[0] if header else [str(at) for at in range(len(cells[0]) if cells else 0)]
        if header and (twice := [name for name, count in Counter(names).items() if count > 1]):
            raise self.unreadable(f"{where}: two columns are called `{twice[0]}`", "rename one, or set `header: false`")
        return Rows(names, header, cells[header:], ends[header:])

    def cells(self, content: str, where: str) -> tuple[list[list[str]], list[int]]:
        """The values of each row, and the line where it ends; empty lines are skipped."""
        csv.field_size_limit(2**31 - 1)  # a text can be long
        reader = csv.reader(io.StringIO(content, newline=""), **self.dialect(content, where))
        cells, ends = [], []
        try:
            for row in reader:
                if row:
                    cells.append([cell.strip() for cell in row])
                    ends.append(reader.line_num)
        except csv.Error as error:
            raise self.unreadable(f"{where}:{reader.line_num}: {error}", "check the quotes and `delimiter`") from None
        width = len(cells[0]) if cells else 0
        for row, line in zip(cells, ends, strict=True):
            if len(row) != width:
                message = f"{where}:{line}: {len(row)} values; the first row has {width}"
                raise self.unreadable(message, "give each row as many values as the first, or set `delimiter`")
        return cells, ends

    def dialect(self, content: str, where: str) -> dict[str, Any]:
        delimiter = self.wanted.options.get("delimiter")
        if delimiter is None:
            delimiter = "\t" if where.lower().endswith(".tsv") else _delimiter(content)
        return {"delimiter": delimiter, "strict": True, "skipinitialspace": delimiter != "\t"}

    def has_header(self, cells: list[list[str]]) -> bool:
        """Whether the first row holds names: it has no numbers, and the rows below it hold a number, or never repeat a name."""
        header = self.wanted.options.get("header")
        if header is not None or not cells:
            return bool(header and cells)
        first, below = cells[0], cells[1:ROWS_TO_INSPECT]
        if any(is_number(cell) or not cell for cell in first) or len(set(first)) < len(first):
            return False
        numeric = any(is_number(row[at]) for row in below for at in range(len(first)))
        return numeric or not any(row[at] == first[at] for row in below for at in range(len(first)))

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

    # Which column is what

    def column(self, key: int | str) -> str:
        """The name of a column, given by its name or its number; negative numbers count from the end."""
        if isinstance(key, str) and key in self.names:
            return key
        if isinstance(key, int) and -len(self.names) <= key < len(self.names):
            return self.names[key]
        if isinstance(key, int) or not self.header:
            help = f"columns count from 0 to {len(self.names) - 1}"
            raise self.wanted.refuse(UnknownColumn, f"there is no column {key}: the table has {len(self.names)}", help=help)
        help = suggestion(key, self.names, kind="its columns")
        raise self.wanted.refuse(UnknownColumn, f"the table has no column `{key}`", help=help)

    def named_columns(self, key: str, keys: Sequence[str], kind: str) -> dict[str, list[str]] | list[str] | None:
        """The columns of an option that lists columns, or that maps inputs or outputs to columns."""
        option = self.wanted.options.get(key)
        if isinstance(option, dict):
            for name in option:
                if name not in keys:
                    message = f"`{key}` names the {kind} `{name}`, which the model does not have"
                    raise self.wanted.refuse(UnknownColumn, message, help=suggestion(name, keys, kind=f"its {kind}s"))
            return {name: [self.column(one) for one in _many(many)] for name, many in option.items()}
        return None if option is None else [self.column(one) for one in _many(option)]

    def targets_of(self) -> dict[str, list[str]]:
        """The columns of each output with a loss."""
        if self.fitted is not None and self.fitted.table is not None:
            return {name: [self.column(one) for one in many] for name, many in self.fitted.table.target.items()}
        outputs = [target.name for target in self.wanted.targets if target.form is not None]
        columns = self.named_columns("target", outputs, "output")
        if isinstance(columns, dict):
            if missing := [name for name in outputs if name not in columns]:
                raise self.refuse(f"no column is the target of `{missing[0]}`", f"add it to `target`: `{missing[0]}: COLUMN`")
            return columns
        if columns is None and outputs and all(name in self.names for name in outputs):
            return {name: [name] for name in outputs}
        if len(outputs) > 1:
            help = f"write `target: {{{outputs[0]}: COLUMN, {outputs[1]}: COLUMN}}`"
            raise self.refuse(f"the model has {len(outputs)} outputs; it is not said which columns they predict", help)
        if columns is None:
            usual = next((name for name in self.names if name.lower() in USUAL_TARGETS), None)
            columns = [usual if usual is not None and self.header else self.names[self.target_at]]
        return dict.fromkeys(outputs, columns)

    def all_targets(self) -> list[str]:
        return list(dict.fromkeys(name for many in self.of_targets.values() for name in many))

    def inputs_of(self) -> dict[str, list[str]]:
        """The columns of each input, in order."""
        if self.fitted is not None:
            learnt = self.fitted.inputs.items()
            return {name: [self.column(one.column) for one in form.columns] for name, form in learnt}
        inputs = [slot.name for slot in self.wanted.inputs]
        columns = self.named_columns("columns", inputs, "input")
        rest = [name for name in self.names if name not in self.all_targets()]
        if columns is None and not rest:
            raise self.unreadable(f"`{self.wanted.name}` has no column beside the target", "check `delimiter` and `target`")
        if isinstance(columns, dict):
            if missing := [name for name in inputs if name not in columns]:
                raise self.refuse(f"the input `{missing[0]}` gets no columns", f"add it to `columns`: `{missing[0]}: COLUMN`")
            return columns
        if len(inputs) > 1:
            if columns is None and all(name in rest for name in inputs):
                return {name: [name] for name in inputs}
            help = f"write `columns: {{{inputs[0]}: [{', '.join(rest[:2])}], {inputs[1]}: […]}}`"
            raise self.refuse(f"the model has {len(inputs)} inputs; it is not said which columns they take", help)
        return dict.fromkeys(inputs, columns if columns is not None else rest)

    # Missing values

    def policy(self, name: str) -> str:
        policy = self.wanted.options.get("missing", "error")
        return str(policy.get(name, "error") if isinstance(policy, dict) else policy)

    def complete(self, table: dict[str, Array], lines: Array, path: Path) -> Array:
        """Which rows are used: those without a missing value in a column whose policy is `drop`.

        Raises:
            SpecError: a value is missing that is neither dropped nor filled in.
        """
        if isinstance(policies := self.wanted.options.get("missing"), dict):
            for name in policies:
                self.column(name)
        complete: Array = np.ones(len(lines), bool)
        holes = {name: self.missing(table[name]) for name in dict.fromkeys((*self.used_inputs(), *self.all_targets()))}
        for name, hole in holes.items():
            if self.policy(name) == "drop":
                complete &= ~hole
        for name, hole in holes.items():
            policy, hole = self.policy(name), hole & complete
            if not hole.any() or (policy not in ("error", "drop") and name not in self.all_targets()):
                continue
            raise self.missing_values(name, int(hole.sum()), f"{path}:{lines[hole][0]}", policy)
        return complete

    def missing_values(self, name: str, count: int, place: str, policy: str) -> SpecError:
        cells = f"{count} value{'s' if count > 1 else ''}"
        message = f"the column `{name}` lacks {cells}; the first is in {place}"
        if policy != "error":
            help = f"what is to be predicted cannot be filled in: write `missing: {{{name}: drop, …}}`"
        else:
            help = "write `missing: drop` to leave out such rows, or `missing: mean` (`median`, `most_frequent`) to fill them in"
        return self.wanted.refuse(MissingValues, message, help=help)

    def used_inputs(self) -> list[str]:
        return list(dict.fromkeys(name for many in self.of_inputs.values() for name in many))

    def missing(self, cells: Array) -> Array:
        return np.isin(cells.astype(str), self.wanted.options.get("na_values", Data.model_fields["na_values"].default))

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


class Texts(Table):
    """Lines of a label, a TAB and a text; quotes have no special meaning."""

    format = "text"
    target_at = 0

    def dialect(self, content: str, where: str) -> dict[str, Any]:
        return {"delimiter": "\t", "quoting": csv.QUOTE_NONE}

    def inputs_of(self) -> dict[str, list[str]]:
        columns = super().inputs_of()
        if len(self.names) < 2:
            raise self.unreadable(f"`{self.wanted.name}` has one column", "each line is a label, a TAB and the text")
        return columns

    def unlabelled(self, content: str, where: str, fitted: Preprocessing) -> dict[str, Array]:
        """Each line is a text."""
        (name,) = (column.column for column in fitted.columns())
        return {name: _objects([line.strip() for line in io.StringIO(content) if line.strip()])}

    def missing(self, cells: Array) -> Array:
        return np.equal(cells, "") if "na_values" not in self.wanted.options else super().missing(cells)


def _delimiter(content: str) -> str:
    """The first delimiter that splits each of the first rows into the same number of values, more than one."""
    for mark in DELIMITERS:
        rows = (row for row in csv.reader(io.StringIO(content, newline=""), delimiter=mark) if row)
        widths = {len(row) for row in islice(rows, ROWS_TO_INSPECT)}
        if len(widths) == 1 and widths != {1}:
            return mark
    return ","


def _many(names: Any) -> Sequence[Any]:
    return names if isinstance(names, tuple) else (names,)


def _objects(cells: list[str]) -> Array:
    array: Array = np.empty(len(cells), object)
    array[:] = cells
    return array

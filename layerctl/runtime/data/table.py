"""Tables, `.csv` and `.tsv`: a row for each sample; and texts with labels, which are tables of two columns."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from layerctl.diagnostics import suggestion
from layerctl.diagnostics.errors import SpecError
from layerctl.language.spec.train import Data
from layerctl.runs.preprocessing import InputForm, Preprocessing, TableForm
from layerctl.runtime.codes import DataNotFound, MissingValues, UnknownColumn
from layerctl.runtime.data import _cells, _columns, _dates, _roles, _rows
from layerctl.runtime.data._roles import Roles
from layerctl.runtime.data._rows import Row, Rows, is_number
from layerctl.runtime.data._source import Source
from layerctl.runtime.data._types import Array, Raw, Wanted


class Table(Source):
    """A table: cells are texts by column; the kind of each column is learnt from the training part."""

    format = "csv"
    target_at: ClassVar[int] = -1

    def __init__(self, wanted: Wanted, fitted: Preprocessing | None = None) -> None:
        super().__init__(wanted, fitted)
        self.advice: dict[str, str] = {}
        """What a user should know of columns that hardly are categories."""
        self.form: TableForm | None = None
        """The columns of the table; None until its first file is read."""
        if fitted is not None and fitted.table is not None:
            self.form = fitted.table
            self.of_inputs = {name: [column.column for column in form.columns] for name, form in fitted.inputs.items()}

    def read(self, path: Path) -> Raw:
        rows = self.rows(path)
        if self.form is None:
            roles = self.settle(rows)
            self.of_inputs = roles.inputs(self.all_targets())
            if "columns" not in self.wanted.options:
                self.advice |= _columns.row_numbers(by_column(rows, self.used_inputs()))
        x, y = self.complete_columns(rows, path)
        return Raw(x, y, origin={"train": path.name})

    def settle(self, rows: Rows) -> Roles:
        """Takes the columns of the table's first file, and finds the targets among them."""
        roles = self.roles(rows)
        self.form = TableForm(header=rows.header, columns=rows.names, target=roles.targets())
        return roles

    def roles(self, rows: Rows) -> Roles:
        return Roles(self, rows.names, rows.header, self.target_at)

    def column(self, key: int | str) -> str:
        """The name of a column that an option names."""
        assert self.form is not None
        return self.roles(Rows(self.form.columns, self.form.header, [], [])).column(key)

    def part(self, path: Path) -> tuple[Any, Any]:
        return self.complete_columns(self.rows(path), path)

    def complete_columns(self, rows: Rows, path: Path) -> tuple[dict[str, Array], dict[str, Array]]:
        """The columns of the inputs and of the targets, without the rows that are left out."""
        inputs, targets = self.used_inputs(), self.all_targets()
        table = by_column(rows, list(dict.fromkeys((*inputs, *targets))))
        lines = np.array(rows.lines)
        complete = self.complete(table, lines, path)
        if not complete.any():
            raise self.unreadable(f"{path}: no row is complete", "set `missing: most_frequent`, for example")
        if dropped := int((~complete).sum()):
            self.notes.append(f"{path}: {dropped:,} of {len(lines):,} rows lack a value and are left out (`missing: drop`)")
        table = {name: cells[complete] for name, cells in table.items()}
        return {name: table[name] for name in inputs}, {name: table[name] for name in targets}

    # Reading

    def rows(self, path: Path) -> Rows:
        """The rows of a file, with the table's own names of its columns where they are known."""
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                content = file.read()
        except UnicodeDecodeError as error:
            raise self.unreadable(f"{path} is no UTF-8 text: {error.reason} at byte {error.start}", "save it as UTF-8") from None
        except OSError as error:
            message = f"cannot read {path}: {(error.strerror or str(error)).lower()}"
            raise self.wanted.refuse(DataNotFound, message, help="check the path and its permissions") from None
        rows = self.parsed(content, str(path))
        if not rows.cells:
            raise self.unreadable(f"{path} holds no rows", "give it a line for each sample")
        return rows

    def parsed(self, content: str, where: str) -> Rows:
        """The rows of a text, and the names of their columns.

        Raises:
            SpecError: rows differ in length, two columns have one name, or a column of the table is missing.
        """
        rows = _rows.split(content, where, self.dialect(content, where), self.unreadable)
        for at, problem in _rows.uneven(rows).items():
            message = f"{where}:{rows[at].line}: {problem}"
            raise self.unreadable(message, "give each row as many values as the first, or set `delimiter`")
        if self.form is not None:
            return self.placed(rows, where, self.form, [*self.used_inputs(), *self.all_targets()], labelled=True)
        header = self.has_header(rows, where)
        names = _rows.column_names(rows[0].cells) if header else [str(at) for at in range(len(rows[0].cells) if rows else 0)]
        if twice := [name for name, count in Counter(names).items() if count > 1]:
            places = " and ".join(str(at) for at, name in enumerate(names) if name == twice[0])
            message = f"{where}: two columns are called `{twice[0]}`, the columns {places}"
            raise self.unreadable(message, "rename one of them in the first row; or set `header: false` if it holds no names")
        return Rows(names, header, *_apart(rows[header:]))

    def has_header(self, rows: list[Row], where: str) -> bool:
        option = self.wanted.options.get("header")
        if option is not None:
            return bool(option and rows)
        header = _rows.has_header(rows, self.na_values)
        if header and any(map(is_number, rows[0].cells)):
            first = ",".join(rows[0].cells[:6]) + (",…" if len(rows[0].cells) > 6 else "")
            self.notes.append(f"{where}: the first row, `{first}`, is taken for names; `header: false` takes it for a sample")
        return header

    def placed(self, rows: list[Row], where: str, form: TableForm, used: Sequence[str], *, labelled: bool) -> Rows:
        """The rows of a further file of the table: columns by name, or without a header in their order.

        Args:
            rows: of the file.
            where: its name.
            form: the table's columns.
            used: the columns that it must have.
            labelled: whether it holds the targets; else it may lack them, and all columns that are no inputs.

        Raises:
            SpecError: a column is missing.
        """
        if not rows:
            return Rows(list(used), form.header, [], [])
        used = list(dict.fromkeys(used))
        first = _rows.column_names(rows[0].cells)
        by_name = form.header and not set(first).isdisjoint(form.columns)
        header = by_name or self.has_header(rows, where)
        if form.header and header:
            if missing := [name for name in used if name not in first]:
                raise self.lacking(missing, first, where)
            return Rows(first, True, *_apart(rows[1:]))
        without_targets = [name for name in form.columns if name not in self.all_targets()]
        choices = (form.columns, without_targets, used) if labelled else (used, without_targets, form.columns)
        names = next((choice for choice in choices if len(choice) == len(first) and set(used) <= set(choice)), None)
        if names is None:
            message = f"{where} has {len(first)} columns; the model takes {len(used)}"
            raise self.unreadable(message, f"give the columns {', '.join(used[:8])}{', …' if len(used) > 8 else ''}")
        return Rows(list(names), header, *_apart(rows[header:]))

    def lacking(self, missing: list[str], present: Sequence[str], where: str) -> SpecError:
        listed = " and ".join(f"`{name}`" for name in missing[:8]) + (", …" if len(missing) > 8 else "")
        takes = "which the model was trained with" if self.fitted is not None else f"which `{self.wanted.name}` has"
        message = f"{where} has no column{'s' if len(missing) > 1 else ''} {listed}, {takes}"
        return self.wanted.refuse(UnknownColumn, message, help=suggestion(missing[0], present, kind="its columns"))

    def unlabelled(self, content: str, where: str) -> tuple[dict[str, Array], dict[int, str]]:
        """The rows to predict, by column, and what is wrong with those that cannot be predicted.

        Args:
            content: of a file.
            where: the file's name.
        """
        assert self.form is not None, "of a trained model"
        assert self.fitted is not None, "of a trained model"
        rows = _rows.split(content, where, self.dialect(content, where), self.unreadable)
        placed = self.placed(rows, where, self.form, self.used_inputs(), labelled=False)
        begin = len(rows) - len(placed.cells)
        wrong = {at - begin: problem for at, problem in _rows.uneven(rows).items()}
        width = len(placed.names)
        cells = [(row + [""] * width)[:width] for row in placed.cells]
        columns = by_column(placed._replace(cells=cells), self.used_inputs())
        wrong |= {at: why for at, why in _cells.wrong(self, columns, list(self.fitted.columns())).items() if at not in wrong}
        return columns, {at: f"line {placed.lines[at]}: {why}" for at, why in sorted(wrong.items())}

    def dialect(self, content: str, where: str) -> dict[str, Any]:
        delimiter = self.wanted.options.get("delimiter")
        if delimiter is None:
            delimiter = "\t" if where.lower().endswith(".tsv") else _rows.delimiter(content)
        return {"delimiter": delimiter, "strict": True, "skipinitialspace": delimiter != "\t"}

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

    def all_targets(self) -> list[str]:
        targets = self.form.target.values() if self.form is not None else ()
        return list(dict.fromkeys(name for many in targets for name in many))

    def used_inputs(self) -> list[str]:
        return list(dict.fromkeys(name for many in self.of_inputs.values() for name in many))

    @property
    def na_values(self) -> tuple[str, ...]:
        """The texts that stand for a missing value."""
        return tuple(self.wanted.options.get("na_values", Data.model_fields["na_values"].default))

    def missing(self, cells: Array) -> Array:
        return np.isin(cells.astype(str), self.na_values)

    def dates(self) -> dict[str, Sequence[str]]:
        """The parts of the date that each column of dates becomes."""
        option = self.wanted.options.get("dates")
        if not isinstance(option, dict):
            option = dict.fromkeys(_roles.many(option), _dates.PARTS)
        return {self.column(key): _roles.many(parts) for key, parts in option.items()}

    # Fitting

    def learn(self, x: Any) -> dict[str, InputForm]:
        forms = {}
        for slot in self.wanted.inputs:
            columns = [_columns.learn(self, name, x[name], slot) for name in self.of_inputs[slot.name]]
            forms[slot.name] = InputForm(columns=columns)
            _columns.check(self, slot, columns)
        self.notes += self.advice.values()
        return forms

    def table(self) -> TableForm | None:
        return self.form

    def inputs(self, x: Any, forms: Mapping[str, InputForm], part: str) -> list[Array]:
        return [_cells.fitted(self, x, slot, forms[slot.name].columns, part) for slot in self.wanted.inputs]

    def labels(self, y: Any) -> dict[str, Any]:
        labels = {}
        for output, names in self.form.target.items() if self.form is not None else ():
            if len(names) == 1:
                labels[output] = y[names[0]]
            else:
                labels[output] = np.stack([_cells.numbers(self, y[name], name) for name in names], axis=1)
        return labels


class Texts(Table):
    """Lines of a label, a TAB and a text; quotes have no special meaning."""

    format = "text"
    target_at = 0

    def dialect(self, content: str, where: str) -> dict[str, Any]:
        return {"delimiter": "\t", "quoting": csv.QUOTE_NONE}

    def roles(self, rows: Rows) -> Roles:
        if len(rows.names) < 2:
            raise self.unreadable(f"`{self.wanted.name}` has one column", "each line is a label, a TAB and the text")
        return super().roles(rows)

    def unlabelled(self, content: str, where: str) -> tuple[dict[str, Array], dict[int, str]]:
        """Each line is a text."""
        (name,) = self.used_inputs()
        return {name: _objects([line.strip() for line in io.StringIO(content) if line.strip()])}, {}

    def missing(self, cells: Array) -> Array:
        return np.equal(cells, "") if "na_values" not in self.wanted.options else super().missing(cells)


def by_column(rows: Rows, names: Sequence[str]) -> dict[str, Array]:
    """Columns of a table as arrays of texts."""
    places = {name: rows.names.index(name) for name in names}
    return {name: _objects([row[at] for row in rows.cells]) for name, at in places.items()}


def _apart(rows: Sequence[Row]) -> tuple[list[list[str]], list[int]]:
    return [row.cells for row in rows], [row.line for row in rows]


def _objects(cells: list[str]) -> Array:
    array: Array = np.empty(len(cells), object)
    array[:] = cells
    return array

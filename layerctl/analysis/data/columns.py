"""The columns of a table: its rows, and which column is an input or a target."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from layerctl.analysis.data import cells, dates
from layerctl.analysis.data._codes import MissingValues, UnknownColumn
from layerctl.analysis.data.cells import Row
from layerctl.analysis.data.wanted import Wanted
from layerctl.diagnostics import suggestion
from layerctl.diagnostics.errors import SpecError
from layerctl.language.spec.data import Data

USUAL_TARGETS = ("target", "label", "labels", "class", "y")


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


class Columns:
    """A table that is read for a model.

    Attributes:
        wanted: the model's requirements.
        names: of the columns, once rows are read; their numbers if the file has no header.
        header: whether the first row of the file holds the names.
        of_targets: the columns of each output with a loss.
        of_inputs: the columns of each input, in order.
        origin: says for mistakes where the columns are known from.
        notes: what a user should know of how the table was read.
    """

    target_at: ClassVar[int] = -1

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.names: list[str] = []
        self.header = False
        self.of_targets: dict[str, list[str]] = {}
        self.of_inputs: dict[str, list[str]] = {}
        self.origin = f"which `{wanted.name}` has"
        self.notes: list[str] = []

    def settle(self, rows: Rows) -> None:
        """Takes the columns of the table's first file, and finds the targets among them."""
        self.names, self.header = rows.names, rows.header
        self.of_targets = self.targets_of()

    def take(self, rows: Rows) -> None:
        """Decides which columns are targets and inputs, by the names of the columns."""
        self.settle(rows)
        self.of_inputs = self.inputs_of()

    # Rows

    def parsed(self, content: str, where: str, *, cut: bool = False) -> Rows:
        """The rows of a text, and the names of their columns: the table's own where they are known.

        Args:
            content: of a file.
            where: the file's name.
            cut: whether the text is only the beginning of the file.

        Raises:
            SpecError: rows differ in length, two columns have one name, a column of the table is missing, or there are no rows.
        """
        rows = self.split(content, where, cut=cut)
        for at, problem in cells.uneven(rows).items():
            help = "give each row as many values as the first, or set `delimiter`"
            raise self.wanted.unreadable(f"{where}:{rows[at].line}: {problem}", help)
        first = not self.names
        found = self.first(rows, where) if first else self.placed(rows, where, (*self.used_inputs(), *self.all_targets()))
        if not found.cells:
            raise self.wanted.unreadable(f"{where} holds no rows", "give it a line for each sample")
        return found

    def split(self, content: str, where: str, *, cut: bool = False) -> list[Row]:
        """The rows of a text as they are; arguments as for `parsed`."""
        try:
            return cells.split(content, self.dialect(content, where), cut=cut)
        except cells.Malformed as error:
            raise self.wanted.unreadable(f"{where}:{error.line}: {error}", "check the quotes and `delimiter`") from None

    def first(self, rows: list[Row], where: str) -> Rows:
        """The rows of the table's first file, and the names of its columns."""
        header = self.has_header(rows, where)
        names = cells.column_names(rows[0].cells) if header else [str(at) for at in range(len(rows[0].cells) if rows else 0)]
        if twice := [name for name, count in Counter(names).items() if count > 1]:
            places = " and ".join(str(at) for at, name in enumerate(names) if name == twice[0])
            message = f"{where}: two columns are called `{twice[0]}`, the columns {places}"
            help = "rename one of them in the first row; or set `header: false` if it holds no names"
            raise self.wanted.unreadable(message, help)
        return _rows(names, header, rows[header:])

    def has_header(self, rows: list[Row], where: str) -> bool:
        stated = self.wanted.options.get("header")
        if stated is not None:
            return bool(stated and rows)
        header = cells.has_header(rows, self.marks)
        if header and any(map(cells.is_number, rows[0].cells)):
            first = ",".join(rows[0].cells[:6]) + (",…" if len(rows[0].cells) > 6 else "")
            self.notes.append(f"{where}: the first row, `{first}`, is taken for names; `header: false` takes it for a sample")
        return header

    def placed(self, rows: list[Row], where: str, used: Sequence[str], *, labelled: bool = True) -> Rows:
        """The rows of a further file of the table: columns by name, or without a header in their order.

        Args:
            rows: of the file.
            where: its name.
            used: the columns that it must have.
            labelled: whether it holds the targets; else it may lack them, and all columns that are no inputs.

        Raises:
            SpecError: a column is missing.
        """
        used = list(dict.fromkeys(used))
        if not rows:
            return Rows(used, self.header, [], [])
        first = cells.column_names(rows[0].cells)
        header = (self.header and not set(first).isdisjoint(self.names)) or self.has_header(rows, where)
        if self.header and header:
            if missing := [name for name in used if name not in first]:
                raise self.lacking(missing, first, where)
            return _rows(first, True, rows[1:])
        without_targets = [name for name in self.names if name not in self.all_targets()]
        choices = (self.names, without_targets, used) if labelled else (used, without_targets, self.names)
        names = next((choice for choice in choices if len(choice) == len(first) and set(used) <= set(choice)), None)
        if names is None:
            message = f"{where} has {len(first)} columns; the model takes {len(used)}"
            help = f"give the columns {', '.join(used[:8])}{', …' if len(used) > 8 else ''}"
            raise self.wanted.unreadable(message, help)
        return _rows(list(names), header, rows[header:])

    def lacking(self, missing: list[str], present: Sequence[str], where: str) -> SpecError:
        listed = " and ".join(f"`{name}`" for name in missing[:8]) + (", …" if len(missing) > 8 else "")
        message = f"{where} has no column{'s' if len(missing) > 1 else ''} {listed}, {self.origin}"
        return self.wanted.refuse(UnknownColumn, message, help=suggestion(missing[0], present, kind="its columns"))

    def dialect(self, content: str, where: str) -> dict[str, Any]:
        delimiter = self.wanted.options.get("delimiter")
        if delimiter is None:
            delimiter = "\t" if where.lower().endswith(".tsv") else cells.delimiter(content)
        return {"delimiter": delimiter, "strict": True, "skipinitialspace": delimiter != "\t"}

    def not_utf8(self, path: Path, error: UnicodeDecodeError) -> SpecError:
        return self.wanted.unreadable(f"{path} is no UTF-8 text: {error.reason} at byte {error.start}", "save it as UTF-8")

    # Which column is what

    def column(self, key: int | str, option: str | None = None) -> str:
        """The name of a column, given by its name or its number; negative numbers count from the end.

        Args:
            key: the name or number.
            option: the key of `data` that names it, for the place of a mistake.
        """
        if isinstance(key, str) and key in self.names:
            return key
        if isinstance(key, int) and -len(self.names) <= key < len(self.names):
            return self.names[key]
        if isinstance(key, int) or not self.header:
            help = f"columns count from 0 to {len(self.names) - 1}"
            raise self.wanted.refuse(
                UnknownColumn, f"there is no column {key}: the table has {len(self.names)}", help=help, option=option
            )
        help = suggestion(key, self.names, kind="its columns")
        raise self.wanted.refuse(UnknownColumn, f"the table has no column `{key}`", help=help, option=option)

    def named_columns(self, key: str, keys: Sequence[str], kind: str) -> dict[str, list[str]] | list[str] | None:
        """The columns of an option that lists columns, or that maps inputs or outputs to columns."""
        option = self.wanted.options.get(key)
        if isinstance(option, dict):
            for name in option:
                if name not in keys:
                    message = f"`{key}` names the {kind} `{name}`, which the model does not have"
                    raise self.wanted.refuse(UnknownColumn, message, help=suggestion(name, keys, kind=f"its {kind}s"), option=key)
            return {name: [self.column(one, key) for one in _many(many)] for name, many in option.items()}
        return None if option is None else [self.column(one, key) for one in _many(option)]

    def targets_of(self) -> dict[str, list[str]]:
        """The columns of each output with a loss."""
        outputs = [target.name for target in self.wanted.targets if target.form is not None]
        columns = self.named_columns("target", outputs, "output")
        if isinstance(columns, dict):
            if missing := [name for name in outputs if name not in columns]:
                raise self.wanted.misfit(
                    f"no column is the target of `{missing[0]}`", f"add it to `target`: `{missing[0]}: COLUMN`"
                )
            return columns
        if columns is None and outputs and all(name in self.names for name in outputs):
            return {name: [name] for name in outputs}
        if len(outputs) > 1:
            help = f"write `target: {{{outputs[0]}: COLUMN, {outputs[1]}: COLUMN}}`"
            raise self.wanted.misfit(f"the model has {len(outputs)} outputs; it is not said which columns they predict", help)
        if columns is None:
            candidates = [name for name in self.names if name not in self.dropped()] or self.names
            usual = next((name for name in candidates if name.lower() in USUAL_TARGETS), None)
            columns = [usual if usual is not None and self.header else candidates[self.target_at]]
        return dict.fromkeys(outputs, columns)

    def all_targets(self) -> list[str]:
        return list(dict.fromkeys(name for many in self.of_targets.values() for name in many))

    def inputs_of(self) -> dict[str, list[str]]:
        """The columns of each input, in order."""
        inputs = [slot.name for slot in self.wanted.inputs]
        columns, targets, dropped = self.named_columns("columns", inputs, "input"), self.all_targets(), self.dropped()
        chosen = [name for each in columns.values() for name in each] if isinstance(columns, dict) else columns or []
        if used := [name for name in dropped if name in (*targets, *chosen)]:
            message = f"`drop` leaves out `{used[0]}`, which `{'target' if used[0] in targets else 'columns'}` names"
            raise self.wanted.misfit(message, f"take `{used[0]}` out of one of the two")
        rest = [name for name in self.names if name not in (*targets, *dropped)]
        if columns is None and not rest:
            raise self.wanted.unreadable(
                f"`{self.wanted.name}` has no column beside the target", "check `delimiter` and `target`"
            )
        if isinstance(columns, dict):
            if missing := [name for name in inputs if name not in columns]:
                raise self.wanted.misfit(
                    f"the input `{missing[0]}` gets no columns", f"add it to `columns`: `{missing[0]}: COLUMN`"
                )
            return columns
        if len(inputs) > 1:
            if columns is None and all(name in rest for name in inputs):
                return {name: [name] for name in inputs}
            help = f"write `columns: {{{inputs[0]}: [{', '.join(rest[:2])}], {inputs[1]}: […]}}`"
            raise self.wanted.misfit(f"the model has {len(inputs)} inputs; it is not said which columns they take", help)
        return dict.fromkeys(inputs, columns if columns is not None else rest)

    def used_inputs(self) -> list[str]:
        return list(dict.fromkeys(name for many in self.of_inputs.values() for name in many))

    def dropped(self) -> list[str]:
        """The columns that the option `drop` leaves out."""
        return [self.column(key, "drop") for key in _many(self.wanted.options.get("drop"))]

    def dates(self) -> dict[str, Sequence[str]]:
        """The parts of the date that each column of dates becomes."""
        option = self.wanted.options.get("dates")
        if not isinstance(option, dict):
            option = dict.fromkeys(_many(option), dates.PARTS)
        return {self.column(key, "dates"): _many(parts) for key, parts in option.items()}

    # Missing values

    @property
    def marks(self) -> tuple[str, ...]:
        """The texts that stand for a missing value."""
        return tuple(self.wanted.options.get("na_values", Data.model_fields["na_values"].default))

    def policy(self, name: str) -> str:
        """What to do with the missing values of a column: `error`, `drop`, `mean`, `median` or `most_frequent`."""
        policy = self.wanted.options.get("missing", "error")
        return str(policy.get(name, "error") if isinstance(policy, dict) else policy)

    def check_policies(self) -> None:
        """Checks that the table has the columns that `missing` names."""
        if isinstance(policies := self.wanted.options.get("missing"), dict):
            for name in policies:
                self.column(name, "missing")

    def refuses_missing(self, name: str) -> bool:
        """Whether a missing value in a row that is not left out is an error: what is predicted is never filled in."""
        return self.policy(name) in ("error", "drop") or name in self.all_targets()

    def missing_values(self, name: str, count: int | None, place: str) -> SpecError:
        """The error for missing values.

        Args:
            name: of the column.
            count: how many are missing; None if that is not known.
            place: the file and line of the first.
        """
        cells = "values" if count is None else f"{count} value{'s' if count > 1 else ''}"
        message = f"the column `{name}` lacks {cells}; the first is in {place}"
        if self.policy(name) != "error":
            help = f"what is to be predicted cannot be filled in: write `missing: {{{name}: drop, …}}`"
        else:
            help = "write `missing: drop` to leave out such rows, or `missing: mean` (`median`, `most_frequent`) to fill them in"
        return self.wanted.refuse(MissingValues, message, help=help)


class TextColumns(Columns):
    """Lines of a label, a TAB and a text; quotes have no special meaning."""

    target_at = 0

    def dialect(self, content: str, where: str) -> dict[str, Any]:
        return {"delimiter": "\t", "quoting": csv.QUOTE_NONE}

    def settle(self, rows: Rows) -> None:
        if len(rows.names) < 2:
            raise self.wanted.unreadable(f"`{self.wanted.name}` has one column", "each line is a label, a TAB and the text")
        super().settle(rows)

    @property
    def marks(self) -> tuple[str, ...]:
        return tuple(self.wanted.options.get("na_values", ("",)))


def _rows(names: list[str], header: bool, rows: Sequence[Row]) -> Rows:
    return Rows(names, header, [row.cells for row in rows], [row.line for row in rows])


def _many(names: Any) -> Sequence[Any]:
    """Names of columns that may be one alone, or none."""
    if names is None:
        return ()
    return names if isinstance(names, tuple | list) else (names,)

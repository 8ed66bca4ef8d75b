"""The columns of a table: its rows, and which column is an input or a target."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from layerctl.analysis.data import cells
from layerctl.analysis.data._codes import MissingValues, UnknownColumn
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
    """

    target_at: ClassVar[int] = -1

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.names: list[str] = []
        self.header = False
        self.of_targets: dict[str, list[str]] = {}
        self.of_inputs: dict[str, list[str]] = {}

    def take(self, rows: Rows) -> None:
        """Decides which columns are targets and inputs, by the names of the columns."""
        self.names, self.header = rows.names, rows.header
        self.of_targets = self.targets_of()
        self.of_inputs = self.inputs_of()

    # Rows

    def parsed(self, content: str, where: str, *, cut: bool = False) -> Rows:
        """The rows of a text, and the names of their columns.

        Args:
            content: of a file.
            where: the file's name.
            cut: whether the text is only the beginning of the file.
        """
        rows, ends = self.cells(content, where, cut=cut)
        stated = self.wanted.options.get("header")
        header = bool(stated and rows) if stated is not None else cells.has_header(rows)
        names = rows[0] if header else [str(at) for at in range(len(rows[0]) if rows else 0)]
        if header and (twice := [name for name, count in Counter(names).items() if count > 1]):
            message = f"{where}: two columns are called `{twice[0]}`"
            raise self.wanted.unreadable(message, "rename one, or set `header: false`")
        if not rows[header:]:
            raise self.wanted.unreadable(f"{where} holds no rows", "give it a line for each sample")
        return Rows(names, header, rows[header:], ends[header:])

    def cells(self, content: str, where: str, *, cut: bool = False) -> tuple[list[list[str]], list[int]]:
        """The values of each row, and the line where it ends; arguments as for `parsed`."""
        try:
            return cells.parsed(content, self.dialect(content, where), cut=cut)
        except cells.Malformed as error:
            raise self.wanted.unreadable(f"{where}:{error.line}: {error}", error.help) from None

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
            usual = next((name for name in self.names if name.lower() in USUAL_TARGETS), None)
            columns = [usual if usual is not None and self.header else self.names[self.target_at]]
        return dict.fromkeys(outputs, columns)

    def all_targets(self) -> list[str]:
        return list(dict.fromkeys(name for many in self.of_targets.values() for name in many))

    def inputs_of(self) -> dict[str, list[str]]:
        """The columns of each input, in order."""
        inputs = [slot.name for slot in self.wanted.inputs]
        columns = self.named_columns("columns", inputs, "input")
        rest = [name for name in self.names if name not in self.all_targets()]
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

    def inputs_of(self) -> dict[str, list[str]]:
        columns = super().inputs_of()
        if len(self.names) < 2:
            raise self.wanted.unreadable(f"`{self.wanted.name}` has one column", "each line is a label, a TAB and the text")
        return columns

    @property
    def marks(self) -> tuple[str, ...]:
        return tuple(self.wanted.options.get("na_values", ("",)))


def _many(names: Any) -> Sequence[Any]:
    return names if isinstance(names, tuple) else (names,)

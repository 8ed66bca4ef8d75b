"""The columns of a table: which one is an input or a target, and what is done where values are missing."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from layerctl.analysis.data import dates
from layerctl.analysis.data._codes import MissingValues, UnknownColumn
from layerctl.analysis.data.rows import Reader, Rows
from layerctl.diagnostics import suggestion
from layerctl.diagnostics.errors import SpecError

USUAL_TARGETS = ("target", "label", "labels", "class", "y")


class Hole(NamedTuple):
    """A missing value: what its cell holds, and its file and line."""

    cell: str
    place: str


class Columns(Reader):
    """The columns of a table that is read for a model."""

    target_at: ClassVar[int] = -1

    def settle(self, rows: Rows) -> None:
        """Takes the columns of the table's first file, and finds the targets among them."""
        self.names, self.header = rows.names, rows.header
        self.of_targets = self.targets_of()

    def take(self, rows: Rows) -> None:
        """Decides which columns are targets and inputs, by the names of the columns."""
        self.settle(rows)
        self.of_inputs = self.inputs_of()

    # Which column is what

    def column(self, key: int | str, option: str | None = None) -> str:
        """The name of a column, given by its name or its number; negative numbers count from the end.

        Args:
            key: the name or number.
            option: the key of `data` that names it, for the place of a mistake.
        """
        if isinstance(key, str) and key in self.known:
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
            if missing := [name for name in outputs if not columns.get(name)]:
                raise self.wanted.misfit(
                    f"no column is the target of `{missing[0]}`", f"add it to `target`: `{missing[0]}: COLUMN`"
                )
            return columns
        if columns == [] and outputs:
            raise self.wanted.misfit(f"no column is the target of `{outputs[0]}`", "name one in `target`, or leave `target` out")
        if columns is None and outputs and self.known.issuperset(outputs):
            return {name: [name] for name in outputs}
        if len(outputs) > 1:
            help = f"write `target: {{{outputs[0]}: COLUMN, {outputs[1]}: COLUMN}}`"
            raise self.wanted.misfit(f"the model has {len(outputs)} outputs; it is not said which columns they predict", help)
        if columns is None:
            dropped = set(self.dropped())
            candidates = [name for name in self.names if name not in dropped] or self.names
            usual = next((name for name in candidates if name.lower() in USUAL_TARGETS), None)
            columns = [usual if usual is not None and self.header else candidates[self.target_at]]
        return dict.fromkeys(outputs, columns)

    def inputs_of(self) -> dict[str, list[str]]:
        """The columns of each input, in order."""
        inputs = [slot.name for slot in self.wanted.inputs]
        columns, targets, dropped = self.named_columns("columns", inputs, "input"), self.all_targets(), self.dropped()
        chosen = [name for each in columns.values() for name in each] if isinstance(columns, dict) else columns or []
        named, left_out = {*targets, *chosen}, {*targets, *dropped}
        if used := [name for name in dropped if name in named]:
            message = f"`drop` leaves out `{used[0]}`, which `{'target' if used[0] in targets else 'columns'}` names"
            raise self.wanted.misfit(message, f"take `{used[0]}` out of one of the two")
        rest = [name for name in self.names if name not in left_out]
        if columns is None and not rest:
            raise self.wanted.unreadable(
                f"`{self.wanted.name}` has no column beside the target", "check `delimiter` and `target`"
            )
        if isinstance(columns, dict):
            if missing := [name for name in inputs if not columns.get(name)]:
                raise self.wanted.misfit(
                    f"the input `{missing[0]}` gets no columns", f"add it to `columns`: `{missing[0]}: COLUMN`"
                )
            return columns
        if columns == []:
            raise self.wanted.misfit(f"the input `{inputs[0]}` gets no columns", "name them in `columns`, or leave `columns` out")
        if len(inputs) > 1:
            if columns is None and all(name in rest for name in inputs):
                return {name: [name] for name in inputs}
            help = f"write `columns: {{{inputs[0]}: [{', '.join(rest[:2])}], {inputs[1]}: […]}}`"
            raise self.wanted.misfit(f"the model has {len(inputs)} inputs; it is not said which columns they take", help)
        return dict.fromkeys(inputs, columns if columns is not None else rest)

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

    def policy(self, name: str) -> str:
        """What to do with the missing values of a column: `error`, `drop`, `mean`, `median` or `most_frequent`."""
        policy = self.wanted.options.get("missing", "error")
        return str(policy.get(name, "error") if isinstance(policy, dict) else policy)

    def check_policies(self) -> None:
        """Checks that the table has the columns that `missing` names."""
        if isinstance(policies := self.wanted.options.get("missing"), dict):
            for name in policies:
                self.column(name, "missing")

    def complete(self, rows: Rows, path: Path, *, whole: bool = True) -> Rows:
        """The rows without those that `missing: drop` leaves out.

        Args:
            rows: of a file, or its first ones.
            path: of the file.
            whole: whether these are all its rows.

        Raises:
            SpecError: a value is missing that is neither left out nor filled in, or no row is left.
        """
        self.check_policies()
        marks = frozenset(self.marks)
        places = rows.places()
        used = {name: places[name] for name in (*self.used_inputs(), *self.all_targets())}
        dropping = [at for name, at in used.items() if self.policy(name) == "drop"]
        kept = [number for number, row in enumerate(rows.cells) if not any(row[at] in marks for at in dropping)]
        for name, at in used.items():
            holes = [number for number in kept if rows.cells[number][at] in marks]
            if holes and self.refuses_missing(name):
                empty = whole and len(holes) == len(rows.cells)
                first = Hole(rows.cells[holes[0]][at], f"{path}:{rows.lines[holes[0]]}")
                raise self.missing_values(name, len(holes) if whole else None, first, empty=empty)
        if whole and not kept:
            raise self.wanted.unreadable(f"{path}: no row is complete", "set `missing: most_frequent`, for example")
        return rows._replace(cells=[rows.cells[number] for number in kept], lines=[rows.lines[number] for number in kept])

    def refuses_missing(self, name: str) -> bool:
        """Whether a missing value in a row that is not left out is an error: what is predicted is never filled in."""
        return self.policy(name) in ("error", "drop") or name in self.all_targets()

    def missing_values(self, name: str, count: int | None, first: Hole, *, empty: bool) -> SpecError:
        """The error for missing values.

        Args:
            name: of the column.
            count: how many are missing; None if that is not known.
            first: of them.
            empty: whether all values of the column are missing.
        """
        cells = "values" if count is None else f"{count} value{'s' if count > 1 else ''}"
        message = f"the column `{name}` lacks {cells}; the first{f', `{first.cell}`,' if first.cell else ''} is in {first.place}"
        if empty:
            help = f"the column is empty: `drop: ['{name}']` leaves it out"
        elif self.policy(name) != "error":
            help = f"what is to be predicted cannot be filled in: write `missing: {{{name}: drop, …}}`"
        else:
            help = "write `missing: drop` to leave out such rows, or `missing: mean` (`median`, `most_frequent`) to fill them in"
        if first.cell:
            help += f"; or `na_values: ['']` if `{first.cell}` is a value"
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


def _many(names: Any) -> Sequence[Any]:
    """Names of columns that may be one alone, or none."""
    if names is None:
        return ()
    return names if isinstance(names, tuple | list) else (names,)

"""Which columns of a table are inputs, and which are targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from layerctl.diagnostics import suggestion
from layerctl.runtime.codes import UnknownColumn
from layerctl.runtime.data._source import Source

USUAL_TARGETS = ("target", "label", "labels", "class", "y")


class Roles:
    """The columns of a table by their use, as the options of `data` say it.

    Args:
        table: the data.
        names: the columns.
        header: whether these are names, not numbers.
        target_at: the number of the target where nothing says which it is.
    """

    def __init__(self, table: Source, names: list[str], header: bool, target_at: int) -> None:
        self.table = table
        self.wanted = table.wanted
        self.names = names
        self.header = header
        self.target_at = target_at

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

    def named(self, key: str, keys: Sequence[str], kind: str) -> dict[str, list[str]] | list[str] | None:
        """The columns of an option that lists columns, or that maps inputs or outputs to columns."""
        option = self.wanted.options.get(key)
        if isinstance(option, dict):
            for name in option:
                if name not in keys:
                    message = f"`{key}` names the {kind} `{name}`, which the model does not have"
                    raise self.wanted.refuse(UnknownColumn, message, help=suggestion(name, keys, kind=f"its {kind}s"))
            return {name: [self.column(one) for one in many(columns)] for name, columns in option.items()}
        return None if option is None else [self.column(one) for one in many(option)]

    def dropped(self) -> list[str]:
        """The columns that the option `drop` leaves out."""
        return [self.column(key) for key in many(self.wanted.options.get("drop"))]

    def targets(self) -> dict[str, list[str]]:
        """The columns of each output with a loss."""
        outputs = [target.name for target in self.wanted.targets if target.form is not None]
        columns = self.named("target", outputs, "output")
        if isinstance(columns, dict):
            if missing := [name for name in outputs if name not in columns]:
                help = f"add it to `target`: `{missing[0]}: COLUMN`"
                raise self.table.refuse(f"no column is the target of `{missing[0]}`", help)
            return columns
        if columns is None and outputs and all(name in self.names for name in outputs):
            return {name: [name] for name in outputs}
        if len(outputs) > 1:
            help = f"write `target: {{{outputs[0]}: COLUMN, {outputs[1]}: COLUMN}}`"
            raise self.table.refuse(f"the model has {len(outputs)} outputs; it is not said which columns they predict", help)
        if columns is None:
            candidates = [name for name in self.names if name not in self.dropped()] or self.names
            usual = next((name for name in candidates if name.lower() in USUAL_TARGETS), None)
            columns = [usual if usual is not None and self.header else candidates[self.target_at]]
        return dict.fromkeys(outputs, columns)

    def inputs(self, targets: Sequence[str]) -> dict[str, list[str]]:
        """The columns of each input, in order."""
        inputs = [slot.name for slot in self.wanted.inputs]
        columns, dropped = self.named("columns", inputs, "input"), self.dropped()
        chosen = [name for each in columns.values() for name in each] if isinstance(columns, dict) else columns or []
        if used := [name for name in dropped if name in (*targets, *chosen)]:
            message = f"`drop` leaves out `{used[0]}`, which `{'target' if used[0] in targets else 'columns'}` names"
            raise self.table.refuse(message, f"take `{used[0]}` out of one of the two")
        rest = [name for name in self.names if name not in (*targets, *dropped)]
        if columns is None and not rest:
            help = "check `delimiter` and `target`"
            raise self.table.unreadable(f"`{self.wanted.name}` has no column beside the target", help)
        if isinstance(columns, dict):
            if missing := [name for name in inputs if name not in columns]:
                help = f"add it to `columns`: `{missing[0]}: COLUMN`"
                raise self.table.refuse(f"the input `{missing[0]}` gets no columns", help)
            return columns
        if len(inputs) > 1:
            if columns is None and all(name in rest for name in inputs):
                return {name: [name] for name in inputs}
            help = f"write `columns: {{{inputs[0]}: [{', '.join(rest[:2])}], {inputs[1]}: […]}}`"
            message = f"the model has {len(inputs)} inputs; it is not said which columns they take"
            raise self.table.refuse(message, help)
        return dict.fromkeys(inputs, columns if columns is not None else rest)


def many(names: Any) -> Sequence[Any]:
    """Names of columns that may be one alone, or none."""
    if names is None:
        return ()
    return names if isinstance(names, tuple | list) else (names,)

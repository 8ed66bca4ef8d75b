"""The cells of a table as numbers: applying the preprocessing of each column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Protocol

import numpy as np

from layerctl.analysis.data import dates
from layerctl.analysis.data._codes import MissingValues
from layerctl.analysis.data.cells import is_number
from layerctl.analysis.data.tables import mixed
from layerctl.analysis.data.wanted import Slot, Wanted
from layerctl.base.shapes import FLOATS
from layerctl.diagnostics.errors import SpecError
from layerctl.runs.preprocessing import CategoryColumn, Column, DateColumn, NumberColumn, WordsColumn
from layerctl.runtime.data import _words
from layerctl.runtime.data._types import Array
from layerctl.runtime.data._values import in_dtype

WORDS = {"x_train": "training part", "x_val": "validation part", "x_test": "test part"}
"""The parts of the data in notes; files go by their names."""


class Table(Protocol):
    """What the columns ask the table that they belong to."""

    wanted: Wanted
    format: ClassVar[str]
    notes: list[str]
    advice: dict[str, str]

    def missing(self, cells: Array) -> Array:
        """Which cells lack a value."""

    def policy(self, name: str) -> str:
        """What to do with the missing values of a column: `error`, `drop`, `mean`, `median` or `most_frequent`."""

    def dates(self) -> Mapping[str, Sequence[str]]:
        """The parts of the date that each column of dates becomes."""


def fitted(table: Table, x: dict[str, Array], slot: Slot, columns: list[Column], part: str) -> Array:
    """The array of an input, made from its columns: (n, *shape)."""
    if slot.dtype == "string":
        texts = [x[column.column] for column in columns]
        return (np.stack(texts, axis=1) if slot.shape else texts[0]).astype(object)
    pieces = [_values(table, x[column.column], column, part) for column in columns]
    values = np.concatenate(pieces, axis=1) if pieces else np.zeros((0, 0))
    if slot.dtype not in FLOATS and (values != np.floor(values)).any():
        message = f"`{part}` holds fractions; the input `{slot.name}` takes {slot.dtype}"
        raise table.wanted.misfit(message, "leave out the input's `dtype`, or set `normalize: false` if the table has none")
    if slot.vocabulary is not None and values.size and not 0 <= values.min() <= values.max() < slot.vocabulary:
        message = f"`{part}` goes from {values.min():g} to {values.max():g}; a table of {slot.vocabulary:,} rows takes 0 to "
        help = f"`input_dim: {int(values.max()) + 1}` has a row for each; or lower `vocabulary`"
        raise table.wanted.misfit(f"{message}{slot.vocabulary - 1:,}", help)
    shape = slot.shape if None not in slot.shape else (values.shape[1],)
    return in_dtype(values, slot, table.wanted, part).reshape(len(values), *(dim or -1 for dim in shape))


def _values(table: Table, cells: Array, column: Column, part: str) -> Array:
    """One column as numbers, (n, values)."""
    missing = table.missing(cells)
    if isinstance(column, WordsColumn):
        return _words.numbered(cells, column.vocabulary, column.length)
    assert isinstance(column, NumberColumn | CategoryColumn | DateColumn), "texts are taken as they are"
    if missing.any():
        if column.fill is None:
            message = f"sample {int(np.argmax(missing))} lacks a value for `{column.column}`"
            raise table.wanted.refuse(MissingValues, message, help="fill it in, or train with `missing: mean`, for example")
        cells = np.where(missing, str(column.fill), cells)
    if isinstance(column, DateColumn):
        return (_parts_of_dates(table, cells, column) - column.mean) / column.std
    if isinstance(column, NumberColumn):
        return ((numbers(table, cells, column.column) - column.mean) / column.std)[:, None]
    codes = np.fromiter(map(_numbering(column.categories), cells.tolist()), np.int64, len(cells))
    if not codes.all():
        table.notes.append(_unknown(cells[codes == 0], column, part))
    if column.encoding == "index":
        return codes[:, None].astype(np.float64)
    return np.eye(len(column.categories) + 1)[codes][:, 1:]


def _numbering(categories: Sequence[str]) -> Callable[[str], int]:
    """The number of a category from 1, 0 for any other text. `1` and `1.0` are one category where both are numbers."""
    index = {name: number for number, name in enumerate(categories, start=1)}
    values = {float(name): number for name, number in index.items() if is_number(name)}
    by_value = values if len(values) == len(index) else {}
    return lambda cell: index.get(cell) or (by_value.get(float(cell), 0) if by_value and is_number(cell) else 0)


def _unknown(cells: Array, column: CategoryColumn, part: str) -> str:
    """What a user should know of values that the training part lacks."""
    values = sorted(set(cells.tolist()))
    listed = ", ".join(f"`{cell[:40]}`" for cell in values[:5]) + (", …" if len(values) > 5 else "")
    count = f"{len(cells):,} value{'s' if len(cells) > 1 else ''} of `{column.column}`"
    becomes = f"become{'' if len(cells) > 1 else 's'} {'0' if column.encoding == 'index' else 'all zeros'}"
    return f"{WORDS.get(part, part)}: {count} that the training part lacks {becomes}: {listed}"


def numbers(table: Table, cells: Array, name: str, error: Callable[[str, str, Wanted], SpecError] = mixed) -> Array:
    """Cells as numbers; `error` makes the error for a cell that is none.

    Raises:
        SpecError: a cell is not a number, or is infinite.
    """
    if (wrong := next((cell for cell in cells.tolist() if not is_number(cell)), None)) is not None:
        raise error(name, wrong, table.wanted)
    values = cells.astype(np.float64)
    if not np.isfinite(values).all():
        wrong = cells[~np.isfinite(values)][0]
        raise table.wanted.unreadable(f"the column `{name}` holds `{wrong}`", f"add it to `na_values`: `na_values: ['{wrong}']`")
    return values


def _parts_of_dates(table: Table, cells: Array, column: DateColumn) -> Array:
    """The parts of dates, (n, parts).

    Raises:
        SpecError: a cell is no date that is written as those of the training part.
    """
    for cell in cells.tolist():
        if dates.parsed(cell, column.format) is None:
            message = f"the column `{column.column}` of dates holds `{cell}`"
            raise table.wanted.unreadable(message, f"write it as {dates.example(column.format)}, like the other dates")
    return np.array(dates.values(cells.tolist(), column.parts, column.format), np.float64).reshape(len(cells), len(column.parts))


def wrong(table: Table, x: Mapping[str, Array], columns: Sequence[Column]) -> dict[int, str]:
    """The rows, by index, of which a cell cannot be converted, and what is wrong with each."""
    problems: dict[int, str] = {}
    for column in columns:
        if not isinstance(column, NumberColumn | CategoryColumn | DateColumn):
            continue
        cells = x[column.column]
        for at, (cell, missing) in enumerate(zip(cells.tolist(), table.missing(cells).tolist(), strict=True)):
            problem = _lacking(column) if missing else _problem(cell, column)
            if problem is not None:
                problems.setdefault(at, problem)
    return problems


def _lacking(column: NumberColumn | CategoryColumn | DateColumn) -> str | None:
    return f"no value for `{column.column}`" if column.fill is None else None


def _problem(cell: str, column: Column) -> str | None:
    if isinstance(column, NumberColumn) and not (is_number(cell) and np.isfinite(float(cell))):
        return f"`{column.column}` is `{cell}`, which is no number"
    if isinstance(column, DateColumn) and dates.parsed(cell, column.format) is None:
        return f"`{column.column}` is `{cell}`, which is no date like {dates.example(column.format)}"
    return None

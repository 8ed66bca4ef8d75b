"""The columns of a table as numbers: what is learnt of each from the training part, and how it is applied."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import Any, ClassVar, Protocol

import numpy as np

from layerctl.base.shapes import FLOATS, text
from layerctl.diagnostics.errors import SpecError
from layerctl.runs.preprocessing import CategoryColumn, Column, NumberColumn, StringColumn, WordsColumn
from layerctl.runtime.codes import MissingValues
from layerctl.runtime.data import _words
from layerctl.runtime.data._types import Array, Slot, Wanted


class Table(Protocol):
    """What the columns ask the table that they belong to."""

    wanted: Wanted
    format: ClassVar[str]

    def missing(self, cells: Array) -> Array:
        """Which cells lack a value."""

    def policy(self, name: str) -> str:
        """What to do with the missing values of a column: `error`, `drop`, `mean`, `median` or `most_frequent`."""

    def refuse(self, message: str, help: str) -> SpecError:
        """The error to raise where the data do not fit the model."""

    def unreadable(self, message: str, help: str) -> SpecError:
        """The error to raise where a cell cannot be read."""


MOSTLY = 0.8
"""A column of so many numbers is one of numbers, and what is none of them a mistake."""


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def learn(table: Table, name: str, cells: Array, slot: Slot) -> Column:
    """What a column is: numbers, categories, words or texts; and what of it depends on the training part."""
    held = cells[~table.missing(cells)]
    if slot.dtype == "string":
        return StringColumn(column=name, kind="string")
    options = table.wanted.options
    chosen = options.get("categorical", "one_hot")
    forced = isinstance(chosen, dict) and name in chosen
    encoding = chosen.get(name, "one_hot") if isinstance(chosen, dict) else chosen
    numeric = np.fromiter(map(is_number, held), bool, len(held))
    if numeric.all() and not forced:
        return _number(table, name, held, slot)
    if table.format == "text" or "vocabulary" in options or "sequence_length" in options:
        return _vocabulary(table, name, held, slot)
    if not forced and numeric.mean() > MOSTLY:
        message = f"the column `{name}` holds numbers, but also `{held[~numeric][0]}`"
        help = f"correct it; or add it to `na_values`, or write `categorical: {{{name}: one_hot}}`"
        raise table.unreadable(message, help)
    names = sorted(set(held.tolist()))
    fill = _fill(table, name, Counter(held.tolist()).most_common(1)[0][0] if names else "")
    return CategoryColumn(column=name, kind="category", encoding=encoding, categories=names, **fill)


def _number(table: Table, name: str, held: Array, slot: Slot) -> NumberColumn:
    values = numbers(table, held, name)
    filling = table.policy(name)
    if filling == "most_frequent":
        value = float(Counter(values.tolist()).most_common(1)[0][0]) if len(values) else 0.0
    else:
        value = float((np.median if filling == "median" else np.mean)(values)) if len(values) else 0.0
    given = _fill(table, name, value)
    normalize = table.wanted.options.get("normalize")
    if normalize is None:
        normalize = slot.dtype in FLOATS and slot.vocabulary is None
    if normalize:
        deviation = float(values.std()) if len(values) else 0.0
        given |= {"mean": float(values.mean()) if len(values) else 0.0, "std": deviation or 1.0}
    return NumberColumn(column=name, kind="number", **given)


def _fill(table: Table, name: str, value: Any) -> dict[str, Any]:
    return {} if table.policy(name) in ("error", "drop") else {"fill": value}


def _vocabulary(table: Table, name: str, held: Array, slot: Slot) -> WordsColumn:
    """The vocabulary of a column of texts: the words that occur most, as Keras's TextVectorization learns them."""
    options = table.wanted.options
    vocabulary = options.get("vocabulary", slot.vocabulary)
    length = options.get("sequence_length") or (slot.shape[0] if len(slot.shape) == 1 else None)
    if length is None:
        raise table.refuse(f"it is not said how many words the input `{slot.name}` takes", "add `sequence_length: 50`")
    if vocabulary is None:
        message = f"the column `{name}` holds texts; the input `{slot.name}` takes {slot.dtype}"
        help = "add `vocabulary: 5000`; or give the input `dtype: string`, and begin with a TextVectorization layer"
        raise table.refuse(message, help)
    if isinstance(vocabulary, int):
        vocabulary = _words.learnt(held.tolist(), vocabulary)
    elif (twice := Counter(vocabulary).most_common(1)) and twice[0][1] > 1:
        raise table.refuse(f"`vocabulary` names `{twice[0][0]}` more than once", "leave one of them")
    return WordsColumn(column=name, kind="words", length=length, vocabulary=list(vocabulary))


def check(table: Table, slot: Slot, columns: list[Column]) -> None:
    """Whether the columns fit an input.

    Raises:
        SpecError: they do not.
    """
    whole = sum(column.width for column in columns)
    if slot.dtype == "string" and len(columns) > 1 and slot.shape != (len(columns),):
        listed = ", ".join(f"`{column.column}`" for column in columns)
        raise table.refuse(f"the input `{slot.name}` takes one text; there are {listed}", "name one in `columns`")
    fits = None in slot.shape if len(slot.shape) == 1 else False
    if fits or prod(dim or 0 for dim in slot.shape) == whole:
        return
    wide = [f"`{column.column}` {column.width}" for column in columns if column.width != 1]
    plain = len(columns) - len(wide)
    parts = ", ".join([*wide[:6], *(["…"] if len(wide) > 6 else []), *([f"{plain} columns of one"] if plain and wide else [])])
    message = f"the columns make {whole} values a row{f' ({parts})' if parts else ''}; the input `{slot.name}` is"
    help = f"declare it as `{slot.name}: [{whole}]`, or choose columns with `columns`"
    raise table.refuse(f"{message} {text((None, *slot.shape))}", help)


def fitted(table: Table, x: dict[str, Array], slot: Slot, columns: list[Column], part: str) -> Array:
    """Columns as an input takes them, (n, values)."""
    if slot.dtype == "string":
        held = [x[column.column] for column in columns]
        found = np.stack(held, axis=1) if slot.shape else held[0]
        return found.astype(object)
    pieces = [_values(table, x[column.column], column) for column in columns]
    whole = np.concatenate(pieces, axis=1) if pieces else np.zeros((0, 0))
    dtype = "float32" if slot.dtype in FLOATS - {"float64"} else slot.dtype
    if slot.dtype not in FLOATS and (whole != np.floor(whole)).any():
        message = f"`{part}` holds fractions; the input `{slot.name}` takes {slot.dtype}"
        raise table.refuse(message, "leave out the input's `dtype`, or set `normalize: false` if the table has none")
    if slot.vocabulary is not None and whole.size and not 0 <= whole.min() <= whole.max() < slot.vocabulary:
        message = f"`{part}` goes from {whole.min():g} to {whole.max():g}; a table of {slot.vocabulary:,} rows takes 0 to "
        help = f"`input_dim: {int(whole.max()) + 1}` has a row for each; or lower `vocabulary`"
        raise table.refuse(f"{message}{slot.vocabulary - 1:,}", help)
    shape = slot.shape if None not in slot.shape else (whole.shape[1],)
    return whole.astype(dtype).reshape(len(whole), *(dim or -1 for dim in shape))


def _values(table: Table, cells: Array, column: Column) -> Array:
    """One column as numbers, (n, values)."""
    missing = table.missing(cells)
    if isinstance(column, WordsColumn):
        return _words.numbered(cells, column.vocabulary, column.length)
    assert isinstance(column, NumberColumn | CategoryColumn), "texts are taken as they are"
    if missing.any():
        if column.fill is None:
            message = f"sample {int(np.argmax(missing))} lacks a value for `{column.column}`"
            raise table.wanted.refuse(MissingValues, message, help="fill it in, or train with `missing: mean`, for example")
        cells = np.where(missing, str(column.fill), cells)
    if isinstance(column, NumberColumn):
        return ((numbers(table, cells, column.column) - column.mean) / column.std)[:, None]
    index = {name: number for number, name in enumerate(column.categories, start=1)}
    found = np.array([index.get(cell, 0) for cell in cells.tolist()], np.int64)
    if column.encoding == "index":
        return found[:, None].astype(np.float64)
    return np.eye(len(index) + 1)[found][:, 1:]


def numbers(table: Table, cells: Array, name: str) -> Array:
    """Texts as numbers.

    Raises:
        SpecError: one is none, or is infinite.
    """
    try:
        values = cells.astype(np.float64)
    except ValueError:
        wrong = next(cell for cell in cells.tolist() if not is_number(cell))
        help = f"correct it; or add it to `na_values`, or write `categorical: {{{name}: one_hot}}` and train anew"
        raise table.unreadable(f"the column `{name}` holds numbers, but also `{wrong}`", help) from None
    if not np.isfinite(values).all():
        wrong = cells[~np.isfinite(values)][0]
        raise table.unreadable(f"the column `{name}` holds `{wrong}`", f"add it to `na_values`: `na_values: ['{wrong}']`")
    return values

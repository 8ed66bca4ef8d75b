"""The columns of a table as numbers: learning the preprocessing of each from the training part, and applying it."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar, Protocol

import numpy as np

from layerctl.analysis.data._codes import MissingValues
from layerctl.analysis.data.cells import MOSTLY, is_number
from layerctl.analysis.data.tables import check_texts, check_width, mixed
from layerctl.analysis.data.wanted import Slot, Wanted
from layerctl.base.shapes import FLOATS
from layerctl.diagnostics.errors import SpecError
from layerctl.runs.preprocessing import CategoryColumn, Column, NumberColumn, StringColumn, WordsColumn
from layerctl.runtime.data import _words
from layerctl.runtime.data._types import Array


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


def learn(table: Table, name: str, cells: Array, slot: Slot) -> Column:
    """The kind of a column (numbers, categories, words or texts), with what its preprocessing takes from the training part."""
    present = cells[~table.missing(cells)]
    if slot.dtype == "string":
        return StringColumn(column=name, kind="string")
    options = table.wanted.options
    chosen = options.get("categorical", "one_hot")
    forced = isinstance(chosen, dict) and name in chosen
    encoding = chosen.get(name, "one_hot") if isinstance(chosen, dict) else chosen
    numeric = np.fromiter(map(is_number, present), bool, len(present))
    if numeric.all() and not forced:
        return _number(table, name, present, slot)
    if table.format == "text" or "vocabulary" in options or "sequence_length" in options:
        return _vocabulary(table, name, present, slot)
    if not forced and numeric.mean() > MOSTLY:
        raise mixed(name, present[~numeric][0], table.wanted)
    names = sorted(set(present.tolist()))
    fill = _fill(table, name, Counter(present.tolist()).most_common(1)[0][0] if names else "")
    return CategoryColumn(column=name, kind="category", encoding=encoding, categories=names, **fill)


def _number(table: Table, name: str, cells: Array, slot: Slot) -> NumberColumn:
    values = numbers(table, cells, name)
    policy = table.policy(name)
    if policy == "most_frequent":
        value = float(Counter(values.tolist()).most_common(1)[0][0]) if len(values) else 0.0
    else:
        value = float((np.median if policy == "median" else np.mean)(values)) if len(values) else 0.0
    learnt = _fill(table, name, value)
    normalize = table.wanted.options.get("normalize")
    if normalize is None:
        normalize = slot.dtype in FLOATS and slot.vocabulary is None
    if normalize:
        deviation = float(values.std()) if len(values) else 0.0
        learnt |= {"mean": float(values.mean()) if len(values) else 0.0, "std": deviation or 1.0}
    return NumberColumn(column=name, kind="number", **learnt)


def _fill(table: Table, name: str, value: Any) -> dict[str, Any]:
    return {} if table.policy(name) in ("error", "drop") else {"fill": value}


def _vocabulary(table: Table, name: str, cells: Array, slot: Slot) -> WordsColumn:
    """The vocabulary of a column of texts: the most frequent words, as Keras's TextVectorization learns them."""
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
        vocabulary = _words.learnt(cells.tolist(), vocabulary)
    elif (twice := Counter(vocabulary).most_common(1)) and twice[0][1] > 1:
        raise table.refuse(f"`vocabulary` names `{twice[0][0]}` more than once", "leave one of them")
    return WordsColumn(column=name, kind="words", length=length, vocabulary=list(vocabulary))


def check(table: Table, slot: Slot, columns: list[Column]) -> None:
    """Checks that the columns fit an input.

    Raises:
        SpecError: they do not.
    """
    check_texts([column.column for column in columns], slot, table.wanted)
    check_width([(column.column, column.width) for column in columns], slot, table.wanted)


def fitted(table: Table, x: dict[str, Array], slot: Slot, columns: list[Column], part: str) -> Array:
    """The array of an input, made from its columns: (n, *shape)."""
    if slot.dtype == "string":
        texts = [x[column.column] for column in columns]
        return (np.stack(texts, axis=1) if slot.shape else texts[0]).astype(object)
    pieces = [_values(table, x[column.column], column) for column in columns]
    values = np.concatenate(pieces, axis=1) if pieces else np.zeros((0, 0))
    dtype = "float32" if slot.dtype in FLOATS - {"float64"} else slot.dtype
    if slot.dtype not in FLOATS and (values != np.floor(values)).any():
        message = f"`{part}` holds fractions; the input `{slot.name}` takes {slot.dtype}"
        raise table.refuse(message, "leave out the input's `dtype`, or set `normalize: false` if the table has none")
    if slot.vocabulary is not None and values.size and not 0 <= values.min() <= values.max() < slot.vocabulary:
        message = f"`{part}` goes from {values.min():g} to {values.max():g}; a table of {slot.vocabulary:,} rows takes 0 to "
        help = f"`input_dim: {int(values.max()) + 1}` has a row for each; or lower `vocabulary`"
        raise table.refuse(f"{message}{slot.vocabulary - 1:,}", help)
    shape = slot.shape if None not in slot.shape else (values.shape[1],)
    return values.astype(dtype).reshape(len(values), *(dim or -1 for dim in shape))


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
    codes = np.array([index.get(cell, 0) for cell in cells.tolist()], np.int64)
    if column.encoding == "index":
        return codes[:, None].astype(np.float64)
    return np.eye(len(index) + 1)[codes][:, 1:]


def numbers(table: Table, cells: Array, name: str) -> Array:
    """Cells as numbers.

    Raises:
        SpecError: a cell is not a number, or is infinite.
    """
    try:
        values = cells.astype(np.float64)
    except ValueError:
        wrong = next(cell for cell in cells.tolist() if not is_number(cell))
        raise mixed(name, wrong, table.wanted) from None
    if not np.isfinite(values).all():
        wrong = cells[~np.isfinite(values)][0]
        raise table.unreadable(f"the column `{name}` holds `{wrong}`", f"add it to `na_values`: `na_values: ['{wrong}']`")
    return values

"""Learning the preprocessing of a table's columns from the training part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from layerctl.base.shapes import FLOATS, text
from layerctl.runs.preprocessing import CategoryColumn, Column, DateColumn, NumberColumn, StringColumn, WordsColumn
from layerctl.runtime.data import _dates, _words
from layerctl.runtime.data._cells import Table, numbers
from layerctl.runtime.data._rows import SEVERAL, is_number
from layerctl.runtime.data._types import Array, Slot

MOSTLY = 0.8
"""A column counts as numeric from this share of numeric cells on; its other cells are then errors."""


def learn(table: Table, name: str, cells: Array, slot: Slot) -> Column:
    """The kind of a column (numbers, categories, words or texts), with what its preprocessing takes from the training part."""
    present = cells[~table.missing(cells)]
    if slot.dtype == "string":
        return StringColumn(column=name, kind="string")
    options = table.wanted.options
    if (parts := table.dates().get(name)) is not None:
        return _date(table, name, present, parts, slot)
    chosen = options.get("categorical", "one_hot")
    forced = isinstance(chosen, dict) and name in chosen
    encoding = chosen.get(name, "one_hot") if isinstance(chosen, dict) else chosen
    numeric = np.fromiter(map(is_number, present), bool, len(present))
    if numeric.all() and not forced:
        return _number(table, name, present, slot)
    if table.format == "text" or "vocabulary" in options or "sequence_length" in options:
        return _vocabulary(table, name, present, slot)
    if not forced and numeric.mean() > MOSTLY:
        message = f"the column `{name}` holds numbers, but also `{present[~numeric][0]}`"
        help = f"correct it; or add it to `na_values`, or write `categorical: {{{name}: one_hot}}`"
        raise table.unreadable(message, help)
    if not forced and (advice := identifying(name, present)):
        table.advice[name] = advice
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
    if _normalize(table, slot):
        deviation = float(values.std()) if len(values) else 0.0
        learnt |= {"mean": float(values.mean()) if len(values) else 0.0, "std": deviation or 1.0}
    return NumberColumn(column=name, kind="number", **learnt)


def _normalize(table: Table, slot: Slot) -> bool:
    normalize = table.wanted.options.get("normalize")
    return slot.dtype in FLOATS and slot.vocabulary is None if normalize is None else bool(normalize)


def _date(table: Table, name: str, cells: Array, parts: Sequence[str], slot: Slot) -> DateColumn:
    formats = _dates.formats(cells.tolist())
    if not formats:
        wrong = next((cell for cell in cells.tolist() if not _dates.formats([cell])), cells[0] if len(cells) else "")
        message = f"the column `{name}` of dates holds `{wrong}`" if len(cells) else f"the column `{name}` holds no dates"
        raise table.unreadable(message, "write all dates of a column alike, for example 2024-01-31")
    if len(formats) > 1:
        message = f"it is not clear which of the numbers of `{name}` is the month: `{cells[0]}`"
        raise table.unreadable(message, "write the dates as 2024-01-31")
    values = _dates.values(cells.tolist(), parts, formats[0])
    scaled = _normalize(table, slot)
    mean = values.mean(axis=0) if scaled else np.zeros(len(parts))
    std = values.std(axis=0) if scaled else np.ones(len(parts))
    fill = _fill(table, name, Counter(cells.tolist()).most_common(1)[0][0])
    learnt = {"parts": list(parts), "format": formats[0], "mean": mean.tolist(), "std": np.where(std > 0, std, 1.0).tolist()}
    return DateColumn(column=name, kind="date", **learnt, **fill)


MOST_CATEGORIES = 100
"""A column of more categories is told to the user."""
DISTINCT = 0.9
"""A column of which this share of texts is distinct names its rows."""


def identifying(name: str, cells: Array) -> str | None:
    """What a user should know of a column of texts that are dates, or hardly categories; None if there is nothing."""
    count = len(set(cells.tolist()))
    if count < SEVERAL:
        return None
    if _dates.formats(cells.tolist()):
        what = f"the column `{name}` holds dates, {count:,} different ones, and each becomes a column of 0 and 1"
        return f"{what}: `dates: [{name}]` takes their parts, `drop: [{name}]` leaves the column out"
    if count <= MOST_CATEGORIES and count < DISTINCT * len(cells):
        return None
    what = f"the column `{name}` holds {count:,} different texts in {len(cells):,} rows, and each becomes a column of 0 and 1"
    return f"{what}: `drop: [{name}]` leaves the column out, `categorical: {{{name}: one_hot}}` says that it is meant so"


def row_numbers(columns: Mapping[str, Array]) -> dict[str, str]:
    """What a user should know of columns that only count the rows, by column; they have no name, or say what they are."""
    advice = {}
    for name, cells in columns.items():
        if len(cells) < SEVERAL or not (name.startswith("Unnamed: ") or name.lower() in ("id", "index")):
            continue
        if any(cells.tolist() == [str(at + begin) for at in range(len(cells))] for begin in (0, 1)):
            advice[name] = f"the column `{name}` only counts the rows: `drop: ['{name}']` leaves it out"
    return advice


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
    width = sum(column.width for column in columns)
    if slot.dtype == "string" and len(columns) > 1 and slot.shape != (len(columns),):
        listed = ", ".join(f"`{column.column}`" for column in columns)
        raise table.refuse(f"the input `{slot.name}` takes one text; there are {listed}", "name one in `columns`")
    fits = None in slot.shape if len(slot.shape) == 1 else False
    if fits or prod(dim or 0 for dim in slot.shape) == width:
        return
    wide = [f"`{column.column}` {column.width}" for column in columns if column.width != 1]
    plain = len(columns) - len(wide)
    parts = ", ".join([*wide[:6], *(["…"] if len(wide) > 6 else []), *([f"{plain} columns of one"] if plain and wide else [])])
    message = f"the columns make {width} values a row{f' ({parts})' if parts else ''}; the input `{slot.name}` is"
    help = f"declare it as `{slot.name}: [{width}]`, or choose columns with `columns`"
    if advice := [table.advice[column.column] for column in columns if column.column in table.advice]:
        help = "; ".join(advice)
    raise table.refuse(f"{message} {text((None, *slot.shape))}", help)

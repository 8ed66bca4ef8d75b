"""Learning the preprocessing of a table's columns from the training part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from layerctl.analysis.data import dates
from layerctl.analysis.data.advice import identifying
from layerctl.analysis.data.cells import MOSTLY, is_number
from layerctl.analysis.data.tables import check_texts, check_width, mixed
from layerctl.analysis.data.wanted import Slot
from layerctl.base.shapes import FLOATS
from layerctl.runs.preprocessing import CategoryColumn, Column, DateColumn, NumberColumn, StringColumn, WordsColumn
from layerctl.runtime.data import _words
from layerctl.runtime.data._cells import Table, numbers
from layerctl.runtime.data._types import Array


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
        raise mixed(name, present[~numeric][0], table.wanted)
    if not forced and (advice := identifying(name, present.tolist())):
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
    formats = dates.formats(cells.tolist())
    if not formats:
        wrong = next((cell for cell in cells.tolist() if not dates.formats([cell])), cells[0] if len(cells) else "")
        message = f"the column `{name}` of dates holds `{wrong}`" if len(cells) else f"the column `{name}` holds no dates"
        raise table.wanted.unreadable(message, "write all dates of a column alike, for example 2024-01-31")
    if len(formats) > 1:
        message = f"it is not clear which of the numbers of `{name}` is the month: `{cells[0]}`"
        raise table.wanted.unreadable(message, "write the dates as 2024-01-31")
    values = np.array(dates.values(cells.tolist(), parts, formats[0]))
    scaled = _normalize(table, slot)
    mean = values.mean(axis=0) if scaled else np.zeros(len(parts))
    std = values.std(axis=0) if scaled else np.ones(len(parts))
    fill = _fill(table, name, Counter(cells.tolist()).most_common(1)[0][0])
    learnt = {"parts": list(parts), "format": formats[0], "mean": mean.tolist(), "std": np.where(std > 0, std, 1.0).tolist()}
    return DateColumn(column=name, kind="date", **learnt, **fill)


def _fill(table: Table, name: str, value: Any) -> dict[str, Any]:
    return {} if table.policy(name) in ("error", "drop") else {"fill": value}


def _vocabulary(table: Table, name: str, cells: Array, slot: Slot) -> WordsColumn:
    """The vocabulary of a column of texts: the most frequent words, as Keras's TextVectorization learns them."""
    options = table.wanted.options
    vocabulary = options.get("vocabulary", slot.vocabulary)
    length = options.get("sequence_length") or (slot.shape[0] if len(slot.shape) == 1 else None)
    if length is None:
        raise table.wanted.misfit(f"it is not said how many words the input `{slot.name}` takes", "add `sequence_length: 50`")
    if vocabulary is None:
        message = f"the column `{name}` holds texts; the input `{slot.name}` takes {slot.dtype}"
        help = "add `vocabulary: 5000`; or give the input `dtype: string`, and begin with a TextVectorization layer"
        raise table.wanted.misfit(message, help)
    if isinstance(vocabulary, int):
        vocabulary = _words.learnt(cells.tolist(), vocabulary)
    elif (twice := Counter(vocabulary).most_common(1)) and twice[0][1] > 1:
        raise table.wanted.misfit(f"`vocabulary` names `{twice[0][0]}` more than once", "leave one of them")
    return WordsColumn(column=name, kind="words", length=length, vocabulary=list(vocabulary))


def check(table: Table, slot: Slot, columns: list[Column]) -> None:
    """Checks that the columns fit an input.

    Raises:
        SpecError: they do not.
    """
    check_texts([column.column for column in columns], slot, table.wanted)
    check_width([(column.column, column.width) for column in columns], slot, table.wanted, advice=table.advice.get)

"""The text of a table as cells: the delimiter, the rows, and whether the first row holds names."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from typing import Any, NamedTuple

DELIMITERS = ";\t|,"
"""What may stand between two values; a comma may stand within numbers too, so it comes last."""
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
ROWS_TO_INSPECT = 200
"""Rows that are inspected to recognize a header and the delimiter."""
SEVERAL = 10
"""The least number of cells from which a column is said to repeat its values."""
MOSTLY = 0.8
"""A column counts as numeric from this share of numeric cells on; its other cells are then errors."""


class Row(NamedTuple):
    """The cells of a row, and the line of the text where it ends."""

    cells: list[str]
    line: int


class Malformed(ValueError):
    """A text that is no table.

    Attributes:
        line: where, counted from 1.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def is_number(cell: str) -> bool:
    """Whether a cell holds a number; Python would also read `1_2` as 12."""
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


AMOUNT = re.compile(r"[€$£¥]? ?([-+]?)[€$£¥]? ?(\d+(?:[.,' \u00a0]\d{3})*)(?:([.,])(\d+))? ?[€$£¥%]?")
"""A number with a decimal comma, groups of thousands, a currency or a percent sign."""


def amount(cell: str) -> str | None:
    """A number that is written in another way, as it should be written: `1.5` for `1,5`; None for any other text."""
    match = AMOUNT.fullmatch(cell)
    if match is None or is_number(cell):
        return None
    sign, whole, mark, fraction = match.groups()
    return f"{sign}{re.sub(r'[^0-9]', '', whole)}" + (f".{fraction}" if mark else "")


def _reader(content: str, **dialect: Any) -> Any:
    """The rows of a text, read line by line: a copy as a stream would take four bytes for each character."""
    csv.field_size_limit(2**31 - 1)  # a text can be long
    return csv.reader((line[0] for line in LINE.finditer(content)), **dialect)


def delimiter(content: str) -> str:
    """The first delimiter that splits each of the first rows into the same number of values, more than one."""
    for mark in DELIMITERS:
        rows = (row for row in _reader(content, delimiter=mark) if row)
        widths = {len(row) for row in islice(rows, ROWS_TO_INSPECT)}
        if len(widths) == 1 and widths != {1}:
            return mark
    return ","


def split(content: str, dialect: dict[str, Any], *, cut: bool = False) -> list[Row]:
    """The rows of a text; empty lines are skipped.

    Args:
        content: of a file.
        dialect: the arguments of `csv.reader`.
        cut: whether the text is only the beginning of a file, which may end within quotes.

    Raises:
        Malformed: the quotes are wrong.
    """
    reader = _reader(content, **dialect)
    rows: list[Row] = []
    try:
        rows.extend(Row([cell.strip() for cell in cells], reader.line_num) for cells in reader if cells)
    except csv.Error as error:
        if not cut:
            raise Malformed(reader.line_num, str(error)) from None
    return rows


def uneven(rows: Sequence[Row]) -> dict[int, str]:
    """The rows, by index, that have another number of values than the first, and what is wrong with each."""
    width = len(rows[0].cells) if rows else 0
    wrong = ((at, len(row.cells)) for at, row in enumerate(rows) if len(row.cells) != width)
    return {at: f"{count} values; the first row has {width}" for at, count in wrong}


def column_names(first: Sequence[str]) -> list[str]:
    """The names in a header; a column without one gets that of pandas: `Unnamed: 0`."""
    return [name or f"Unnamed: {at}" for at, name in enumerate(first)]


def has_header(rows: Sequence[Row], missing: Iterable[str]) -> bool:
    """Whether the first row holds the names of the columns.

    The first of these rules that applies decides:

    1. A row without numbers that has a text above a column of numbers is a header.
    2. A row with a text that stands in its column again is none.
    3. A row is a header if it has a text above a column of numbers, or above texts that each occur at least twice; or an empty
       first cell above 0, 1, 2, …, as pandas writes its index; or if its numbers, three or more, count up by one, as pandas
       numbers columns.
    4. Else it is a header if it holds neither numbers nor empty cells, and no text twice.

    Args:
        rows: of the table, all of one length.
        missing: texts that stand for a missing value, which are neither names nor values.
    """
    if not rows:
        return False
    first, marks = rows[0].cells, {"", *missing}
    below = [row.cells for row in rows[1:ROWS_TO_INSPECT]]
    columns = [[cells[at] for cells in below if cells[at] not in marks] for at in range(len(first))]
    texts = [(cell, column) for cell, column in zip(first, columns, strict=True) if cell not in marks and not is_number(cell)]
    above_numbers = any(column and all(map(is_number, column)) for _, column in texts)
    if above_numbers and not any(map(is_number, first)):
        return True
    if any(cell in column for cell, column in texts):
        return False
    if above_numbers or any(_repeats(column) for _, column in texts) or _is_index(first[0], columns[0]) or _count(first):
        return True
    return len(texts) == len(first) == len(set(first))


def _repeats(column: list[str]) -> bool:
    """Whether each cell occurs at least twice, so that a text that is none of them is hardly one more value."""
    return len(column) >= SEVERAL and min(Counter(column).values()) > 1


def _is_index(name: str, column: list[str]) -> bool:
    return not name and len(column) > 1 and column == [str(number) for number in range(len(column))]


def _count(first: Sequence[str]) -> bool:
    """Whether the numbers of a row are three or more that count up by one."""
    numbers = [cell for cell in first if is_number(cell)]
    whole = len(numbers) > 2 and all(number.isdecimal() for number in numbers)
    return whole and all(int(b) - int(a) == 1 for a, b in pairwise(numbers))

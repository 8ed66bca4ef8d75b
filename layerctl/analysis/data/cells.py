"""The text of a table as cells: the delimiter, the rows, and whether the first row holds names."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import islice
from typing import Any

DELIMITERS = ",;\t|"
ROWS_TO_INSPECT = 200
"""Rows that are inspected to recognize a header and the delimiter."""
MOSTLY = 0.8
"""A column counts as numeric from this share of numeric cells on; its other cells are then errors."""


class Malformed(ValueError):
    """A text that is no table.

    Attributes:
        line: where, counted from 1.
        help: how to correct it.
    """

    def __init__(self, line: int, message: str, help: str) -> None:
        super().__init__(message)
        self.line = line
        self.help = help


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def has_header(cells: Sequence[Sequence[str]]) -> bool:
    """Whether the first row holds names: it has no numbers, and the rows below it hold a number, or never repeat a name."""
    if not cells:
        return False
    first, below = cells[0], cells[1:ROWS_TO_INSPECT]
    if any(is_number(cell) or not cell for cell in first) or len(set(first)) < len(first):
        return False
    numeric = any(is_number(row[at]) for row in below for at in range(len(first)))
    return numeric or not any(row[at] == first[at] for row in below for at in range(len(first)))


def delimiter(content: str) -> str:
    """The first delimiter that splits each of the first rows into the same number of values, more than one."""
    for mark in DELIMITERS:
        rows = (row for row in csv.reader(io.StringIO(content, newline=""), delimiter=mark) if row)
        widths = {len(row) for row in islice(rows, ROWS_TO_INSPECT)}
        if len(widths) == 1 and widths != {1}:
            return mark
    return ","


def parsed(content: str, dialect: dict[str, Any], *, cut: bool = False) -> tuple[list[list[str]], list[int]]:
    """The values of each row, and the line where it ends; empty lines are skipped.

    Args:
        content: of a file.
        dialect: the arguments of `csv.reader`.
        cut: whether the text is only the beginning of a file, which may end within quotes.

    Raises:
        Malformed: the quotes are wrong, or a row has more or fewer values than the first.
    """
    csv.field_size_limit(2**31 - 1)  # a text can be long
    reader = csv.reader(io.StringIO(content, newline=""), **dialect)
    cells, ends = [], []
    try:
        for row in reader:
            if row:
                cells.append([cell.strip() for cell in row])
                ends.append(reader.line_num)
    except csv.Error as error:
        if not cut:
            raise Malformed(reader.line_num, str(error), "check the quotes and `delimiter`") from None
    width = len(cells[0]) if cells else 0
    for row, line in zip(cells, ends, strict=True):
        if len(row) != width:
            message = f"{len(row)} values; the first row has {width}"
            raise Malformed(line, message, "give each row as many values as the first, or set `delimiter`")
    return cells, ends

"""Whether a table fits the model, by its header and its first rows; a small file is read as a whole."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Callable, Sequence
from math import prod
from pathlib import Path
from typing import NamedTuple

from layerctl.analysis.data._codes import DataDoNotFit, DataSeemNotToFit
from layerctl.analysis.data.advice import identifying, row_numbers
from layerctl.analysis.data.arrays import check_labels
from layerctl.analysis.data.cells import MOSTLY, ROWS_TO_INSPECT, amount, is_number
from layerctl.analysis.data.columns import Columns, TextColumns
from layerctl.analysis.data.found import cannot_read, part_path
from layerctl.analysis.data.labels import check_classes
from layerctl.analysis.data.rows import Rows
from layerctl.analysis.data.wanted import Slot, Target, Wanted, tests
from layerctl.base.arrays import Head
from layerctl.base.reading import head
from layerctl.base.shapes import text
from layerctl.catalog.datasets._formats import PARTS, WORDS
from layerctl.diagnostics import Code
from layerctl.diagnostics.errors import SpecError

MOST, WIDE = 1024**2, 16 * 1024**2
"""Bytes of a table that are read; of one whose rows are so long that the first bytes hold too few of them."""


def look(path: Path, wanted: Wanted, *, limited: bool = False) -> None:
    """Judges a table by its first rows.

    Args:
        path: of the file.
        wanted: the model's requirements.
        limited: whether training uses some of the rows only.

    Raises:
        SpecError: it is certain that it cannot be read, or does not fit.
    """
    _look(path, wanted, Columns(wanted), limited)


def look_at_texts(path: Path, wanted: Wanted, *, limited: bool = False) -> None:
    """As `look`, for lines of a label and a text."""
    _look(path, wanted, TextColumns(wanted), limited)


def _look(path: Path, wanted: Wanted, table: Columns, limited: bool) -> None:
    first = _read(path, table)
    if first is None:
        return
    rows, whole = first
    table.take(rows)
    complete = table.complete(rows, path, whole=whole).cells
    others: list[_Part] = []
    for option in PARTS:
        with wanted.reading(option):
            if (file := part_path(option, path, wanted)) is not None:
                if (part := _read(file, table)) is None:
                    return
                others.append(_Part(part[0].places(), table.complete(part[0], file, whole=part[1]).cells, part[1]))
    held = None if limited else _held_back(len(complete), wanted)
    judged = _Judged(table, rows, _Part(rows.places(), complete, whole), others, held)
    for slot in wanted.inputs:
        judged.input(slot)
    for target in wanted.targets:
        if target.form is not None:
            judged.target(target)
    for slot in wanted.inputs:
        judged.seen(slot)


class _Part(NamedTuple):
    """The complete rows that were read of a part, with the places of their columns, and whether these are all rows."""

    places: dict[str, int]
    rows: list[list[str]]
    whole: bool

    def cells(self, name: str) -> list[str]:
        at = self.places[name]
        return [row[at] for row in self.rows]


def _read(path: Path, table: Columns) -> tuple[Rows, bool] | None:
    """The first rows of a file, and whether they are all; None where too few are read to tell what they are."""
    return _read_up_to(MOST, path, table) or _read_up_to(WIDE, path, table)


def _read_up_to(most: int, path: Path, table: Columns) -> tuple[Rows, bool] | None:
    try:
        data = head(path, most + 1)
    except OSError as error:
        raise cannot_read(path, error, table.wanted) from None
    whole = len(data) <= most
    try:
        content = codecs.getincrementaldecoder("utf-8-sig")().decode(data, final=whole)
    except UnicodeDecodeError as error:
        raise table.not_utf8(path, error) from None
    if not whole:
        content = content[: content.rfind("\n") + 1]
        if content.count("\n") <= ROWS_TO_INSPECT:
            return None  # the delimiter and the header are found out from more rows
    return table.parsed(content, str(path), cut=not whole), whole


def _held_back(count: int, wanted: Wanted) -> int:
    """The largest number of rows of the first file from which no preprocessing is learnt: those to test and to validate on."""
    held = tests(count, wanted)
    aside = max(round((count - held) * wanted.validation_split), wanted.multiple) if wanted.validation_split else 0
    return held + aside + wanted.multiple - 1


class Width(NamedTuple):
    """How many values a column makes; `most` is None where the rows that were read do not tell."""

    least: int
    most: int | None


class _Judged:
    """A table whose first rows are read.

    Attributes:
        table: its columns.
        read: the rows that were read of the first file.
        first: the complete ones among them.
        others: the parts that are files of their own.
        held: how many of the first file's rows at most are not in the training part; None where that is not known.
    """

    def __init__(self, table: Columns, read: Rows, first: _Part, others: list[_Part], held: int | None) -> None:
        self.table = table
        self.read = read
        self.first = first
        self.others = others
        self.whole = first.whole
        self.held = held if first.whole else None
        self.wanted = table.wanted
        self.marks = frozenset(table.marks)
        self.dates = table.dates()

    def present(self, name: str, part: _Part | None = None) -> list[str]:
        """The cells of a column that hold a value; of the first file by default."""
        return [cell for cell in (part or self.first).cells(name) if cell not in self.marks]

    def input(self, slot: Slot) -> None:
        columns = self.table.of_inputs[slot.name]
        check_texts(columns, slot, self.wanted)
        if self.of_words(slot):
            return
        widths = [self.width(name) for name in columns]
        least = [(name, width.least) for name, width in zip(columns, widths, strict=True)]
        most = [(name, width.most) for name, width in zip(columns, widths, strict=True) if width.most is not None]
        if least == most:
            check_width(most, slot, self.wanted, advice=self.advice)
        elif sum(width for _, width in least) > (needed(slot) or MOST):
            check_width(least, slot, self.wanted, "at least ", advice=self.advice)
        elif len(most) == len(columns) and sum(width for _, width in most) < (needed(slot) or 0):
            check_width(most, slot, self.wanted, "at most ")

    def of_words(self, slot: Slot) -> bool:
        """Whether an input takes texts, or the numbers of their words."""
        return slot.dtype == "string" or isinstance(self.table, TextColumns) or any(key in self.wanted.options for key in WORDS)

    def seen(self, slot: Slot) -> None:
        """Warns where columns of numbers do not fit an input, as far as the rows that were read tell."""
        columns = self.table.of_inputs[slot.name]
        numbers = (name for name in columns if name not in self.dates)
        if not self.whole and not self.of_words(slot) and all(is_number(cell) for name in numbers for cell in self.present(name)):
            rows = f"in its first {len(self.first.rows):,} rows "
            widths = [(name, len(self.dates[name]) if name in self.dates else 1) for name in columns]
            check_width(widths, slot, self.wanted, lead=rows, code=DataSeemNotToFit)

    def advice(self, name: str) -> str | None:
        """What training says of a column that is hardly numbers or categories."""
        if "columns" not in self.wanted.options and self.whole:
            at = self.first.places[name]
            if (counting := row_numbers({name: [row[at] for row in self.read.cells]}).get(name)) is not None:
                return counting
        cells, chosen = self.present(name), self.wanted.options.get("categorical")
        forced = name in self.dates or (isinstance(chosen, dict) and name in chosen)
        return None if forced or all(map(is_number, cells)) else identifying(name, cells)

    def width(self, name: str) -> Width:
        if (parts := self.dates.get(name)) is not None:
            return Width(len(parts), len(parts))
        cells = self.present(name)
        counts = Counter(cells)
        chosen = self.wanted.options.get("categorical", "one_hot")
        forced = isinstance(chosen, dict) and name in chosen
        texts = [cell for cell in counts if not is_number(cell)]
        if not (texts or forced):
            return Width(1, 1 if self.whole else None)
        if not forced:
            self.check_mixed(name, texts[0], sum(counts[cell] for cell in texts), len(cells))
        if (chosen.get(name, "one_hot") if isinstance(chosen, dict) else chosen) == "index":
            return Width(1, 1)
        most = len(counts) if self.whole else None
        if self.held is None or (not forced and sum(counts[cell] for cell in texts) <= self.held):
            return Width(0 if forced else 1, most if forced else None)  # whether the training part holds its texts is not known
        learnt = sum(count > self.held for count in counts.values())
        return Width(max(learnt, len(counts) - self.held), most)

    def check_mixed(self, name: str, cell: str, texts: int, count: int) -> None:
        if self.held is not None and count - texts - self.held > MOSTLY * (count - self.held):
            raise mixed(name, cell, self.wanted)

    def target(self, target: Target) -> None:
        names = self.table.of_targets[target.name]
        count = len(self.first.rows) - tests(len(self.first.rows), self.wanted)
        if len(names) > 1:
            for name in names:
                if (cell := next((cell for cell in self.present(name) if not is_number(cell)), None)) is not None:
                    raise no_numbers(name, cell, self.wanted)
            check_labels(Head((count, len(names)), "f", "float64"), target, self.wanted, "y_train")
            return
        parts = (self.first, *self.others)
        labels = {cell for part in parts for cell in self.present(names[0], part)}
        classes = check_classes(labels, target, self.wanted, whole=all(part.whole for part in parts))
        kind = ("f", "float64") if classes is None else ("i", "int64")
        check_labels(Head((count,), *kind), target, self.wanted, "y_train")


def check_texts(columns: Sequence[str], slot: Slot, wanted: Wanted) -> None:
    """Checks that an input of texts gets one column, or one for each of its values."""
    if slot.dtype == "string" and len(columns) > 1 and slot.shape != (len(columns),):
        listed = ", ".join(f"`{column}`" for column in columns)
        raise wanted.misfit(f"the input `{slot.name}` takes one text; there are {listed}", "name one in `columns`")


def mixed(name: str, cell: str, wanted: Wanted) -> SpecError:
    """The error for a column of numbers with a text in it."""
    help = f"correct it; or add it to `na_values`, or write `categorical: {{{name}: one_hot}}`"
    if (written := amount(cell)) is not None:
        help = f"write it as `{written}`"
    return wanted.unreadable(f"the column `{name}` holds numbers, but also `{cell}`", help)


def no_numbers(name: str, cell: str, wanted: Wanted) -> SpecError:
    """The error for a text in one of several columns of targets."""
    help = "write numbers, such as 0 and 1; for the classes of one column name it alone in `target`"
    return wanted.unreadable(f"the column `{name}` is one of several targets, which are numbers, and holds `{cell}`", help)


def needed(slot: Slot) -> int | None:
    """How many values a row an input takes; None if any number."""
    return None if len(slot.shape) == 1 and None in slot.shape else prod(dim or 0 for dim in slot.shape)


def check_width(
    widths: Sequence[tuple[str, int]],
    slot: Slot,
    wanted: Wanted,
    bound: str = "",
    lead: str = "",
    code: type[Code] = DataDoNotFit,
    advice: Callable[[str], str | None] = lambda name: None,
) -> None:
    """Checks that columns fit an input.

    Args:
        widths: the columns, each with the number of values that it makes.
        slot: the input.
        wanted: the model's requirements.
        bound: `at least ` or `at most ` where the widths are not known exactly.
        lead: what the message begins with.
        code: of the mistake.
        advice: says what to do about a column that is hardly numbers or categories.

    Raises:
        SpecError: they do not.
    """
    width = sum(count for _, count in widths)
    if needed(slot) in (None, width):
        return
    wide = [f"`{name}` {count}" for name, count in widths if count != 1]
    plain = len(widths) - len(wide)
    parts = ", ".join([*wide[:6], *(["…"] if len(wide) > 6 else []), *([f"{plain} columns of one"] if plain and wide else [])])
    message = f"{lead}the columns make {bound}{width} values a row{f' ({parts})' if parts else ''}; the input `{slot.name}` is"
    help = (
        "choose columns with `columns`" if bound else f"declare it as `{slot.name}: [{width}]`, or choose columns with `columns`"
    )
    if said := [more for name, _ in widths if (more := advice(name)) is not None]:
        help = "; ".join(said)
    raise wanted.refuse(code, f"{message} {text((None, *slot.shape))}", help=help)

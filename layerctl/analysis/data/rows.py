"""The rows of a table's files, and the names of their columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from layerctl.analysis.data import cells
from layerctl.analysis.data._codes import UnknownColumn
from layerctl.analysis.data.cells import Row
from layerctl.analysis.data.wanted import Wanted
from layerctl.base.words import joined
from layerctl.diagnostics import listed
from layerctl.diagnostics.errors import SpecError
from layerctl.diagnostics.spelling import did_you_mean
from layerctl.language.spec.data import Data

FEW = 5
"""So many columns of one name are listed."""


class Rows(NamedTuple):
    """The content of a table's file.

    Attributes:
        names: of the columns; their numbers if the file has no header.
        header: whether the first row of the file holds the names.
        cells: the rows.
        lines: the line of the file where each row ends.
    """

    names: list[str]
    header: bool
    cells: list[list[str]]
    lines: list[int]

    def places(self) -> dict[str, int]:
        """Where each column stands."""
        return {name: at for at, name in enumerate(self.names)}


class Reader:
    """Reads the files of a table: the first one says what its columns are called.

    Attributes:
        wanted: the model's requirements.
        known: the names of the columns, which are looked up often.
        header: whether the first row of the file holds the names.
        of_targets: the columns of each output with a loss.
        of_inputs: the columns of each input, in order.
        origin: says for mistakes where the columns are known from.
        notes: what a user should know of how the table was read.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.names = []
        self.header = False
        self.of_targets: dict[str, list[str]] = {}
        self.of_inputs: dict[str, list[str]] = {}
        self.origin = f"which `{wanted.name}` has"
        self.notes: list[str] = []

    @property
    def names(self) -> list[str]:
        """Of the columns, once rows are read; their numbers if the file has no header."""
        return self._names

    @names.setter
    def names(self, names: list[str]) -> None:
        self._names, self.known = names, frozenset(names)

    def parsed(self, content: str, where: str, *, cut: bool = False) -> Rows:
        """The rows of a text, and the names of their columns: the table's own where they are known.

        Args:
            content: of a file.
            where: the file's name.
            cut: whether the text is only the beginning of the file.

        Raises:
            SpecError: rows differ in length, two columns have one name, a column of the table is missing, or there are no rows.
        """
        rows = self.split(content, where, cut=cut)
        for at, problem in cells.uneven(rows).items():
            help = "give each row as many values as the first, or set `delimiter`"
            raise self.wanted.unreadable(f"{where}:{rows[at].line}: {problem}", help)
        first = not self.names
        found = self.first(rows, where) if first else self.placed(rows, where, (*self.used_inputs(), *self.all_targets()))
        if not found.cells:
            raise self.wanted.unreadable(f"{where} holds no rows", "give it a line for each sample")
        return found

    def split(self, content: str, where: str, *, cut: bool = False) -> list[Row]:
        """The rows of a text as they are; arguments as for `parsed`."""
        if "\0" in content:
            raise self.wanted.unreadable(f"{where} is no text: it holds a NUL byte", "save it as UTF-8")
        try:
            return cells.split(content, self.dialect(content, where), cut=cut)
        except cells.Malformed as error:
            raise self.wanted.unreadable(f"{where}:{error.line}: {error}", "check the quotes and `delimiter`") from None

    def first(self, rows: list[Row], where: str) -> Rows:
        """The rows of the table's first file, and the names of its columns."""
        header = self.has_header(rows, where)
        names = cells.column_names(rows[0].cells) if header else [str(at) for at in range(len(rows[0].cells) if rows else 0)]
        self.check_twice(names, where, names, "; or set `header: false` if it holds no names")
        return _rows(names, header, rows[header:])

    def check_twice(self, names: Sequence[str], where: str, used: Sequence[str], or_else: str = "") -> None:
        """Refuses columns of one name among those that are used; `or_else` is a further advice."""
        counts, asked = Counter(names), set(used)
        if (twice := next((name for name, count in counts.items() if count > 1 and name in asked), None)) is not None:
            some = list(islice((str(at) for at, name in enumerate(names) if name == twice), FEW))
            several = counts[twice] > len(some)
            number = "two" if counts[twice] == 2 else f"{counts[twice]:,}"
            places = ", ".join(some) + ", …" if several else joined(some)
            message = f"{where}: {number} columns are called `{twice}`, the columns {places}"
            raise self.wanted.unreadable(message, f"rename one of them in the first row{or_else}")

    def has_header(self, rows: list[Row], where: str) -> bool:
        stated = self.wanted.options.get("header")
        if stated is not None:
            return bool(stated and rows)
        header = cells.has_header(rows, self.marks)
        if header and any(map(cells.is_number, rows[0].cells)):
            first = ",".join(rows[0].cells[:6]) + (",…" if len(rows[0].cells) > 6 else "")
            self.notes.append(f"{where}: the first row, `{first}`, is taken for names; `header: false` takes it for a sample")
        return header

    def placed(self, rows: list[Row], where: str, used: Sequence[str], *, labelled: bool = True) -> Rows:
        """The rows of a further file of the table: columns by name, or without a header in their order.

        Args:
            rows: of the file.
            where: its name.
            used: the columns that it must have.
            labelled: whether it holds the targets; else it may lack them, and all columns that are no inputs.

        Raises:
            SpecError: a column is missing.
        """
        used = list(dict.fromkeys(used))
        if not rows:
            return Rows(used, self.header, [], [])
        first = cells.column_names(rows[0].cells)
        header = (self.header and not set(first).isdisjoint(self.names)) or self.has_header(rows, where)
        if self.header and header:
            present = set(first)
            if missing := [name for name in used if name not in present]:
                raise self.lacking(missing, first, where)
            self.check_twice(first, where, used)
            return _rows(first, True, rows[1:])
        targets = set(self.all_targets())
        without_targets = [name for name in self.names if name not in targets]
        choices = (self.names, without_targets, used) if labelled else (used, without_targets, self.names)
        names = next((choice for choice in choices if len(choice) == len(first) and set(used) <= set(choice)), None)
        if names is None:
            message = f"{where} has {len(first)} columns; the model takes {len(used)}"
            help = f"give the columns {', '.join(used[:8])}{', …' if len(used) > 8 else ''}"
            raise self.wanted.unreadable(message, help)
        return _rows(list(names), header, rows[header:])

    def lacking(self, missing: list[str], present: Sequence[str], where: str) -> SpecError:
        named = [f"`{name}`" for name in missing[:8]]
        columns = f"{', '.join(named)}, …" if len(missing) > 8 else joined(named)
        message = f"{where} has no column{'s' if len(missing) > 1 else ''} {columns}, {self.origin}"
        others = [name for name in present if name not in self.names]  # a column of the model's own table is itself
        help = listed(did_you_mean(missing[0], others), present, "its columns")
        return self.wanted.refuse(UnknownColumn, message, help=help.text)

    def dialect(self, content: str, where: str) -> dict[str, Any]:
        delimiter = self.wanted.options.get("delimiter")
        if delimiter is None:
            delimiter = "\t" if where.lower().endswith(".tsv") else cells.delimiter(content)
        return {"delimiter": delimiter, "strict": True, "skipinitialspace": delimiter != "\t"}

    def not_utf8(self, path: Path, error: UnicodeDecodeError) -> SpecError:
        return self.wanted.unreadable(f"{path} is no UTF-8 text: {error.reason} at byte {error.start}", "save it as UTF-8")

    def all_targets(self) -> list[str]:
        return list(dict.fromkeys(name for many in self.of_targets.values() for name in many))

    def used_inputs(self) -> list[str]:
        return list(dict.fromkeys(name for many in self.of_inputs.values() for name in many))

    @property
    def marks(self) -> tuple[str, ...]:
        """The texts that stand for a missing value."""
        return tuple(self.wanted.options.get("na_values", Data.model_fields["na_values"].default))


def _rows(names: list[str], header: bool, rows: Sequence[Row]) -> Rows:
    return Rows(names, header, [row.cells for row in rows], [row.line for row in rows])

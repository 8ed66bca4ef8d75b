"""Text in lines of a given width: tables and sentences, broken only where reading allows."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Sequence
from typing import IO, Literal, NamedTuple

from layerctl.base.printable import printable
from layerctl.diagnostics.text import Paint, cells, plain

PIPED = 100
"""The width of output that does not go to a terminal."""
GAP = "  "
"""Between two columns."""
HANG = "  "
"""The indent of a name's or a sentence's lines after the first."""
SPACE = re.compile(r"(?<=\s)(?<![×±=] )(?![\s×±=%▸…])")
"""Behind spaces, but not beside a sign that belongs to its neighbours: `2 × block`, `95 %`, `p = 0.01`."""
WORDS = (re.compile(r"(?<=\s)(?=\()"), SPACE)
NAMES = (
    *WORDS,
    re.compile(r"(?<=\w\w[/@=])(?=[^\W\d_])"),
    re.compile(r"(?<=\w\w\.)(?=[^\W\d_])(?!ya?ml\b)"),
    re.compile(r"(?<=\w\w_)(?=[^\W\d_])"),
)
"""Where a name may be broken, the best places first; not before a number, and not behind a single letter."""
SHORT = 16
"""A text or a shape up to this length is not broken."""
Line = tuple[str, ...]


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        head: its title, which may be broken at spaces.
        kind: a `name` may be broken behind dots, slashes and underscores, a `text` and a `shape` at spaces, a `figure` and a
            `mark` nowhere. Figures are aligned right.
    """

    head: str
    kind: Literal["name", "text", "shape", "figure", "mark"] = "name"


def width_of(stream: IO[str]) -> int:
    """The number of characters that a line may have: the width of a terminal, `PIPED` elsewhere."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or PIPED
    except (OSError, ValueError):  # not a terminal, or not a file
        return PIPED


def fits(columns: Sequence[Column], lines: Sequence[Line], width: int) -> bool:
    """Whether a table fits into a width without breaking a cell."""
    shown = [tuple(column.head for column in columns), *lines]
    return _with_gaps(_whole(shown)) <= width


def table(
    columns: Sequence[Column], lines: Sequence[Line], width: int, *, paint: Paint = plain, rule: bool = False, faint: int = 0
) -> Iterator[str]:
    """The lines of a table.

    It is as wide as its content. If that is more than `width`, heads are broken, then names and texts, then shapes; texts and
    shapes mostly into two lines. If that is not enough, the remaining columns follow in another table below, which repeats the
    first column.

    Args:
        columns: their heads and kinds.
        lines: the cells; spaces before a name indent all of its lines.
        width: the largest width; only a single column that cannot be broken further may exceed it.
        paint: for the head, and for faint lines.
        rule: whether a line is drawn below the head.
        faint: the number of lines at the top to paint faint.
    """
    shown = [tuple(column.head for column in columns), *(tuple(map(printable, line)) for line in lines)]
    kinds = [column.kind for column in columns]
    for number, widths in enumerate(_parts(kinds, shown, width)):
        if number:
            yield ""
        beside = [kinds[place] for place in widths]
        for place, line in enumerate(shown):
            style = "bold" if place == 0 else "faint" if place <= faint else ""
            for text in _laid_out(beside, [line[column] for column in widths], [*widths.values()]):
                yield paint(text, style) if style else text
            if place == 0 and rule:
                yield "─" * _with_gaps(widths.values())


def sentences(text: str, width: int, hang: str = HANG) -> list[str]:
    """Breaks a line of text between words into lines of a width; lines after the first are indented by `hang`."""
    return _broken(printable(text), width, hang, (SPACE,))


def wrapped(cell: str, width: int, kind: str = "name") -> list[str]:
    """Breaks a cell into lines of a width, only where its kind allows."""
    return _broken(cell, width, *((HANG, NAMES) if kind == "name" else ("", WORDS)))


def _broken(text: str, width: int, hang: str, breaks: Sequence[re.Pattern[str]]) -> list[str]:
    """Breaks a text into lines of a width; each keeps the text's indent, and those after the first begin with `hang`."""
    text = text.rstrip()
    if cells(text) <= width:
        return [text]
    inset = text[: len(text) - len(text.lstrip())]
    lines = [inset]
    _fill(lines, text.lstrip(), width, inset + hang, breaks)
    return [line.rstrip() for line in lines]


def _fill(lines: list[str], text: str, width: int, hang: str, breaks: Sequence[re.Pattern[str]]) -> None:
    """Adds a text to the last line, or to new lines, and breaks it only if necessary."""
    begun = bool(lines[-1].strip())
    if cells(lines[-1] + text.rstrip()) <= width or not (begun or breaks):
        lines[-1] += text
    elif begun and (cells(hang + text.rstrip()) <= width or not breaks):
        lines.append(hang + text)
    else:
        for piece in breaks[0].split(text):
            _fill(lines, piece, width, hang, breaks[1:])


def _whole(shown: Sequence[Line]) -> list[int]:
    """How wide each column is with nothing broken."""
    return [max(map(cells, texts)) for texts in zip(*shown, strict=True)]


def _parts(kinds: Sequence[str], shown: Sequence[Line], width: int) -> Iterator[dict[int, int]]:
    """The columns that stand beside each other and how wide they are; the first is in each part of a table."""
    whole = _whole(shown)
    if _with_gaps(whole) <= width:
        yield dict(enumerate(whole))
        return
    sizes = [_sizes(kind, texts) for kind, texts in zip(kinds, zip(*shown, strict=True), strict=True)]
    for group in _groups(sizes, width):
        widths = _widths([kinds[place] for place in group], [sizes[place] for place in group], width)
        yield dict(zip(group, widths, strict=True))


class _Sizes(NamedTuple):
    """The width of a column with nothing broken, with only its head broken, and with everything broken as far as possible."""

    whole: int
    body: int
    least: int


def _sizes(kind: str, texts: Sequence[str]) -> _Sizes:
    head, *others = texts
    body = max(map(cells, others), default=0)
    least = body
    if kind in ("name", "text", "shape"):
        least = max((cells(line) for text in set(others) for line in wrapped(text, 0, kind)), default=0)
    if kind in ("text", "shape"):
        least = max(least, min(body, SHORT), (body + 1) // 2)
    words = max(map(cells, wrapped(head, 0, "text")))
    return _Sizes(max(body, cells(head)), max(body, words), max(least, words))


def _groups(sizes: Sequence[_Sizes], width: int) -> list[list[int]]:
    """The columns of each table; if one table is too wide for all columns, each of several begins with the first column."""
    if _with_gaps([size.least for size in sizes]) <= width:
        return [[*range(len(sizes))]]
    groups = [[0]]
    for place in range(1, len(sizes)):
        if len(groups[-1]) > 1 and _with_gaps([sizes[column].body for column in (*groups[-1], place)]) > width:
            groups.append([0])
        groups[-1].append(place)
    return groups


def _with_gaps(widths: Collection[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _widths(kinds: Sequence[str], sizes: Sequence[_Sizes], width: int) -> list[int]:
    """The width of each column; excess is taken from the widest, by breaking heads first, then names and texts, then shapes."""
    widths = [size.whole for size in sizes]
    everywhere = range(len(widths))
    excess = _with_gaps(widths) - width
    for places, least in (
        (everywhere, [size.body for size in sizes]),
        ([place for place in everywhere if kinds[place] != "shape"], [size.least for size in sizes]),
        (everywhere, [size.least for size in sizes]),
    ):
        while excess > 0 and (wide := [place for place in places if widths[place] > least[place]]):
            widths[max(wide, key=widths.__getitem__)] -= 1
            excess -= 1
    return widths


def _laid_out(kinds: Sequence[str], line: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """The lines of text for one row of a table."""
    parts = [wrapped(cell, width, kind) for kind, cell, width in zip(kinds, line, widths, strict=True)]
    for number in range(max(map(len, parts))):
        texts = (part[number] if number < len(part) else "" for part in parts)
        aligned = (
            " " * (width - cells(text)) + text if kind == "figure" else text + " " * (width - cells(text))
            for kind, text, width in zip(kinds, texts, widths, strict=True)
        )
        yield GAP.join(aligned).rstrip()

"""Source text and places in it."""

import re
from bisect import bisect_right
from typing import NamedTuple

LINE_END = re.compile(r"\r\n?|\n")


class Position(NamedTuple):
    """A place in a text: line and column, both from 1; columns count characters."""

    line: int
    column: int


class Source:
    """One text, with the path that messages show for it."""

    __slots__ = ("_starts", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._starts: list[int] | None = None

    def _line_starts(self) -> list[int]:
        """Offsets at which the lines begin; a line ends at LF, CRLF or CR, as in editors."""
        if self._starts is None:
            self._starts = [0, *(end.end() for end in LINE_END.finditer(self.text))]
        return self._starts

    def position(self, offset: int) -> Position:
        starts = self._line_starts()
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def line_bounds(self, number: int) -> tuple[int, int]:
        """The offsets of a line, counted from 1, without its line end; cheaper than `line` where the line is very long."""
        starts = self._line_starts()
        start = starts[number - 1]
        end = starts[number] if number < len(starts) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return start, end

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its line end."""
        start, end = self.line_bounds(number)
        return self.text[start:end]


class Span(NamedTuple):
    """A range of characters in a source, as offsets: `start` included, `end` excluded."""

    source: Source
    start: int
    end: int

    @property
    def begin(self) -> Position:
        return self.source.position(self.start)

    @property
    def finish(self) -> Position:
        return self.source.position(self.end)

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

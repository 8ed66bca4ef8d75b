"""Diagnostics for people: `full` with the source beside it, `concise` one line each."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import TextIO

from layerctl.diagnostics import Diagnostic
from layerctl.source import Source, Span

WIDEST = 160
Paint = Callable[[str, str], str]
STYLES = {"error": "1;31", "warning": "1;33", "place": "34", "bold": "1", "help": "36", "related": "1;34"}


def plain(text: str, style: str) -> str:
    """No colour."""
    return text


def coloured(text: str, style: str) -> str:
    """ANSI colour."""
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if text else text


def paint_for(stream: TextIO) -> Paint:
    """Colour on a terminal; `NO_COLOR` turns it off, `FORCE_COLOR` on."""
    if os.environ.get("NO_COLOR"):
        return plain
    if os.environ.get("FORCE_COLOR"):
        return coloured
    return coloured if stream.isatty() and os.environ.get("TERM") != "dumb" else plain


def concise(diagnostic: Diagnostic, paint: Paint = plain) -> str:
    """`specs/cnn.yaml:17:5: LC402 kernel (5, 5) does not fit …`."""
    span = diagnostic.span
    line, column = span.begin
    place = paint(f"{span.source.path}:{line}:{column}", "bold")
    return f"{place}: {paint(f'{diagnostic.severity}[{diagnostic.code.id}]', diagnostic.severity)} {diagnostic.message}"


def full(diagnostic: Diagnostic, paint: Paint = plain) -> str:
    """The message, the marked lines of the source, help and trace."""
    span = diagnostic.span
    line, column = span.begin
    marks: list[tuple[Span, str, str, str]] = [(span, "^", diagnostic.label, diagnostic.severity)]
    elsewhere = []
    for related in diagnostic.related:
        if related.span.source is span.source:
            marks.append((related.span, "-", related.message, "related"))
        else:
            elsewhere.append(related)
    width = max(len(str(mark[0].begin.line)) for mark in marks)
    edge = " " * width + paint(" |", "place")
    out = [paint(f"{diagnostic.severity}[{diagnostic.code.id}]", diagnostic.severity) + paint(f": {diagnostic.message}", "bold")]
    out.append(" " * width + paint("-->", "place") + f" {span.source.path}:{line}:{column}")
    if span.source.text or len(marks) > 1:
        out.append(edge)
        out += _snippet(marks, width, paint)
        out.append(edge)
    for related in elsewhere:
        at = related.span.begin
        out.append(" " * width + paint(":::", "place") + f" {related.span.source.path}:{at.line}:{at.column}: {related.message}")
    notes = [("help", diagnostic.help)] if diagnostic.help else []
    notes += [("trace", step) for step in diagnostic.trace]
    for kind, text in notes:
        out.append(" " * width + paint(" =", "place") + f" {paint(kind, 'help')}: {text}")
    return "\n".join(out)


def _snippet(marks: list[tuple[Span, str, str, str]], width: int, paint: Paint) -> list[str]:
    """The lines that hold a mark, each with its marks below it, in the order of the text."""
    out: list[str] = []
    edge = " " * width + paint(" |", "place")
    lines: dict[int, list[tuple[Span, str, str, str]]] = {}
    for mark in marks:
        lines.setdefault(mark[0].begin.line, []).append(mark)
    for number in sorted(lines):
        here = sorted(lines[number], key=lambda mark: mark[0].start)
        text, shift = _clipped(here[0][0].source, number, here[0][0].begin.column)
        out.append(f"{paint(str(number).rjust(width), 'place')}{paint(' |', 'place')} {text}".rstrip())
        for span, sign, label, style in here:
            start = span.begin.column - 1 - shift
            if not 0 <= start <= len(text):
                continue
            end = span.finish.column - 1 - shift if span.finish.line == number else len(text)
            marked = text[start : max(end, start + 1)]
            underline = sign * max(1, _cells(marked))
            out.append(f"{edge} {_blank(text[:start])}{paint((underline + ' ' + label).rstrip(), style)}")
    return out


def _clipped(source: Source, number: int, column: int) -> tuple[str, int]:
    """A line as it can be shown, and how many characters are cut off before it."""
    start, end = source.line_bounds(number)
    shift = max(0, min(column - 1 - WIDEST // 2, end - start - WIDEST))
    text = source.text[start + shift : min(end, start + shift + WIDEST)]
    return "".join(char if char.isprintable() or char == "\t" else "\ufffd" for char in text), shift


def _cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def _blank(text: str) -> str:
    """Blanks as wide as the text, tabs kept."""
    return re.sub(r"[^\t]+", lambda match: " " * _cells(match[0]), text)


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def closing(files: int, diagnostics: Iterable[Diagnostic], paint: Paint = plain) -> str:
    """The last line: how many files, errors and warnings."""
    found = list(diagnostics)
    errors = sum(diagnostic.is_error for diagnostic in found)
    if not found:
        return paint(f"{count(files, 'spec')} checked, no mistakes", "bold")
    parts = [paint(count(errors, "error"), "error")] if errors else []
    if len(found) > errors:
        parts.append(paint(count(len(found) - errors, "warning"), "warning"))
    return f"{count(files, 'spec')} checked: {', '.join(parts)}"

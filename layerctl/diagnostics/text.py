"""Diagnostics for people: `full` shows the source lines, `concise` is one line each."""

import os
from collections.abc import Callable, Iterable
from typing import NamedTuple, TextIO

from layerctl.base.printable import line as one_line
from layerctl.base.source import Source, Span
from layerctl.diagnostics import Diagnostic

WIDEST = 160
LINE = 110
"""The width at which help and trace are wrapped."""
TAB = "    "
"""What a tab of a source line is shown as."""
Paint = Callable[[str, str], str]
STYLES = {"error": "1;31", "warning": "1;33", "place": "34", "bold": "1", "help": "36", "related": "1;34", "faint": "2"}
MARKS = {style: chr(0xFDD0 + number) for number, style in enumerate(STYLES)}
"""Characters that no text has: Unicode leaves them to the inner use of programs."""
END = "\ufdef"
ANSI = {ord(mark): f"\x1b[{STYLES[style]}m" for style, mark in MARKS.items()} | {ord(END): "\x1b[0m"}


def plain(text: str, style: str) -> str:
    """No colour."""
    return text


def coloured(text: str, style: str) -> str:
    """Marks a text to be coloured; `finished` makes ANSI colours of the marks, so that no other text can have any."""
    return f"{MARKS[style]}{text}{END}" if text else text


def paint_for(stream: TextIO) -> Paint:
    """Colour on a terminal; `NO_COLOR` turns it off, `FORCE_COLOR` on."""
    if os.environ.get("NO_COLOR"):
        return plain
    if os.environ.get("FORCE_COLOR"):
        return coloured
    return coloured if stream.isatty() and os.environ.get("TERM") != "dumb" else plain


def finished(line: str, paint: Paint = plain) -> str:
    """A line as it leaves the program: printable, and with colours where `paint` has any."""
    return one_line(line) if paint is plain else one_line(line, keep="".join(map(chr, ANSI))).translate(ANSI)


def concise(diagnostic: Diagnostic, paint: Paint = plain) -> str:
    """`specs/cnn.yaml:17:5: LC402 kernel (5, 5) does not fit …`."""
    span = diagnostic.span
    line, column = span.begin
    place = paint(f"{span.source.path}:{line}:{column}", "bold")
    kind = paint(f"{diagnostic.severity}[{diagnostic.code.id}]", diagnostic.severity)
    return finished(f"{place}: {kind} {diagnostic.message}", paint)


def full(diagnostic: Diagnostic, paint: Paint = plain) -> str:
    """The message, the marked lines of the spec and of other files, help and trace."""
    return "\n".join(finished(line, paint) for line in _lines(diagnostic, paint))


def _lines(diagnostic: Diagnostic, paint: Paint) -> list[str]:
    span = diagnostic.span
    line, column = span.begin
    marks = [Mark(span, "^", diagnostic.label, diagnostic.severity)]
    elsewhere: dict[Source, list[Mark]] = {}
    for related in diagnostic.related:
        mark = Mark(related.span, "-", related.message, "related")
        (marks if related.span.source is span.source else elsewhere.setdefault(related.span.source, [])).append(mark)
    width = max(len(str(mark.span.begin.line)) for some in (marks, *elsewhere.values()) for mark in some)
    edge = " " * width + paint(" |", "place")
    out = [paint(f"{diagnostic.severity}[{diagnostic.code.id}]", diagnostic.severity) + paint(f": {diagnostic.message}", "bold")]
    out.append(" " * width + paint("-->", "place") + f" {span.source.path}:{line}:{column}")
    if span.source.text or len(marks) > 1:
        out.append(edge)
        out += _snippet(marks, width, paint)
        out.append(edge)
    for source, others in elsewhere.items():
        at = others[0].span.begin
        out.append(" " * width + paint(":::", "place") + f" {source.path}:{at.line}:{at.column}")
        out += [edge, *_snippet(others, width, paint), edge]
    notes = [("help", _wrapped(diagnostic.help, " "))] if diagnostic.help else []
    notes += [("trace", _wrapped(step, " → ")) for step in diagnostic.trace]
    for kind, (text, *more) in notes:
        out.append(" " * width + paint(" =", "place") + f" {paint(kind, 'help')}: {text}")
        out += [" " * (width + 5 + len(kind)) + text for text in more]
    return out


class Mark(NamedTuple):
    """A marked place: the character that underlines it, the text beside it, and their colour."""

    span: Span
    sign: str
    label: str
    style: str


def _wrapped(text: str, joint: str) -> list[str]:
    """A note wrapped at the joints between its parts; a joint that is more than a space begins the next line."""
    lines: list[str] = []
    for part in text.split(joint):
        if lines and len(lines[-1]) + len(joint) + len(part) <= LINE:
            lines[-1] += joint + part
        else:
            lines.append(joint.lstrip() + part if lines else part)
    return lines


def _snippet(marks: list[Mark], width: int, paint: Paint) -> list[str]:
    """The source lines that have marks, each with its marks below it."""
    out: list[str] = []
    edge = " " * width + paint(" |", "place")
    lines: dict[int, list[Mark]] = {}
    for mark in marks:
        lines.setdefault(mark.span.begin.line, []).append(mark)
    for number in sorted(lines):
        here = sorted(lines[number], key=lambda mark: mark.span.start)
        shown = next((mark.span for mark in here if mark.sign == "^"), here[0].span)
        text, shift = _clipped(shown.source, number, shown.begin.column)
        shown_text = text.replace("\t", TAB)
        out.append(f"{paint(str(number).rjust(width), 'place')}{paint(' |', 'place')} {shown_text}".rstrip())
        for span, sign, label, style in here:
            start = span.begin.column - 1 - shift
            if not 0 <= start <= len(text):
                continue
            end = span.finish.column - 1 - shift if span.finish.line == number else len(text)
            marked = text[start : max(end, start + 1)]
            underline = sign * max(1, cells(marked))
            out.append(f"{edge} {' ' * cells(text[:start])}{paint((underline + ' ' + label).rstrip(), style)}")
    return out


def _clipped(source: Source, number: int, column: int) -> tuple[str, int]:
    """A line cut to the width around a column, and how many characters are cut off at its start."""
    start, end = source.line_bounds(number)
    shift = max(0, min(column - 1 - WIDEST // 2, end - start - WIDEST))
    text = source.text[start + shift : min(end, start + shift + WIDEST)]
    if shift:
        text = "…" + text[1:]
    if start + shift + WIDEST < end:
        text = text[:-1] + "…"
    return "".join(char if char.isprintable() or char == "\t" else "\ufffd" for char in text), shift


def cells(text: str) -> int:
    """How many terminal columns a text takes."""
    text = text.replace("\t", TAB)
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def closing(files: int, diagnostics: Iterable[Diagnostic], paint: Paint = plain) -> str:
    """The last line: how many files, errors and warnings."""
    every = list(diagnostics)
    errors = sum(diagnostic.is_error for diagnostic in every)
    if not every:
        return finished(paint(f"{count(files, 'spec')} checked, no mistakes", "bold"), paint)
    parts = [paint(count(errors, "error"), "error")] if errors else []
    if len(every) > errors:
        parts.append(paint(count(len(every) - errors, "warning"), "warning"))
    return finished(f"{count(files, 'spec')} checked: {', '.join(parts)}", paint)

"""The only way out of the program: what is printed, made printable, and what happens where it cannot be written."""

from __future__ import annotations

import errno
import os
import sys
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NoReturn, TextIO

from layerctl.base import reading
from layerctl.diagnostics.text import Paint, finished, paint_for

UNWRITABLE = 1
"""The exit status where a result cannot be written."""


class Stream:
    """A standard stream: a reader that goes away is not missed, and another failure ends the program with a line, or silently.

    Attributes:
        stream: what the text goes to; everything else is asked of it.
        failed: what follows where it cannot be written.
    """

    def __init__(self, stream: TextIO, failed: Callable[[OSError], None]) -> None:
        self.stream = stream
        self.failed = failed

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        self._tried(lambda: self.stream.write(text))
        return len(text)

    def flush(self) -> None:
        self._tried(self.stream.flush)

    def _tried(self, step: Callable[[], object]) -> None:
        try:
            step()
        except OSError as error:
            self.discard()
            if not isinstance(error, BrokenPipeError):
                self.failed(error)

    def discard(self) -> None:
        """Throws away what is still to be written."""
        with suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stream.fileno())
            os.close(nowhere)


def prepare() -> None:
    """Readies the standard streams, those that are closed included: no file that is opened later may take their place."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # closed; of what is opened here the wrong direction fails as a closed stream does
            os.open(os.devnull, os.O_RDONLY if number else os.O_WRONLY)
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = _prepared(sys.stdout, 1, unwritable)
    sys.stderr = _prepared(sys.stderr, 2, lambda error: None)
    sys.excepthook = _traceback
    warnings.showwarning = lambda message, *place: say(f"note: {message}")


def _traceback(kind: object, error: BaseException, trace: object) -> None:
    """Shows an exception with where it was raised, as `--debug` wants it."""
    import traceback

    say(*"".join(traceback.format_exception(error)).rstrip("\n").split("\n"))


def _prepared(stream: Any, number: int, failed: Callable[[OSError], None]) -> Any:
    if stream is None:
        stream = open(number, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    elif isinstance(stream, Stream):
        stream = stream.stream
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")  # an escape for each character that the terminal lacks
    return Stream(stream, failed)


def unwritable(error: OSError) -> NoReturn:
    """Ends the program: the result cannot be written."""
    reason = "standard output is closed" if error.errno == errno.EBADF else reading.reason(error)
    say_usage(f"cannot write the result: {reason}")
    raise SystemExit(UNWRITABLE)


def put(text: str) -> None:
    """Writes a text to standard output that is printable already, such as a document."""
    sys.stdout.write(text)
    sys.stdout.flush()


def put_lines(lines: Callable[[int, Paint], Iterable[str]]) -> None:
    """Writes lines to standard output, in its width and with colours where it supports them."""
    from layerctl.report.layout import width_of

    paint = paint_for(sys.stdout)
    put("".join(f"{finished(line, paint)}\n" for line in lines(width_of(sys.stdout), paint)))


def put_text(*lines: str) -> None:
    """Writes lines to standard output that have neither width nor colours."""
    put("".join(f"{finished(line)}\n" for line in lines))


def put_json(text: str) -> None:
    """Writes a printable text of JSON to standard output, with JSON's own escapes for what its encoding lacks."""
    if not (sys.stdout.encoding or "").lower().startswith("utf"):
        from layerctl.base.json_text import printable

        text = printable(text, ascii=True)
    put(text + "\n")


def put_result(result: Any, format: str, lines: Callable[[int, Paint], Iterable[str]]) -> None:
    """Writes a result to standard output: as JSON, or as lines for people."""
    from layerctl.base.json_text import pretty

    if format == "json":
        put_json(pretty(result.to_json()))
    else:
        put_lines(lines)


def say(*lines: str) -> None:
    """Writes lines to standard error."""
    for line in lines:
        sys.stderr.write(f"{finished(line)}\n")


def say_usage(message: str, help: str | None = None, further: Iterable[str] = ()) -> None:
    """Says on standard error what is wrong, with further lines, and what would help."""
    paint = paint_for(sys.stderr)
    lines = [f"{paint('error', 'error')}{paint(f': {message}', 'bold')}", *further]
    if help:
        lines.append(f"  {paint('=', 'place')} {paint('help', 'help')}: {help}")
    sys.stderr.write("".join(f"{finished(line, paint)}\n" for line in lines))


def put_notes(notes: Iterable[str]) -> None:
    """Writes notes that the user should read, and that are no mistakes, to standard error."""
    say(*(f"note: {note}" for note in notes))

"""Shared by the commands: finding specs, showing diagnostics, exit statuses. Loads no option parser (see `cli.main`)."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, NoReturn, ParamSpec

from layerctl.base import ending
from layerctl.compiler.configuration import settings as configured_settings
from layerctl.compiler.locate import SpecFile, default, find
from layerctl.compiler.pipeline import Accepted, Compiled, compile_bytes
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.text import Paint, full, paint_for
from layerctl.language.expand.settings import Settings

DONE, WRONG_SPEC, WRONG_USAGE, OUR_BUG = 0, 1, 2, 3

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""The errors of a full or failing disk behind standard output."""

P = ParamSpec("P")


def usage(message: str, help: str | None = None) -> NoReturn:
    """Ends with status 2: the command is called wrongly, or something that it needs is missing."""
    say_usage(message, help)
    raise SystemExit(WRONG_USAGE)


def say_usage(message: str, help: str | None = None) -> None:
    paint = paint_for(sys.stderr)
    print(f"{paint('error', 'error')}{paint(f': {message}', 'bold')}", file=sys.stderr)
    if help:
        print(f"  {paint('=', 'place')} {paint('help', 'help')}: {help}", file=sys.stderr)


def put_notes(notes: Iterable[str]) -> None:
    """Writes notes that the user should read, and that are no mistakes, to standard error."""
    for note in notes:
        print(f"note: {note}", file=sys.stderr)


def put(text: str) -> None:
    """Writes a result to standard output; where the pipe is closed, as with `| head -1`, the command goes on silently."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        nobody_reads()
    except OSError as error:
        if error.errno not in FULL:
            raise
        no_room(error)


def put_lines(lines: Callable[[int, Paint], Iterable[str]]) -> None:
    """Writes lines to standard output, in its width and with colours where it supports them."""
    from layerctl.report.layout import width_of

    put("".join(f"{line}\n" for line in lines(width_of(sys.stdout), paint_for(sys.stdout))))


def put_result(result: Any, format: str, lines: Callable[[int, Paint], Iterable[str]]) -> None:
    """Writes a result to standard output: as JSON, or as lines for people."""
    from layerctl.base.json_text import pretty

    if format == "json":
        print(pretty(result.to_json()))
    else:
        put_lines(lines)


def no_room(error: OSError) -> NoReturn:
    """Ends with status 2: standard output cannot be written."""
    nobody_reads()
    usage(f"cannot write the result: {(error.strerror or str(error)).lower()}", "make room, or write elsewhere")


def nobody_reads() -> None:
    """Discards all further output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def guarded(function: Callable[P, None]) -> Callable[P, None]:
    """A command with the right exit status after Ctrl-C, a closed pipe, a usage error, a missing package or a bug of layerctl."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        debug = kwargs.get("debug", False)
        try:
            function(*args, **kwargs)
            sys.stdout.flush()
        except KeyboardInterrupt as stopped:
            print("; ".join([ending.line(), *map(str, stopped.args)]), file=sys.stderr)
            raise SystemExit(ending.status()) from None
        except SystemExit:
            put("")
            raise
        except BrokenPipeError:
            nobody_reads()
            raise SystemExit(DONE) from None
        except Exception as error:
            if debug:
                raise
            _failed(error)

    return run


def _failed(error: Exception) -> NoReturn:
    from layerctl.diagnostics.errors import SpecError, UsageError

    if isinstance(error, UsageError):
        say_usage(error.message, error.help)
        raise SystemExit(error.status)
    if isinstance(error, SpecError):
        show(error.diagnostics)
        raise SystemExit(WRONG_SPEC)
    if isinstance(error, OSError) and error.errno in FULL:
        no_room(error)
    if isinstance(error, RecursionError | MemoryError):
        message = f"ran out of {'stack' if isinstance(error, RecursionError) else 'memory'}"
    else:
        message = f"{type(error).__name__}: {error}"
    say_usage(f"layerctl failed, which is a bug in layerctl: {message}", "please report it, with the spec; `--debug` shows where")
    raise SystemExit(OUR_BUG)


def spec_file(name: str | None) -> SpecFile:
    """The spec that the user named, or the project's default one."""
    return default() if name is None else find(name)


def load(name: str | None, overrides: list[str] | None = None, settings: Settings | None = None) -> Accepted:
    """Compiles the spec of a command; if it has errors, shows the diagnostics and ends with status 1."""
    file = spec_file(name)
    settings = settings or configured_settings()
    return accept(compile_bytes(file.path, file.data, overrides=tuple(overrides or ()), settings=settings))


def accept(compiled: Compiled) -> Accepted:
    """Shows the diagnostics; ends with status 1 if there are errors."""
    show(compiled.diagnostics)
    if not compiled.ok:
        raise SystemExit(WRONG_SPEC)
    return compiled.accepted()


def show(diagnostics: Iterable[Diagnostic], stream: Any = None) -> None:
    """Prints diagnostics in full, by default on standard error, without warnings that a comment ignores."""
    from layerctl.compiler.selection import commented

    stream = stream or sys.stderr
    paint = paint_for(stream)
    for diagnostic in diagnostics:
        if diagnostic.is_error or not commented(diagnostic):
            print(full(diagnostic, paint), end="\n\n", file=stream)

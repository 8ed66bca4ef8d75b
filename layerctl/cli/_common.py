"""Shared by the commands: finding specs, showing diagnostics, exit statuses. Loads no option parser (see `cli.main`)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, NoReturn, ParamSpec

from layerctl.base import ending, reading
from layerctl.cli._streams import say, say_usage, unwritable
from layerctl.compiler.configuration import settings as configured_settings
from layerctl.compiler.locate import SpecFile, default, find
from layerctl.compiler.pipeline import Accepted, Compiled, compile_bytes
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.text import full, paint_for
from layerctl.language.expand.settings import Settings

DONE, WRONG_SPEC, WRONG_USAGE, OUR_BUG = 0, 1, 2, 3

P = ParamSpec("P")


def usage(message: str, help: str | None = None) -> NoReturn:
    """Ends with status 2: the command is called wrongly, or something that it needs is missing."""
    say_usage(message, help)
    raise SystemExit(WRONG_USAGE)


def guarded(function: Callable[P, None]) -> Callable[P, None]:
    """A command with the right exit status after Ctrl-C, a usage error, a missing package or a bug of layerctl."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        debug = kwargs.get("debug", False)
        try:
            function(*args, **kwargs)
            sys.stdout.flush()
        except KeyboardInterrupt as stopped:
            say("; ".join([ending.line(), *map(str, stopped.args)]))
            raise SystemExit(ending.status()) from None
        except SystemExit:
            sys.stdout.flush()
            raise
        except Exception as error:
            if debug:
                raise
            _failed(error)

    return run


def _failed(error: Exception) -> NoReturn:
    from layerctl.base.machine import RanOut, ran_out
    from layerctl.diagnostics.errors import LayerctlBug, SpecError, UsageError

    if isinstance(error, UsageError):
        say_usage(error.message, error.help)
        raise SystemExit(error.status)
    if isinstance(error, SpecError):
        show(error.diagnostics)
        raise SystemExit(WRONG_SPEC)
    if isinstance(error, OSError):
        _environment(error)
    if ran_out(error):
        when = f" while {error}" if isinstance(error, RanOut) else ""
        say_usage(f"memory ran out{when}", "end other programs, or take smaller files; `ulimit -v` may be set too low")
        raise SystemExit(WRONG_SPEC)
    further: tuple[str, ...] = ()
    if isinstance(error, RecursionError):
        message = "ran out of stack"
    else:
        first, *more = str(error).split("\n") if isinstance(error, LayerctlBug) else [str(error)]
        message, further = f"{type(error).__name__}: {first}", tuple(more)
    help = "please report it, with the spec; `--debug` shows where"
    say_usage(f"layerctl failed, which is a bug in layerctl: {message}", help, further)
    raise SystemExit(OUR_BUG)


def _environment(error: OSError) -> None:
    """Ends the program where a file, a disk or a directory is to blame, and not layerctl."""
    from layerctl.diagnostics.errors import NO_ROOM

    if error.errno in NO_ROOM:
        unwritable(error)
    try:
        os.getcwd()
    except OSError:
        usage("the current directory is gone", "change to one that is there: `cd`")
    if error.filename is not None:
        usage(f"cannot use {os.fsdecode(error.filename)}: {reading.reason(error)}")


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
            stream.write(full(diagnostic, paint) + "\n\n")

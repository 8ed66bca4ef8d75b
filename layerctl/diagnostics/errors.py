"""The exceptions of layerctl's Python functions, and the exit status of each on the command line.

```
LayerctlError
├── UsageError           2   a wrong suffix, a place that cannot be written
│   ├── MissingPackage   2   an optional package is not installed
│   └── NoRoom           1   the disk behind an output is full or fails
├── SpecError            1   the spec has errors
└── LayerctlBug          3   layerctl and Keras disagree about a model
```
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from layerctl.base.printable import printable

if TYPE_CHECKING:
    from layerctl.diagnostics import Diagnostic


class LayerctlError(Exception):
    """The base class of layerctl's exceptions."""


class UsageError(LayerctlError):
    """A function or command is called in a way that cannot work.

    Attributes:
        message: what is wrong.
        help: what would work, or None.
        status: the exit status of a command.
    """

    status = 2

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class MissingPackage(UsageError):
    """A needed package is not part of the base installation; `help` says what to install."""


class NoRoom(UsageError):
    """The disk behind an output, or what reads it, takes no more."""

    status = 1


HELP = {
    errno.ENOSPC: "make room, or name another place",
    errno.EDQUOT: "make room, or name another place",
    errno.EIO: "the disk may be failing; name another place",
    errno.EPIPE: "what reads it has ended before it had read everything",
    errno.EFBIG: "raise the limit of a file's size, `ulimit -f`",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EISDIR: "name a file in it",
    errno.ENOTDIR: "a part of the path is a file; name another place",
    errno.ELOOP: "it is a link that leads to itself, or through too many others; remove it, or name another place",
    errno.ENXIO: "start what reads it first: `cat PIPE &`",
    errno.ECONNREFUSED: "start the program that listens there first",
    errno.EROFS: "the file system is read-only; name another place",
}
"""What helps where a file cannot be written."""
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EPIPE)
"""The errors of a disk, or of what reads an output, that takes no more."""


def cannot_write(path: str | os.PathLike[str], error: OSError) -> UsageError:
    """The error of an output that cannot be written."""
    name = os.fspath(path)
    help = HELP.get(error.errno or 0, "name another place, or make this one writable")
    if error.errno == errno.ENOENT:
        folder = os.path.dirname(os.path.realpath(path) if os.path.islink(path) else name) or "."
        help = "name another place" if os.path.isdir(folder) else _made(folder)
    return not_written(f"cannot write {name}", error, help)


def _made(folder: str) -> str:
    """Advice for a directory that is missing."""
    import shlex

    return f"create its directory: mkdir -p {shlex.quote(folder)}"


def not_written(what: str, error: OSError, help: str) -> UsageError:
    """The error of something that cannot be written; the reason is added to `what`."""
    kind = NoRoom if error.errno in NO_ROOM else UsageError
    reason = error.strerror or str(error) or type(error).__name__
    return kind(f"{what}: {reason.splitlines()[0].lower()}", help)


@contextmanager
def writing(path: str | os.PathLike[str]) -> Iterator[None]:
    """A context that writes a file; a failure becomes a UsageError."""
    try:
        yield
    except OSError as error:
        raise cannot_write(path, error) from error


def check_output(path: str | os.PathLike[str]) -> None:
    """Checks that a file can be written, before the work whose result it is to hold.

    Raises:
        UsageError: it cannot.
    """
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise UsageError(f"cannot write {os.fspath(path)}: there is no directory {folder}", _made(folder))
    from layerctl.base.files import check_place

    with writing(path):
        check_place(path)


class SpecError(LayerctlError):
    """A spec has errors; `str()` shows all its diagnostics, with the source beside them.

    Attributes:
        diagnostics: errors and warnings, in the order of the text.
    """

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        from layerctl.diagnostics.text import full

        return "\n\n".join(full(diagnostic) for diagnostic in self.diagnostics)


class LayerctlBug(LayerctlError):
    """layerctl's inference and Keras disagree about a model: a bug of layerctl, which users are asked to report.

    Attributes:
        differences: one line each.
    """

    def __init__(self, differences: tuple[str, ...]) -> None:
        super().__init__(
            "layerctl and Keras disagree about this model:\n" + "\n".join(f"  {printable(line)}" for line in differences)
        )
        self.differences = differences

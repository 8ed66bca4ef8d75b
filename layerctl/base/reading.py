"""The one way to open a file from outside: what it is, and how large, is judged before anything is read.

A named pipe, a device or a link to one would never end, or never begin; a file of 60 GB would fill the memory. Neither is read.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from io import BufferedReader
from typing import BinaryIO, NamedTuple

Path = str | os.PathLike[str]
KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}
FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"))
UNITS = (("GiB", 30), ("MiB", 20), ("KiB", 10))
CHUNK, HUGE = 1024**2, 1024**6


class Refused(OSError):
    """A file from outside that is not read, although it is there.

    As with every OSError, `strerror` says why; `help` says what can be done.
    """

    def __init__(self, reason: str, help: str) -> None:
        super().__init__(errno.EINVAL, reason)
        self.help = help

    def __str__(self) -> str:
        return str(self.strerror)


class Limit(NamedTuple):
    """How many bytes of one kind of file are read at most.

    Attributes:
        setting: the environment variable that raises the limit.
        default: the limit where it is not set.
    """

    setting: str
    default: int

    def most(self) -> int:
        """The limit that is in force.

        Raises:
            Refused: the setting is no size.
        """
        value = os.environ.get(self.setting)
        if not value:
            return self.default
        from layerctl.base.numbers import amount

        try:
            return amount(value)
        except ValueError:
            reason = f"`{self.setting}` takes a size in bytes such as 8GiB; got {value!r}"
            raise Refused(reason, f"correct it, or unset {self.setting}") from None

    def check(self, size: int, what: str = "it has") -> None:
        """Checks a number of bytes against the limit.

        Raises:
            Refused: it is larger.
        """
        if size > self.most():
            raise self.exceeded(what, size)

    def check_read(self, data: bytes | bytearray) -> None:
        """As `check`, of what is read so far: there may be more."""
        if len(data) > self.most():
            raise self.exceeded("it has", None)

    def exceeded(self, what: str, size: int | None) -> Refused:
        """The error for something that is larger; `size` is None where it is not known."""
        from layerctl.base.numbers import size as written

        most, size = self.most(), None if size is None else min(size, HUGE)
        reason = f"{what} more than {written(most)}" if size is None else f"{what} {written(size)}; the limit is {written(most)}"
        enough = size if size is not None else 2 * most or self.default
        unit, power = next(((unit, power) for unit, power in UNITS if enough >= 1 << power), ("", 0))
        return Refused(reason, f"`{self.setting}={-(-enough >> power)}{unit}` in the environment raises the limit")


TEXTS = Limit("LAYERCTL_MAX_TEXT", 32 * 1024**2)
"""Of a spec, a configuration, a record of a run: text that is parsed as a whole."""
DATA = Limit("LAYERCTL_MAX_DATA", 4 * 1024**3)
"""Of a file of arrays, and of what it unpacks to."""
TABLES = Limit("LAYERCTL_MAX_TABLE", 512 * 1024**2)
"""Of a table, which takes many times as much memory once it is divided into cells."""
PICTURES = Limit("LAYERCTL_MAX_PICTURE", 384 * 1024**2)
"""Of a picture, and of its pixels, 4 bytes each."""


def opened(path: Path, limit: Limit | None = None) -> BufferedReader:
    """An open regular file, which is no larger than the limit; links are followed.

    Raises:
        Refused: it is something else, or larger.
        OSError: it cannot be opened.
    """
    _check_regular(os.stat(path))  # before it is opened: opening a device can do something
    descriptor = os.open(path, FLAGS)
    try:
        state = os.fstat(descriptor)
        _check_regular(state)
        if limit is not None:
            limit.check(state.st_size)
        return open(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def whole(path: Path, limit: Limit) -> bytes:
    """All bytes of a regular file.

    Raises:
        Refused: it is no regular file, or larger than the limit.
        OSError: it cannot be read.
    """
    with opened(path, limit) as file:
        return everything(file, limit)


def everything(file: BinaryIO, limit: Limit) -> bytes:
    """All bytes of an open file or a stream, whose size may be unknown, or other than it says.

    Raises:
        Refused: they are more than the limit.
    """
    data = bytearray()
    while part := file.read(CHUNK):
        data += part
        limit.check_read(data)
    return bytes(data)


def head(path: Path, count: int) -> bytes:
    """The first bytes of a regular file, however large it is.

    Raises:
        Refused: it is no regular file.
        OSError: it cannot be read.
    """
    with opened(path) as file:
        return file.read(count)


def resolved(path: Path) -> str:
    """The path without links, as `os.path.realpath`; where links lead on without end, or nearly so, the path itself."""
    try:
        return os.path.realpath(path)
    except RecursionError:
        return os.path.abspath(path)


def stdin() -> BinaryIO:
    """Standard input.

    Raises:
        OSError: it is closed.
    """
    if sys.stdin is None:
        raise OSError(errno.EBADF, "it is closed")
    return sys.stdin.buffer


def reason(error: Exception) -> str:
    """Why a file cannot be read or written, as the end of a message: one line, never empty."""
    system = isinstance(error, OSError) and not isinstance(error, Refused)
    text = (error.strerror if isinstance(error, OSError) else "") or str(error)
    line = next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
    return line.lower() if system else line


def advice(error: Exception, otherwise: str = "check the path and its permissions") -> str:
    """What can be done about a file that cannot be read."""
    return error.help if isinstance(error, Refused) else otherwise


def _check_regular(state: os.stat_result) -> None:
    kind = stat.S_IFMT(state.st_mode)
    if kind == stat.S_IFDIR:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if kind != stat.S_IFREG:
        raise Refused(f"it is {KINDS.get(kind, 'something special')}, no regular file", "name a regular file")

"""The one way to write a file: completely or not at all. What is no regular file is written to as it is, never replaced."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import BinaryIO, NamedTuple

from layerctl.base.ending import Undoing
from layerctl.base.reading import resolved

PathLike = str | os.PathLike[str]
TEMPORARY = re.compile(r"\.([0-9]+)-([0-9a-f]{4})[0-9a-f]{4}-")
"""The beginning of a temporary name: the process and its machine. A killed process leaves such a file or directory behind."""
PATIENCE = 5.0
"""Seconds to wait for somebody who reads a named pipe."""


class Target(NamedTuple):
    """What a path leads to.

    Attributes:
        path: without links.
        found: what is there now; None where nothing is.
        as_it_is: whether it is written to as it is: a device, a named pipe, a socket, standard output.
    """

    path: str
    found: os.stat_result | None
    as_it_is: bool = False


@contextmanager
def replacing(path: PathLike, *, new: bool = False) -> Iterator[str]:
    """Yields the path of a temporary file with the same suffix; on success that file replaces `path`.

    A device, a named pipe or a socket is not replaced: the content of the temporary file is written to it. After an exception, or
    a signal such as that of Ctrl-C, `path` is as it was and the temporary file is gone.

    Args:
        path: of the file; through a link, the file that it leads to.
        new: whether to raise FileExistsError where `path` exists, rather than replace it.
    """
    target = _target(path)
    folder, name = os.path.split(target.path)
    if target.as_it_is:
        folder = _folder_for_temporary_files()
    else:
        _sweep(folder, f"-{_end(name)}")
    temporary = os.path.join(folder, temporary_name(name))
    with Undoing(lambda: _remove(temporary)):
        try:
            yield temporary
            (_put_into if target.as_it_is else _put)(temporary, target, new)
        finally:
            _remove(temporary)


def write_whole(path: PathLike, data: bytes | str, *, new: bool = False) -> None:
    """Writes a file; text as UTF-8 with LF line ends. Arguments and effects as of `replacing`."""
    with replacing(path, new=new) as temporary, open(temporary, "xb") as file:
        file.write(data.encode() if isinstance(data, str) else data)


def check_place(path: PathLike) -> None:
    """Raises the OSError that writing a file would raise, as far as that can be known before its content is."""
    target = _target(path)
    if not target.as_it_is:
        folder, name = os.path.split(target.path)
        temporary = os.path.join(folder, temporary_name(name))
        with Undoing(lambda: _remove(temporary)):
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
            os.unlink(temporary)


def temporary_name(name: str) -> str:
    """A name for a temporary file or directory beside one of that name."""
    return f".{os.getpid()}-{_machine()}{os.urandom(2).hex()}-{_end(name)}"


def _end(name: str) -> str:
    """The end of a name, with its suffix: as much as fits into a temporary name, which has at most 255 bytes."""
    return os.fsencode(name)[-100:].decode(errors="ignore")


def left_behind(folder: PathLike) -> Iterator[str]:
    """The paths of the temporary files and directories whose process, on this machine, has been killed."""
    with suppress(OSError):
        for entry in os.listdir(folder):
            match = TEMPORARY.match(entry)
            if match and match[2] == _machine() and not _alive(int(match[1])):
                yield os.path.join(folder, entry)


def _target(path: PathLike) -> Target:
    """What a path leads to.

    Raises:
        OSError: to a directory, or nowhere, for example because links lead in a circle.
    """
    target = resolved(path)
    try:
        found = os.stat(path)
    except FileNotFoundError:
        os.stat(os.path.dirname(target))
        with suppress(FileNotFoundError):
            os.lstat(target)  # a name that is too long is an error here
        return Target(target, None)
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a directory")
    if stat.S_ISREG(found.st_mode) and _stream(found) is None and _is(target, found):
        return Target(target, found)
    return Target(os.fspath(path), found, as_it_is=True)


def _is(path: str, found: os.stat_result) -> bool:
    """Whether something has this name; `/dev/fd/3` may be a file that has none any more."""
    with suppress(OSError):
        return os.path.samestat(os.stat(path), found)
    return False


def _stream(found: os.stat_result) -> int | None:
    """The descriptor of standard output, or of standard error, if it is what was found."""
    for stream in (1, 2):
        with suppress(OSError):
            if os.path.samestat(os.fstat(stream), found):
                return stream
    return None


def _put(source: str, target: Target, new: bool) -> None:
    """Puts a complete file in its place."""
    with open(source, "rb") as file:
        os.fsync(file.fileno())
    if new:
        _link(source, target.path)
        return
    if target.found is not None:
        with suppress(OSError):  # some file systems have no permissions
            os.chmod(source, stat.S_IMODE(target.found.st_mode))
    os.replace(source, target.path)


def _link(source: str, target: str) -> None:
    """Gives a file its name, which is new."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # some file systems have no links
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        os.rename(source, target)


def _put_into(source: str, target: Target, new: bool) -> None:
    """Writes the content of a file to a device, a named pipe or a socket."""
    import shutil

    with _opened(target) as out, open(source, "rb") as file:
        shutil.copyfileobj(file, out)


def _opened(target: Target) -> BinaryIO:
    """What is there now, opened for writing."""
    assert target.found is not None
    stream = _stream(target.found)
    if stream is not None:  # a standard output that is a socket, for example, cannot be opened anew
        if sys.stdout is not None:
            sys.stdout.flush()
        return open(os.dup(stream), "wb")
    if stat.S_ISSOCK(target.found.st_mode):
        import socket

        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(target.path)
            return connection.makefile("wb")
    if stat.S_ISFIFO(target.found.st_mode):
        return open(_pipe(target.path), "wb")
    return open(os.open(target.path, os.O_WRONLY | os.O_TRUNC | getattr(os, "O_NOCTTY", 0)), "wb")


def _pipe(path: str) -> int:
    """A named pipe, opened as soon as somebody reads it."""
    from time import monotonic, sleep

    until = monotonic() + PATIENCE
    while True:
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            if monotonic() > until:
                raise OSError(errno.ENXIO, "nobody reads this named pipe") from None
            sleep(0.02)
        else:
            os.set_blocking(descriptor, True)
            return descriptor


def _folder_for_temporary_files() -> str:
    import tempfile

    return tempfile.gettempdir()


def _sweep(folder: str, name: str) -> None:
    """Removes what killed processes left of a file that ends in this name."""
    for path in left_behind(folder):
        if path.endswith(name):
            _remove(path)


def _remove(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)


@cache
def _machine() -> str:
    """Four digits that stand for where a process number means the same: this machine, on Linux this container."""
    where = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    with suppress(OSError):
        where += str(os.stat("/proc/self/ns/pid").st_ino)
    return f"{zlib.crc32(where.encode(errors='surrogateescape')) & 0xFFFF:04x}"


def _alive(process: int) -> bool:
    """Whether a process of this machine may be running."""
    if os.name != "posix":  # elsewhere the question would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True

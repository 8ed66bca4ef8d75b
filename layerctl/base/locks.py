"""A lock on a directory that only one process may write to; the system releases it when that process ends, even if killed."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from layerctl.base.ending import Undoing
from layerctl.base.files import write_whole
from layerctl.base.reading import head

LOCK = "lock"
HOLDER = "holder"
"""The file that says which process holds the lock: on Windows nobody else can read the locked file itself."""
LONGEST = 300
"""Bytes of that file."""
PATIENCE = 1.0
"""Seconds to wait for a lock: a process that only checks whether it is free holds it for an instant."""
ASKING = 0.1
"""Seconds after which a checked lock counts as held: longer than another process's check takes."""
RENAMES_OPEN_FILES = os.name != "nt"
"""Whether the system can rename a directory in which a file is open."""


class Held(Exception):
    """Another process holds the lock; the message names it."""


class Lock:
    """The lock of a directory, held from construction until `release`."""

    def __init__(self, folder: Path) -> None:
        """Raises Held, or OSError where the directory cannot be written."""
        self._take(folder)

    def _take(self, folder: Path) -> None:
        from filelock import FileLock, Timeout

        self._folder = folder
        self._named = Undoing(self._remove_name)  # the system releases the lock itself
        self._lock = FileLock(folder / LOCK, thread_local=False)
        try:
            self._lock.acquire(timeout=PATIENCE, poll_interval=PATIENCE / 50)
        except Timeout:
            raise Held(_name(folder)) from None
        self._named.__enter__()
        with self.released_after_failure():
            write_whole(folder / HOLDER, f"process {os.getpid()} on {socket.gethostname()}\n")

    @contextmanager
    def released_after_failure(self) -> Iterator[None]:
        """A context in which an exception releases the lock."""
        try:
            yield
        except BaseException:
            self.release()
            raise

    def rename(self, source: Path, target: Path) -> None:
        """Renames a directory that contains the locked one; on Windows the lock is free for an instant meanwhile."""
        inside = self._folder.relative_to(source)
        if not RENAMES_OPEN_FILES:
            self.release()
        try:
            source.rename(target)
            self._folder = target / inside
        finally:
            if not RENAMES_OPEN_FILES:
                self._take(self._folder)

    def release(self) -> None:
        """Releases the lock; may be called more than once."""
        if self._lock.is_locked:
            self._remove_name()
            self._lock.release()
            self._named.__exit__()

    def _remove_name(self) -> None:
        (self._folder / HOLDER).unlink(missing_ok=True)


def holder(folder: Path) -> str | None:
    """The process that holds the lock of a directory; None where it is free.

    In a read-only directory the lock cannot be tried: the answer is then the last process that took it without releasing it.
    """
    if not _is_lock(folder / LOCK):
        return None
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / LOCK, thread_local=False).acquire(timeout=ASKING, poll_interval=ASKING / 10):
            return None
    except Timeout:
        return _name(folder)
    except OSError:
        return _name(folder) if (folder / HOLDER).exists() else None


def _is_lock(path: Path) -> bool:
    """Whether this is a file: trying the lock opens it, and a link could lead to any other file."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _name(folder: Path) -> str:
    """The process that holds a lock, as written in the file `holder`."""
    try:
        return head(folder / HOLDER, LONGEST).decode(errors="replace").strip() or "another process"
    except OSError:
        return "another process"

"""A lock on a directory that one process may write; the system releases it when that process ends, in whatever way."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

LOCK = "lock"
PATIENCE = 1.0
"""Seconds to wait for a lock: somebody who only asks whether it is free holds it for an instant."""


class Held(Exception):
    """Another process holds the lock; the text says which."""


class Lock:
    """The lock of a directory, held from its making until `release`."""

    def __init__(self, folder: Path) -> None:
        """Raises Held, or OSError where the directory cannot be written."""
        self._file = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        until = time.monotonic() + PATIENCE
        while not _take(self._file, shared=False):
            if time.monotonic() > until:
                holder = os.pread(self._file, 1000, 0).decode(errors="replace").strip()
                os.close(self._file)
                raise Held(holder or "another process")
            time.sleep(PATIENCE / 50)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)

    def release(self) -> None:
        """May be called more than once."""
        if self._file >= 0:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = -1


def holder(folder: Path) -> str | None:
    """Who holds the lock of a directory; None where it is free."""
    try:
        file = os.open(folder / LOCK, os.O_RDONLY)
    except OSError:
        return None
    try:
        free = _take(file, shared=True)
        return None if free else os.pread(file, 1000, 0).decode(errors="replace").strip() or "another process"
    finally:
        os.close(file)


def _take(file: int, *, shared: bool) -> bool:
    """Whether the lock could be had at once."""
    import fcntl

    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

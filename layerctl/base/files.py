"""Atomic writing: a file is written completely or stays as it was."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

TEMPORARY = re.compile(r"\.[0-9]+-[0-9a-f]{8}-")
"""The beginning of a temporary file's name. A killed process leaves such a file behind."""


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[str]:
    """Yields a temporary path beside `path`, with the same suffix; on success that file replaces `path`.

    After an exception, Ctrl-C included, `path` is as it was and the temporary file is gone.
    """
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{os.getpid()}-{os.urandom(4).hex()}-{name[-100:]}")
    try:
        yield temporary
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def write_whole(path: str | os.PathLike[str], data: bytes | str) -> None:
    """Writes a file completely or not at all; text as UTF-8 with LF line ends."""
    with replacing(path) as temporary, open(temporary, "xb") as file:
        file.write(data.encode() if isinstance(data, str) else data)

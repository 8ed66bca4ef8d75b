"""Walks through folders, however deep they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator


def walk(
    folder: str | os.PathLike[str], failed: Callable[[OSError], None], enters: Callable[[str], bool]
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each folder from the top with its folders and its other entries, both sorted; links to folders are not followed.

    As `os.walk`, which takes a step of recursion for each level (before Python 3.12), and so ends at a depth of 1,000.

    Args:
        folder: where to begin.
        failed: is called for a folder that cannot be read.
        enters: whether to look into folders of this name; the others are left out.
    """
    waiting = [os.fspath(folder)]
    while waiting:
        at = waiting.pop()
        folders, files = [], []
        try:
            with os.scandir(at) as entries:
                for entry in entries:
                    if not _is_folder(entry):
                        files.append(entry.name)
                    elif enters(entry.name):
                        folders.append(entry.name)
        except OSError as error:
            failed(error)
            continue
        folders.sort()
        files.sort()
        yield at, folders, files
        waiting += [path for name in reversed(folders) if not os.path.islink(path := os.path.join(at, name))]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False

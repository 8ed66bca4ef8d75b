"""Directories of images: the files that are images, and notes on what is left out."""

from __future__ import annotations

import os
from pathlib import Path

from layerctl.runtime.data._left_out import LeftOut
from layerctl.runtime.data._pictures import suffixes

JUNK = frozenset(("__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", "@eadir"))
"""Files and directories that operating systems leave behind; like those whose names begin with a dot, nobody means them."""


def hidden(name: str) -> bool:
    """Whether a file or a directory is left out without a note."""
    return name.startswith(".") or name.lower() in JUNK


def is_image(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in suffixes()


def images(folder: Path, left_out: LeftOut) -> list[Path]:
    """The images at every depth of a directory, in order. Links to files are followed, links to directories are not.

    Raises:
        OSError: a directory cannot be read.
    """
    found = []
    for at, folders, names in os.walk(folder, onerror=_fail):
        folders[:] = [name for name in folders if not hidden(name)]
        for name in sorted(folders):
            if (link := Path(at, name)).is_symlink():
                left_out.add("links to directories are not followed", link)
        for name in sorted(names):
            if hidden(name):
                continue
            path = Path(at, name)
            if is_image(name) and (path.is_file() or not path.exists()):  # a link to nothing is reported as unreadable
                found.append(path)
            else:
                left_out.add("no images by their suffixes", path)
    return sorted(found)


def _fail(error: OSError) -> None:
    raise error


def by_class(folder: Path, left_out: LeftOut) -> list[tuple[Path, str]]:
    """The images of a directory with a directory for each class, each with the name of its class, in order.

    Raises:
        OSError: a directory cannot be read.
    """
    labelled: list[tuple[Path, str]] = []
    lower: dict[str, Path] = {}
    for group in sorted(folder.iterdir()):
        if hidden(group.name):
            continue
        if not group.is_dir():
            if is_image(group.name):
                left_out.add("images beside the directories of the classes belong to no class", group)
        elif group.is_symlink() and folder.resolve().is_relative_to(group.resolve()):
            left_out.add("links in a circle are not followed", group)
        elif found := images(group, left_out):
            if group.name.lower() in lower:
                left_out.add("names that differ by case only are two classes", group)
            lower[group.name.lower()] = group
            labelled += [(file, group.name) for file in found]
        else:
            left_out.add("directories without images are no classes", group)
    return labelled

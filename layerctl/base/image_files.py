"""Files of images in directories: which are meant, and which are left out."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from layerctl.base.folders import walk

LeaveOut: TypeAlias = Callable[[str, Path], None]
"""Called with a reason and a path that is left out, although somebody may have meant it."""

SUFFIXES = frozenset((
    ".apng", ".avif", ".avifs", ".blp", ".bmp", ".bw", ".cur", ".dcx", ".dds", ".dib", ".flc", ".fli", ".ftc",
    ".ftu", ".gbr", ".gif", ".icb", ".icns", ".ico", ".iim", ".im", ".j2c", ".j2k", ".jfif", ".jp2", ".jpc",
    ".jpe", ".jpeg", ".jpf", ".jpg", ".jpx", ".msp", ".pbm", ".pcd", ".pcx", ".pfm", ".pgm", ".png", ".pnm",
    ".ppm", ".psd", ".pxr", ".qoi", ".ras", ".rgb", ".rgba", ".sgi", ".tga", ".tif", ".tiff", ".vda", ".vst",
    ".webp", ".xbm", ".xpm",
))  # fmt: skip
"""The suffixes of images, in lower case: those of the formats that Pillow decodes by itself."""

JUNK = frozenset(("__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", "@eadir"))
"""Files and directories that operating systems leave behind; like those whose names begin with a dot, nobody means them."""


def hidden(name: str) -> bool:
    """Whether a file or a directory is left out without a note."""
    return name.startswith(".") or name.lower() in JUNK


def is_image(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in SUFFIXES


def images(folder: Path, leave_out: LeaveOut) -> list[Path]:
    """The images at every depth of a directory, in order. Links to files are followed, links to directories are not.

    Raises:
        OSError: a directory cannot be read.
    """
    found = []
    for at, folders, names in walk(folder, _fail, lambda name: not hidden(name)):
        for name in folders:
            if (link := Path(at, name)).is_symlink():
                leave_out("links to directories are not followed", link)
        for name in names:
            if hidden(name):
                continue
            path = Path(at, name)
            if is_image(name):  # a link to nothing, or a named pipe, is reported as unreadable
                found.append(path)
            else:
                leave_out("no images by their suffixes", path)
    return sorted(found)


def _fail(error: OSError) -> None:
    raise error


def by_class(folder: Path, leave_out: LeaveOut) -> list[tuple[Path, str]]:
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
                leave_out("images beside the directories of the classes belong to no class", group)
        elif group.is_symlink() and folder.resolve().is_relative_to(group.resolve()):
            leave_out("links in a circle are not followed", group)
        elif found := images(group, leave_out):
            name = os.fsencode(group.name).decode(errors="backslashreplace")  # one that is not UTF-8 could not be kept with a run
            if name.lower() in lower:
                leave_out("names that differ by case only are two classes", group)
            lower[name.lower()] = group
            labelled += [(file, name) for file in found]
        else:
            leave_out("directories without images are no classes", group)
    return labelled

"""Files of named sets: looked for on this machine, then downloaded."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from layerctl.datasets._base import Facts, File
from layerctl.errors import SpecError
from layerctl.runtime import backend
from layerctl.runtime.codes import DataNotFound, UnreadableData
from layerctl.runtime.data import _archive, _idx
from layerctl.runtime.data._types import Raw, Wanted

PATIENCE = 20
"""Seconds without an answer after which a download is given up."""


def load(facts: Facts, wanted: Wanted) -> Raw:
    """A named set from `--data-dir`, `$LAYERCTL_DATA_DIR` or Keras's cache, else from the network.

    A file that the user put somewhere counts if its arrays are of the right form, whatever its checksum: archives of the same
    arrays differ in their bytes. What is downloaded must have the right checksum.

    Raises:
        SpecError: it is nowhere to be had, or is not what it should be.
    """
    for folder in (*wanted.folders, cache() / "datasets"):
        for name in facts.archives:
            if (folder / name).is_file():
                return _right(_archive.read(folder / name, wanted), facts, folder / name, wanted)
    paths = []
    for file in facts.files:
        path = cache() / facts.cache / file.name
        paths.append(path if path.is_file() else _download(file, path, facts, wanted))
    if paths[0].suffix == ".npz":
        return _right(_archive.read(paths[0], wanted), facts, paths[0], wanted)
    y_train, x_train, y_test, x_test = (_idx.read(path, wanted) for path in paths)
    return _right(Raw(x_train, y_train, x_test, y_test), facts, paths[0].parent, wanted)


def cache() -> Path:
    """Keras's folder for what it downloads."""
    home = os.environ.get("KERAS_HOME")
    return Path(home) if home else Path.home() / ".keras"


def _right(raw: Raw, facts: Facts, path: Path, wanted: Wanted) -> Raw:
    """The arrays, if they are those of the set: so many images of that size."""
    assert facts.size is not None
    for part, count in (("train", facts.train), ("test", facts.test)):
        x, y = getattr(raw, f"x_{part}"), getattr(raw, f"y_{part}")
        shape = (count, *facts.size)
        if x.shape != shape or str(x.dtype) != facts.dtype or y.shape != (count,) or y.dtype.kind not in "iu":
            message = f"{path} is not {facts.name}: `x_{part}` is {x.shape} {x.dtype}, `y_{part}` {y.shape} {y.dtype}"
            help = (
                f"{facts.name} has {shape} {facts.dtype} and as many labels; to use this file as it is, give its path as `data`"
            )
            raise wanted.refuse(UnreadableData, message, help=help)
    return raw


def _download(file: File, path: Path, facts: Facts, wanted: Wanted) -> Path:
    """Fetches a file into Keras's cache; it is there whole and with its checksum, or not at all."""
    keras = backend.keras()
    partial = f"{file.name}.{os.getpid()}.part"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _quick_to_give_up(), redirect_stdout(sys.stderr):
            got = keras.utils.get_file(
                partial, file.url, file_hash=file.checksum.partition(":")[2], cache_dir=str(cache()), cache_subdir=facts.cache
            )
        os.replace(got, path)
    except Exception as error:  # get_file raises bare Exceptions
        (path.parent / partial).unlink(missing_ok=True)
        raise _nowhere(facts, error, wanted) from None
    return path


def _nowhere(facts: Facts, error: Exception, wanted: Wanted) -> SpecError:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[-1].rpartition(" -- ")[2]
    name = facts.archives[0]
    folder = wanted.folders[0] if wanted.folders else cache() / "datasets"
    message = f"`{facts.name}` is not on this machine, and cannot be downloaded: {reason}"
    help = (
        f"put {name} into {folder}, or name its folder with `--data-dir` or $LAYERCTL_DATA_DIR; "
        "`digits` and `synthetic` need neither file nor network: `--data digits`"
    )
    return wanted.refuse(DataNotFound, message, help=help)


@contextmanager
def _quick_to_give_up() -> Iterator[None]:
    """A network that swallows everything must not hold training up for minutes."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)

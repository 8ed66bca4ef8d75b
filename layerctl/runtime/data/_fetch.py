"""The files of named datasets: from this machine, else downloaded."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import sys
import time
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from layerctl.analysis.data._codes import DataNotFound
from layerctl.analysis.data.wanted import Wanted
from layerctl.base.files import check_place, replacing
from layerctl.base.reading import opened
from layerctl.catalog.datasets._base import Facts, File
from layerctl.diagnostics.errors import SpecError
from layerctl.runtime.backends import backend
from layerctl.runtime.data import _archive, _idx
from layerctl.runtime.data._types import Raw

ATTEMPTS = 3
PAUSE = 1.0
"""Seconds before the second attempt; twice that before the third."""
PATIENCE = 20
"""Seconds without an answer after which a download is given up."""


def load(facts: Facts, wanted: Wanted) -> Raw:
    """A named dataset from `--data-dir`, `$LAYERCTL_DATA_DIR` or Keras's cache, else from the network.

    A file of the user's is accepted if its arrays have the right shapes and dtypes, whatever its checksum: archives of the same
    arrays differ in their bytes. A downloaded file must have the right checksum.

    Raises:
        SpecError: it cannot be downloaded either, or holds other arrays.
    """
    for folder in wanted.folders:
        for name in facts.archives:
            if (folder / name).is_file():
                return _checked(_archive.read(folder / name, wanted, []), facts, folder / name, wanted)
    try:
        return _from_cache(facts, wanted)
    except SpecError:
        if not _replace_damaged(facts, wanted):
            raise
        return _from_published_files(facts, wanted)


def _from_cache(facts: Facts, wanted: Wanted) -> Raw:
    """A named dataset from an archive in Keras's cache, which any program may have saved; else from its published files."""
    for name in facts.archives:
        if (path := cache() / "datasets" / name).is_file():
            return _checked(_archive.read(path, wanted, []), facts, path, wanted)
    return _from_published_files(facts, wanted)


def _replace_damaged(facts: Facts, wanted: Wanted) -> bool:
    """Downloads damaged files of the cache again; returns whether there were any. A file stays until the new one is complete."""
    damaged = [file for file in facts.files if _is_damaged(cache() / facts.cache / file.name, file)]
    for file in damaged:
        _download(file, cache() / facts.cache / file.name, facts, wanted)
    return bool(damaged)


def _is_damaged(path: Path, file: File) -> bool:
    if not path.is_file():
        return False
    algorithm, _, checksum = file.checksum.partition(":")
    with opened(path) as content:
        return hashlib.file_digest(content, algorithm).hexdigest() != checksum


def _from_published_files(facts: Facts, wanted: Wanted) -> Raw:
    """The arrays of the published files; files that are not in the cache are downloaded."""
    paths = []
    for file in facts.files:
        path = cache() / facts.cache / file.name
        paths.append(path if path.is_file() else _download(file, path, facts, wanted))
    if paths[0].suffix == ".npz":
        return _checked(_archive.read(paths[0], wanted, []), facts, paths[0], wanted)
    y_train, x_train, y_test, x_test = (_idx.read(path, wanted) for path in paths)
    return _checked(Raw(x_train, y_train, x_test, y_test), facts, paths[0].parent, wanted)


def cache() -> Path:
    """Keras's folder for what it downloads."""
    home = os.environ.get("KERAS_HOME")
    return Path(home or os.path.expanduser("~/.keras"))


def _checked(raw: Raw, facts: Facts, path: Path, wanted: Wanted) -> Raw:
    """The arrays, after a check that they have the dataset's shapes and dtypes."""
    assert facts.size is not None
    for part, count in (("train", facts.train), ("test", facts.test)):
        x, y = getattr(raw, f"x_{part}"), getattr(raw, f"y_{part}")
        shape = (count, *facts.size)
        if x.shape != shape or str(x.dtype) != facts.dtype or y.shape != (count,) or y.dtype.kind not in "iu":
            message = f"{path} is not {facts.name}: `x_{part}` is {x.shape} {x.dtype}, `y_{part}` {y.shape} {y.dtype}"
            help = (
                f"{facts.name} has {shape} {facts.dtype} and as many labels; to use this file as it is, give its path as `data`"
            )
            raise wanted.unreadable(message, help)
    return raw


def _download(file: File, path: Path, facts: Facts, wanted: Wanted) -> Path:
    """Downloads a file into Keras's cache; it appears there only if it is complete and has its checksum."""
    keras = backend.keras()
    checksum = file.checksum.partition(":")[2]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        check_place(path)  # where it cannot write, Keras takes another folder
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with replacing(path) as partial, _short_timeout(), redirect_stdout(sys.stderr):
                    keras.utils.get_file(
                        os.path.basename(partial), file.url, file_hash=checksum, cache_dir=str(cache()), cache_subdir=facts.cache
                    )
                break
            except Exception as error:
                if attempt == ATTEMPTS or not _is_temporary(error):
                    raise
                time.sleep(PAUSE * attempt)
    except Exception as error:  # get_file raises bare Exceptions
        raise _unavailable(facts, error, wanted) from None
    return path


def _is_temporary(error: Exception) -> bool:
    """Whether another attempt may succeed: not if the host or the file is unknown, or the disk is full."""
    cause = error.__context__ if isinstance(error.__context__, OSError) else error
    if isinstance(cause, urllib.error.HTTPError):
        return cause.code >= 500
    reason = cause.reason if isinstance(cause, urllib.error.URLError) else cause
    return not isinstance(reason, socket.gaierror | FileNotFoundError | PermissionError) and not (
        isinstance(reason, OSError) and reason.errno == errno.ENOSPC
    )


def _unavailable(facts: Facts, error: Exception, wanted: Wanted) -> SpecError:
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
def _short_timeout() -> Iterator[None]:
    """Limits the wait for a network that never answers, which would hold up training for minutes."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)

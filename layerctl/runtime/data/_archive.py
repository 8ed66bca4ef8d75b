"""Archives of arrays, `.npz`, read without ever unpickling anything."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from layerctl.analysis.data import archives
from layerctl.analysis.data.found import cannot_read
from layerctl.analysis.data.wanted import Wanted
from layerctl.base.arrays import Head
from layerctl.diagnostics.errors import SpecError
from layerctl.runtime.data._types import Array, Raw

UNREADABLE = (
    OSError, ValueError, EOFError, KeyError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error, MemoryError
)  # fmt: skip
"""What NumPy raises for a file that it cannot read; zipfile the fifth and the sixth, for encrypted or unusual members."""


def read(path: Path, wanted: Wanted) -> Raw:
    """The four arrays of an archive.

    Raises:
        SpecError: there is no such file, it is not an archive, or it does not hold these arrays as plain values.
    """
    try:
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise archives.no_archive(path, wanted, single=True)
            keys = archives.parts(path, archive.files, wanted)
            arrays: dict[str, Array | None] = dict.fromkeys(archives.KEYS) | {key: archive[key] for key in keys}
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as error:
        raise cannot_read(path, error, wanted) from None
    except UNREADABLE as error:
        raise _unreadable(path, error, wanted) from None
    heads = {key: Head(array.shape, array.dtype.kind, str(array.dtype)) for key in keys if (array := arrays[key]) is not None}
    for x, y in zip(keys[::2], keys[1::2], strict=True):
        archives.check_lengths(heads[x], heads[y], x.removeprefix("x_"), path, wanted)
    return Raw(**arrays)


def plain(path: Path) -> Array | dict[str, Array]:
    """The array of an `.npy` file, or those of an archive by name.

    Raises:
        OSError: the file cannot be opened.
        ValueError: it is damaged, or holds something other than arrays of plain values; its text is a message for the user.
    """
    try:
        with path.open("rb") as file:
            data = np.load(file, allow_pickle=False)
            return {name: data[name] for name in data.files} if isinstance(data, np.lib.npyio.NpzFile) else np.asarray(data)
    except OSError:
        raise
    except UNREADABLE as error:
        if "pickle" not in str(error).lower():
            raise ValueError(str(error) or type(error).__name__) from None
        with path.open("rb") as file:
            arrays = file.read(6) == b"\x93NUMPY" or zipfile.is_zipfile(path)
        raise ValueError("it holds Python objects, which are never unpickled" if arrays else "it holds no arrays") from None


def _unreadable(path: Path, error: Exception, wanted: Wanted) -> SpecError:
    """The error for a file that NumPy refuses; NumPy reports any file that is neither archive nor array as a pickle."""
    if "pickle" not in str(error).lower():
        return archives.refuse(f"{path} cannot be read as an .npz archive: {str(error) or type(error).__name__}", wanted)
    if zipfile.is_zipfile(path):
        return archives.python_objects(path, wanted)
    return archives.no_archive(path, wanted, single=False)

"""Archives of arrays, `.npz`, read without ever unpickling anything."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from layerctl.analysis.data import archives
from layerctl.analysis.data.arrays import TEXTS
from layerctl.analysis.data.found import cannot_read
from layerctl.analysis.data.wanted import Wanted
from layerctl.base.arrays import Head
from layerctl.diagnostics.errors import SpecError
from layerctl.runtime.data._types import Array, Raw

UNREADABLE = (OSError, ValueError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error, MemoryError)
"""What NumPy raises for a file that it cannot read; zipfile the RuntimeError, for encrypted or unusual members."""
PARTS = {"train": "x_train", "validation": "x_val", "test": "x_test"}


def read(path: Path, wanted: Wanted, notes: list[str]) -> Raw:
    """The training and test part of an archive, and its validation part and the names of its classes if it has them.

    Args:
        path: of the archive.
        wanted: names the place in the spec for mistakes.
        notes: gets a note on arrays of which no use is made.

    Raises:
        SpecError: there is no such file, it is not an archive, or it does not hold these arrays as plain values.
    """
    try:
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise archives.no_archive(path, wanted, single=True)
            keys = archives.parts(path, archive.files, wanted)
            arrays: dict[str, Array] = {name: archive[key] for name, key in keys.items()}
            names = _class_names(archive, notes)
            rest = [key for key in archive.files if key not in (*keys.values(), *archives.CLASSES)]
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as error:
        raise cannot_read(path, error, wanted) from None
    except UNREADABLE as error:
        raise _unreadable(path, error, wanted) from None
    heads = {keys[name]: Head(array.shape, array.dtype.kind, str(array.dtype)) for name, array in arrays.items()}
    archives.check_heads(heads, keys, path, wanted)
    if rest:
        listed = ", ".join(f"`{key}`" for key in rest[:8])
        notes.append(f"{path} also holds {listed}{', …' if len(rest) > 8 else ''}: not used")
    origin = {part: keys[name] for part, name in PARTS.items() if name in keys}
    labels = {name: _plain(array) for name, array in arrays.items() if name.startswith("y_")}
    return Raw(**{**arrays, **labels}, origin=origin, class_names=names)


def _plain(array: Array) -> Array:
    """Labels; those that are texts become Python's texts, as those of a table are."""
    if array.dtype.kind in TEXTS:
        return np.array([_text(one) for one in array.ravel().tolist()], object)
    return array


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _class_names(archive: np.lib.npyio.NpzFile, notes: list[str]) -> tuple[str, ...]:
    """The names of the classes that an archive holds; empty if it holds none."""
    for key in archives.CLASSES:
        if key not in archive:
            continue
        try:
            names = archive[key]
        except ValueError:
            notes.append(f"`{key}` holds Python objects, which are never unpickled: save it with `numpy.array([…], dtype=str)`")
            continue
        if names.ndim == 1 and names.dtype.kind in "US":
            return tuple(map(_text, names.tolist()))
    return ()


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

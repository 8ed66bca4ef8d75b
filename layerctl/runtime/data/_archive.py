"""Archives of arrays, `.npz`, read without ever unpickling anything."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from layerctl.diagnostics import did_you_mean
from layerctl.diagnostics.errors import SpecError
from layerctl.runtime.codes import DataNotFound, UnreadableData
from layerctl.runtime.data._types import Array, Raw, Wanted

KEYS = ("x_train", "y_train", "x_test", "y_test")
VALIDATION = ("val", "valid", "validation")
"""What the names of the arrays of a validation part end in."""
CLASSES = ("class_names", "classes")
"""Names of an array of the classes' names, in the order of their numbers."""
SAVE = "`numpy.savez(PATH, x_train=…, y_train=…, x_test=…, y_test=…)`"


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
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise _refuse(f"{path} holds a single array, not several", wanted)
            missing = [key for key in KEYS if key not in archive]
            untested = missing == list(KEYS[2:]) and "test_split" in wanted.options
            if missing and not untested:
                raise _missing(path, missing, archive.files, wanted)
            arrays = {key: _plain(archive[key], key) for key in KEYS if key not in missing}
            if (end := _validation(path, archive.files, wanted)) is not None:
                arrays |= {f"{side}_val": _plain(archive[f"{side}_{end}"], f"{side}_{end}") for side in "xy"}
            names = _class_names(archive, notes)
            rest = [key for key in archive.files if key not in (*KEYS, f"x_{end}", f"y_{end}", *CLASSES)]
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as error:
        message = f"cannot read {path}: {(error.strerror or str(error)).lower()}"
        raise wanted.refuse(DataNotFound, message, help="check the path and its permissions") from None
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, MemoryError) as error:
        raise _unreadable(path, error, wanted) from None
    origin = {"train": "x_train"} | ({"validation": f"x_{end}"} if end else {}) | ({} if untested else {"test": "x_test"})
    raw = Raw(**arrays, origin=origin, class_names=names)
    for part, key in origin.items():
        x, y = (arrays[f"{side}_{'val' if part == 'validation' else part}"] for side in "xy")
        _check_lengths(x, y, key.removeprefix("x_"), path, wanted)
    if rest:
        listed = ", ".join(f"`{key}`" for key in rest[:8])
        notes.append(f"{path} also holds {listed}{', …' if len(rest) > 8 else ''}: not used")
    return raw


def _plain(array: Array, key: str) -> Array:
    """An array of the archive; labels that are texts become Python texts, as those of a table are."""
    if key.startswith("y_") and array.dtype.kind in "US":
        return np.array([one.decode() if isinstance(one, bytes) else one for one in array.ravel().tolist()], object)
    return array


def _validation(path: Path, keys: list[str], wanted: Wanted) -> str | None:
    """What the names of the validation part's arrays end in; None if the archive has no such part."""
    ends = [end for end in VALIDATION if f"x_{end}" in keys or f"y_{end}" in keys]
    if not ends:
        return None
    names = [f"{side}_{end}" for end in ends for side in "xy"]
    if len(ends) > 1:
        present = [name for name in names if name in keys]
        message = f"{path} holds {', '.join(f'`{name}`' for name in present)}: which is the validation part?"
        raise wanted.refuse(UnreadableData, message, help="save one pair: `x_val` and `y_val`")
    if missing := [name for name in names if name not in keys]:
        (other,) = (name for name in names if name in keys)
        message = f"{path} has `{other}`, but no `{missing[0]}`"
        raise wanted.refuse(UnreadableData, message, help=f"save `{missing[0]}` too, or leave `{other}` out")
    return ends[0]


def _class_names(archive: np.lib.npyio.NpzFile, notes: list[str]) -> tuple[str, ...]:
    """The names of the classes that an archive holds; empty if it holds none."""
    for key in CLASSES:
        if key not in archive:
            continue
        try:
            names = archive[key]
        except ValueError:
            notes.append(f"`{key}` holds Python objects, which are never unpickled: save it with `numpy.array([…], dtype=str)`")
            continue
        if names.ndim == 1 and names.dtype.kind in "US":
            return tuple(name.decode() if isinstance(name, bytes) else name for name in names.tolist())
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
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, MemoryError) as error:
        if "pickle" not in str(error).lower():
            raise ValueError(str(error) or type(error).__name__) from None
        with path.open("rb") as file:
            arrays = file.read(6) == b"\x93NUMPY" or zipfile.is_zipfile(path)
        raise ValueError("it holds Python objects, which are never unpickled" if arrays else "it holds no arrays") from None


def _check_lengths(x: Array, y: Array, part: str, path: Path, wanted: Wanted) -> None:
    for name, array in ((f"x_{part}", x), (f"y_{part}", y)):
        if array.ndim == 0:
            raise _refuse(f"`{name}` of {path} is a single value", wanted)
    if len(x) != len(y):
        message = f"`x_{part}` of {path} has {len(x):,} samples, `y_{part}` has {len(y):,}"
        raise wanted.refuse(UnreadableData, message, help="each sample needs its label: save both from the same rows")


def _missing(path: Path, missing: list[str], present: list[str], wanted: Wanted) -> SpecError:
    holds = ", ".join(f"`{name}`" for name in present[:8]) or "nothing"
    *others, last = (f"`{key}`" for key in missing)
    names = f"{', '.join(others)} or {last}" if others else last
    near = did_you_mean(missing[0], present)
    if missing == list(KEYS[2:]):
        before = "set `test_split: 0.2` to hold back a part to test on, or "
    else:
        before = f"rename `{near}`, or " if near else ""
    return _refuse(f"{path} has no {names}; it holds {holds}", wanted, before=before)


def _unreadable(path: Path, error: Exception, wanted: Wanted) -> SpecError:
    """The error for a file that NumPy refuses; NumPy reports any file that is neither archive nor array as a pickle."""
    if "pickle" not in str(error).lower():
        return _refuse(f"{path} cannot be read as an .npz archive: {str(error) or type(error).__name__}", wanted)
    if zipfile.is_zipfile(path):
        return _refuse(f"{path} holds Python objects, which are never unpickled", wanted)
    return _refuse(f"{path} is no .npz archive", wanted)


def _refuse(message: str, wanted: Wanted, before: str = "") -> SpecError:
    return wanted.refuse(UnreadableData, message, help=f"{before}save it with {SAVE}")

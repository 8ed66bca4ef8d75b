"""Archives of arrays, `.npz`, read without ever unpickling anything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from layerctl.analysis.data import archives
from layerctl.analysis.data.arrays import NUMBERS, TEXTS
from layerctl.analysis.data.found import cannot_read
from layerctl.analysis.data.wanted import Wanted
from layerctl.base import arrays, reading
from layerctl.base.arrays import Head
from layerctl.runtime.data._types import Array, Raw

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
    keys, heads, present = archives.judged(path, wanted, reading.DATA)
    listing = _listing(heads, notes)
    try:
        loaded = _loaded(path, [*keys.values(), *listing])
    except OSError as error:
        raise cannot_read(path, error, wanted) from None
    except ValueError as error:
        raise archives.refuse(f"{path} cannot be read as an .npz archive: {error}", wanted) from None
    values = {name: loaded[key] for name, key in keys.items()}
    class_names = tuple(_text(name) for key in listing for name in loaded[key].tolist())
    rest = [key for key in present if key not in (*keys.values(), *archives.CLASSES)]
    if rest:
        listed = ", ".join(f"`{key}`" for key in rest[:8])
        notes.append(f"{path} also holds {listed}{', …' if len(rest) > 8 else ''}: not used")
    origin = {part: keys[name] for part, name in PARTS.items() if name in keys}
    labels = {name: _plain(array) for name, array in values.items() if name.startswith("y_")}
    return Raw(**{**values, **labels}, origin=origin, class_names=class_names)


def _plain(array: Array) -> Array:
    """Labels; those that are texts become Python's texts, as those of a table are."""
    if array.dtype.kind in TEXTS:
        return np.array([_text(one) for one in array.ravel().tolist()], object)
    return array


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _listing(heads: Mapping[str, Head], notes: list[str]) -> list[str]:
    """The array of the classes' names, if there is one."""
    for key in archives.CLASSES:
        head = heads.get(key)
        if head is not None and head.kind == "O":
            notes.append(f"`{key}` holds Python objects, which are never unpickled: save it with `numpy.array([…], dtype=str)`")
        elif head is not None and head.kind in TEXTS and len(head.shape) == 1:
            return [key]
    return []


def plain(path: Path) -> Array | dict[str, Array]:
    """The array of an `.npy` file, or those of an archive by name.

    Raises:
        OSError: the file cannot be opened, or is too large.
        ValueError: it is damaged, or holds something other than arrays of plain values; its text is a message for the user.
    """
    found = arrays.archive(path, limit=reading.DATA)
    head = arrays.single(path, reading.DATA) if found is None else None
    heads = [head] if found is None else list(found.heads.values())
    if None in heads:
        raise ValueError("it holds no arrays")
    if other := next((head for head in heads if head is not None and head.kind not in (*NUMBERS, *TEXTS)), None):
        objects = "Python objects, which are never unpickled"
        raise ValueError(f"it holds {objects if other.kind == 'O' else f'{other.dtype} values; a model takes numbers'}")
    loaded = _loaded(path, None if found is None else list(found.heads))
    return loaded if found is not None else loaded[""]


def _loaded(path: Path, keys: list[str] | None) -> dict[str, Array]:
    """The arrays of an archive by name, or without names the one of an `.npy` file; their heads are judged already.

    Raises:
        OSError: the file cannot be opened.
        ValueError: the values are damaged; the text says how.
    """
    with reading.opened(path, reading.DATA) as file:
        try:
            data = np.load(file, allow_pickle=False)
            return {"": data} if keys is None else {key: data[key] for key in keys}
        except (OSError, ValueError, MemoryError):
            raise
        except Exception as error:  # damaged values make zipfile, and what it unpacks with, raise nearly every kind
            raise ValueError(str(error) or type(error).__name__) from None

"""The heads of `.npy` files and `.npz` archives: shapes and dtypes, read without NumPy and without the values."""

from __future__ import annotations

import ast
import re
import zipfile
from collections.abc import Iterable
from math import prod
from pathlib import Path
from typing import IO, NamedTuple

from layerctl.base import reading

LONGEST_HEAD = 10_000
"""Bytes of an array's head; NumPy refuses longer ones too."""
LARGEST_DIRECTORY = 16 * 1024**2
"""Bytes of an archive's list of members."""
MAGIC = b"\x93NUMPY"
ENCRYPTED = 1
"""The bit of a member's flags that says so."""
NAMES = {"b": "bool", "i": "int", "u": "uint", "f": "float", "c": "complex"}


class Head(NamedTuple):
    """What stands before an array's values.

    Attributes:
        shape: of the array, samples first.
        kind: NumPy's letter for the kind of its values: `b`, `i`, `u` and `f` are numbers, `O` are Python objects.
        dtype: NumPy's name of its values.
    """

    shape: tuple[int, ...]
    kind: str
    dtype: str

    @property
    def size(self) -> int:
        """Bytes of the array."""
        digits = re.search(r"[0-9]+", self.dtype)
        number = int(digits[0]) if digits is not None and self.kind != "M" else 8
        return prod(self.shape) * (number // 8 or 1 if self.kind in NAMES else 4 * number if self.kind == "U" else number)


class Heads(NamedTuple):
    """An archive: the names of its arrays, and the heads of those that were asked for."""

    names: list[str]
    heads: dict[str, Head]


def archive(path: Path, wanted: Iterable[str] | None = None, limit: reading.Limit | None = None) -> Heads | None:
    """The arrays of an `.npz` archive; None for a file that is no archive.

    Args:
        path: of the file.
        wanted: the arrays whose heads are read; by default all.
        limit: for the file, and for these arrays.

    Raises:
        OSError: the file cannot be opened, or it or what it unpacks to is too large.
        ValueError: it is damaged; the text says how.
    """
    with reading.opened(path, limit) as file:
        if file.read(4) not in (b"PK\3\4", b"PK\5\6"):
            return None
        try:
            with zipfile.ZipFile(_Bounded(file)) as members:
                names = [info.filename.removesuffix(".npy") for info in members.infolist()]
                chosen = set(names if wanted is None else wanted)
                heads: dict[str, Head] = {}
                for info, name in zip(members.infolist(), names, strict=True):
                    if name in chosen:
                        if name in heads:
                            raise ValueError(f"it holds two arrays `{name}`")
                        heads[name] = _member(members, info, name)
        except (OSError, ValueError):
            raise
        except Exception as error:  # damaged archives make zipfile, and what it unpacks with, raise nearly every kind
            raise ValueError(str(error) or type(error).__name__) from None
    if limit is not None:
        limit.check(sum(head.size for head in heads.values()), "its arrays have")
    return Heads(names, heads)


def single(path: Path, limit: reading.Limit | None = None) -> Head | None:
    """The head of an `.npy` file; None for another file. Limit and errors are those of `archive`."""
    with reading.opened(path, limit) as file:
        if file.read(len(MAGIC)) != MAGIC:
            return None
        file.seek(0)
        head = _head(file)
    if limit is not None:
        limit.check(head.size, "its array has")
    return head


def _member(members: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Head:
    """The head of an array in an archive.

    Raises:
        ValueError: it is damaged, or packed otherwise than NumPy packs arrays.
    """
    if info.flag_bits & ENCRYPTED:
        raise ValueError(f"`{name}` is encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"`{name}` is packed by a method that NumPy does not use, number {info.compress_type}")
    with members.open(info) as member:
        try:
            return _head(member)
        except ValueError as error:
            raise ValueError(f"`{name}`: {error}") from None


class _Bounded:
    """A file of which an archive's list of members is read only if it is of a usual size."""

    def __init__(self, file: IO[bytes]) -> None:
        self.seek, self.tell, self.seekable, self._read = file.seek, file.tell, file.seekable, file.read

    def read(self, size: int = -1) -> bytes:
        data = self._read(size) if 0 <= size <= LARGEST_DIRECTORY else self._read(LARGEST_DIRECTORY + 1)
        if len(data) > LARGEST_DIRECTORY:
            raise zipfile.BadZipFile("its list of members is too large")
        return data


def _head(file: IO[bytes]) -> Head:
    """The head of an array, at whose first byte the file stands.

    Raises:
        ValueError: there is none, or it is damaged.
    """
    begin = file.read(len(MAGIC) + 2)
    if begin[: len(MAGIC)] != MAGIC or len(begin) < len(MAGIC) + 2:
        raise ValueError("it holds no array")
    size = int.from_bytes(file.read(2 if begin[-2] == 1 else 4), "little")
    text = file.read(min(size, LONGEST_HEAD + 1)).decode("latin-1")
    try:
        fields = ast.literal_eval(text.strip() if len(text) == size else "{}")
        shape, descr = fields["shape"], fields["descr"]
    except (ValueError, SyntaxError, TypeError, KeyError, MemoryError, RecursionError):
        raise ValueError("the head of an array is damaged") from None
    if not isinstance(shape, tuple) or not all(type(dim) is int and dim >= 0 for dim in shape):
        raise ValueError("the head of an array is damaged")
    return Head(shape, *_dtype(descr))


def _dtype(descr: object) -> tuple[str, str]:
    """Kind and name of a dtype; a record's kind is `V`."""
    match = re.fullmatch(r"[<>|=]?([?a-zA-Z])([0-9]*)(\[.*\])?", descr) if isinstance(descr, str) else None
    if match is None:
        return "V", "record"
    kind, size = match[1], match[2]
    if kind == "O":
        return "O", "object"
    if kind not in NAMES or not size:
        return kind, str(descr)
    return kind, "bool" if kind == "b" else f"{NAMES[kind]}{8 * int(size)}"

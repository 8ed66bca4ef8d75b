"""The types of datasets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from layerctl.base.reading import CHUNK, opened
from layerctl.runs.preprocessing import Preprocessing

Array: TypeAlias = NDArray[Any]


PARTS = ("x_train", "y_train", "x_val", "y_val", "x_test", "y_test")


def numpy_dtype(dtype: str) -> str:
    """The NumPy dtype for an input: NumPy has no bfloat16, so float32 stands for it, and Keras casts."""
    return "float32" if dtype == "bfloat16" else dtype


@dataclass(frozen=True, slots=True)
class Raw:
    """A dataset as it was read, before it is converted for a model.

    Attributes:
        x_train: inputs with the samples first; for synthetic data arrays by the names of the inputs, for a table
            arrays of texts by the names of its columns.
        y_train: labels or targets; likewise by outputs or columns.
        x_test: as `x_train`; None if the data have no test part.
        y_test: as `y_train`.
        x_val: as `x_train`; None if the data have no validation part.
        y_val: as `y_train`.
        origin: where each part was found, by `train`, `validation` and `test`; empty for named datasets.
        class_names: in the order of the class numbers, where the data say them beside numbers.
    """

    x_train: Array | dict[str, Array]
    y_train: Array | dict[str, Array]
    x_test: Array | dict[str, Array] | None = None
    y_test: Array | dict[str, Array] | None = None
    x_val: Array | dict[str, Array] | None = None
    y_val: Array | dict[str, Array] | None = None
    origin: Mapping[str, str] = field(default_factory=dict)
    class_names: tuple[str, ...] = ()

    def fingerprint(self) -> str:
        """The SHA-256 of all arrays: their names, dtypes, shapes and bytes. Images count by their files."""
        digest = hashlib.sha256()
        for part in PARTS:
            content = getattr(self, part)
            for name, array in content.items() if isinstance(content, dict) else (("", content),) if content is not None else ():
                digest.update(f"{part}:{name}:{array.dtype.str}:{array.shape};".encode())
                for piece in _pieces(array):
                    digest.update(piece)
        return digest.hexdigest()


def _pieces(array: Array) -> Iterator[bytes]:
    """The bytes of an array: of numbers in one piece, of texts and files one by one."""
    if array.dtype != object:
        yield np.ascontiguousarray(array).tobytes()
        return
    for value in array.tolist():
        if isinstance(value, Path):
            with opened(value) as file:
                yield from iter(lambda: file.read(CHUNK), b"")
        else:
            yield str(value).encode(errors="surrogatepass")
        yield b"\0"


@dataclass(frozen=True, slots=True)
class Data:
    """A dataset in the form that a model takes.

    Attributes:
        name: as in the spec.
        x_train: an array, or a list of arrays if the model has several inputs.
        y_train: likewise for the outputs; a mapping if the outputs are a mapping.
        x_test: as `x_train`.
        y_test: as `y_train`.
        fingerprint: the SHA-256 of the data before they were converted.
        preprocessing: the conversion, which can be applied to other data.
        x_val: as `x_train`; None if the data have no validation part of their own.
        y_val: as `y_train`.
        origin: where each part was found; see `Raw`.
        notes: what a user should know of how the data were read.
    """

    name: str
    x_train: Any
    y_train: Any
    x_test: Any
    y_test: Any
    fingerprint: str
    preprocessing: Preprocessing
    x_val: Any = None
    y_val: Any = None
    origin: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def train_samples(self) -> int:
        return samples(self.x_train)

    @property
    def test_samples(self) -> int:
        return samples(self.x_test)


def samples(tree: Any) -> int:
    """The number of samples in an array, or in a list or mapping of arrays."""
    while isinstance(tree, list | tuple | dict):
        tree = next(iter(tree.values() if isinstance(tree, dict) else tree))
    return len(tree)


def take(tree: Any, at: Any) -> Any:
    """The samples at these indices, or of this slice, from each array of a list or mapping."""
    if isinstance(tree, dict):
        return {key: take(part, at) for key, part in tree.items()}
    if isinstance(tree, list):
        return [take(part, at) for part in tree]
    return tree[at]

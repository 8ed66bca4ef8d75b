"""The types of datasets, and of a model's requirements of its data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from layerctl.base.shapes import Shape
from layerctl.base.source import Span
from layerctl.diagnostics import Code, Diagnostic, printable
from layerctl.diagnostics.errors import SpecError
from layerctl.runs.preprocessing import Preprocessing

Array: TypeAlias = NDArray[Any]


PARTS = ("x_train", "y_train", "x_test", "y_test")


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
    """

    x_train: Array | dict[str, Array]
    y_train: Array | dict[str, Array]
    x_test: Array | dict[str, Array] | None
    y_test: Array | dict[str, Array] | None

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
        yield value.read_bytes() if isinstance(value, Path) else str(value).encode()
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
        notes: what a user should know of how the data were read.
    """

    name: str
    x_train: Any
    y_train: Any
    x_test: Any
    y_test: Any
    fingerprint: str
    preprocessing: Preprocessing
    notes: tuple[str, ...] = ()

    @property
    def train_samples(self) -> int:
        return samples(self.x_train)

    @property
    def test_samples(self) -> int:
        return samples(self.x_test)


class Slot(NamedTuple):
    """An input of the model.

    Attributes:
        name: its name.
        shape: without the batch dimension.
        dtype: of its values.
        vocabulary: how many different integers it takes, if an Embedding or the like looks them up; None otherwise.
    """

    name: str
    shape: Shape
    dtype: str
    vocabulary: int | None = None


Form = Literal["classes", "one-hot", "binary", "values", "sequence"]
"""The form of the labels that a loss takes: class numbers, one-hot vectors, 0 or 1, plain numbers, sequences of class numbers."""


class Target(NamedTuple):
    """An output of the model, and the labels that its loss takes.

    Attributes:
        name: its name.
        shape: without the batch dimension.
        form: of its labels; None if it has no loss.
        loss: the loss's name, for messages.
        classes: how many class numbers there are; None if the labels are not class numbers, or are not limited.
        ignored: a class number that the loss ignores, and that may be out of range.
    """

    name: str
    shape: Shape
    form: Form | None
    loss: str
    classes: int | None = None
    ignored: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A model's requirements of its data, and the section `data` of the spec.

    Attributes:
        inputs: in the order of the model.
        targets: in the order of the model.
        keyed: whether the outputs are a mapping.
        place: where the spec names the data.
        name: of the dataset, or the path of a file.
        options: the options of `data`.
        seed: of synthetic data, and of every draw.
        aside: the seed for drawing the validation samples; None for `seed`.
        folders: where files of named datasets are looked up before Keras's cache.
        beside: the spec's folder; a path is looked up in the current directory, then there.
        validation_split: the share of the training samples from which no preprocessing may be learnt.
        multiple: the size of each part is a multiple of this: the batch size of a model that fixes it.
    """

    inputs: tuple[Slot, ...]
    targets: tuple[Target, ...]
    keyed: bool
    place: Span
    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    aside: int | None = None
    folders: tuple[Path, ...] = ()
    beside: Path = Path()
    validation_split: float = 0.0
    multiple: int = 1

    def refuse(
        self, code: type[Code], message: str, *, help: str | None = None, label: str = "", trace: tuple[str, ...] = ()
    ) -> SpecError:
        """The error for a mistake in the data, at the place where the spec names them."""
        shown = tuple(map(printable, trace))
        return SpecError((Diagnostic(code, self.place, printable(message), label, help, trace=shown),))


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

"""What a dataset is, and what a model wants of one."""

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
from layerctl.diagnostics import Code, Diagnostic
from layerctl.diagnostics.errors import SpecError
from layerctl.runs.preprocessing import Preprocessing

Array: TypeAlias = NDArray[Any]


PARTS = ("x_train", "y_train", "x_test", "y_test")


def numpy_dtype(dtype: str) -> str:
    """NumPy has no bfloat16; Keras casts on the way in."""
    return "float32" if dtype == "bfloat16" else dtype


@dataclass(frozen=True, slots=True)
class Raw:
    """A dataset as it was read, before it is fitted to a model.

    Attributes:
        x_train: inputs with the samples first; data made to measure are arrays by the names of the inputs, a table
            arrays of texts by the names of its columns.
        y_train: labels or targets; likewise by outputs or columns.
        x_test: as `x_train`; None where the data have no test part.
        y_test: as `y_train`.
    """

    x_train: Array | dict[str, Array]
    y_train: Array | dict[str, Array]
    x_test: Array | dict[str, Array] | None
    y_test: Array | dict[str, Array] | None

    def fingerprint(self) -> str:
        """The SHA-256 of all arrays: their names, dtypes, shapes and bytes; of images that are not read yet, of their files."""
        digest = hashlib.sha256()
        for part in PARTS:
            held = getattr(self, part)
            for name, array in held.items() if isinstance(held, dict) else (("", held),) if held is not None else ():
                digest.update(f"{part}:{name}:{array.dtype.str}:{array.shape};".encode())
                for piece in _pieces(array):
                    digest.update(piece)
        return digest.hexdigest()


def _pieces(array: Array) -> Iterator[bytes]:
    """The content of an array; numbers at once."""
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
        name: as the spec says it.
        x_train: an array, or a list of arrays, as the model has one input or several.
        y_train: likewise by outputs; a mapping where the outputs are one.
        x_test: as `x_train`.
        y_test: as `y_train`.
        fingerprint: the SHA-256 of the data before they were fitted to the model.
        preprocessing: what the data were fitted with; other data are fitted alike with it.
    """

    name: str
    x_train: Any
    y_train: Any
    x_test: Any
    y_test: Any
    fingerprint: str
    preprocessing: Preprocessing

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
        vocabulary: how many different integers it takes, where something looks them up; None otherwise.
    """

    name: str
    shape: Shape
    dtype: str
    vocabulary: int | None = None


Form = Literal["classes", "one-hot", "binary", "values", "sequence"]
"""What a loss compares an output with: class numbers, one-hot vectors, yes or no, plain numbers, sequences of class numbers."""


class Target(NamedTuple):
    """An output of the model, and what its loss compares it with.

    Attributes:
        name: its name.
        shape: without the batch dimension.
        form: of its labels; None where it has no loss.
        loss: the loss's name, for messages.
        classes: how many class numbers there are; None where the labels are none, or any number will do.
        ignored: a class number that does not count, and may be out of range.
    """

    name: str
    shape: Shape
    form: Form | None
    loss: str
    classes: int | None = None
    ignored: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a model wants of its data, and where the spec says so.

    Attributes:
        inputs: in the order of the model.
        targets: in the order of the model.
        keyed: whether the outputs are a mapping.
        place: where the spec names the data.
        name: of the dataset, or the path of a file.
        options: those of the data.
        seed: of data that are made, and of every draw.
        aside: of the draw of the samples for validation, where that is another.
        folders: where files of named sets may lie, before Keras's cache.
        beside: the spec's folder: a path is looked for here, then there.
        validation_split: the share of the training samples from which nothing may be learnt.
        multiple: each part gets a multiple of so many samples: the batch size that a model fixes.
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

    def refuse(self, code: type[Code], message: str, *, help: str | None = None, label: str = "") -> SpecError:
        """The error to raise where the data are at fault."""
        return SpecError((Diagnostic(code, self.place, message, label, help),))


def samples(tree: Any) -> int:
    """How many samples a structure of arrays holds."""
    while isinstance(tree, list | tuple | dict):
        tree = next(iter(tree.values() if isinstance(tree, dict) else tree))
    return len(tree)


def take(tree: Any, at: Any) -> Any:
    """The samples at these indices, or of this slice, of each array of a structure."""
    if isinstance(tree, dict):
        return {key: take(part, at) for key, part in tree.items()}
    if isinstance(tree, list):
        return [take(part, at) for part in tree]
    return tree[at]

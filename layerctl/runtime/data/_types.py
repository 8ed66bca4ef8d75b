"""What a dataset is, and what a model wants of one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from layerctl.diagnostics import Code, Diagnostic
from layerctl.errors import SpecError
from layerctl.shapes import Shape
from layerctl.source import Span

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Raw:
    """A dataset as it was read, before it is fitted to a model.

    Attributes:
        x_train: inputs with the samples first.
        y_train: labels or targets.
        x_test: as `x_train`.
        y_test: as `y_train`.
        pixels: the largest value of a pixel, where these are images that are rescaled; None otherwise.
    """

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array
    pixels: int | None = None

    def arrays(self) -> dict[str, Array]:
        return {"x_train": self.x_train, "y_train": self.y_train, "x_test": self.x_test, "y_test": self.y_test}


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
        test: what the test arrays are called; for messages.
    """

    name: str
    x_train: Any
    y_train: Any
    x_test: Any
    y_test: Any
    fingerprint: str

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


class Target(NamedTuple):
    """An output of the model, and what its loss compares it with.

    Attributes:
        name: its name.
        shape: without the batch dimension.
        labels: the form of its labels, as the loss declares it; None where it has no loss.
        loss: the loss's name, for messages.
    """

    name: str
    shape: Shape
    labels: str | None
    loss: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a model wants of its data, and where the spec says so.

    Attributes:
        inputs: in the order of the model.
        targets: in the order of the model.
        keyed: whether the outputs are a mapping.
        place: where the spec names the data.
        loss_place: where it names the loss.
        options: those of the data.
        folders: where files of named sets may lie, before Keras's cache.
    """

    inputs: tuple[Slot, ...]
    targets: tuple[Target, ...]
    keyed: bool
    place: Span
    loss_place: Span
    options: Mapping[str, Any] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()

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


def fingerprint(arrays: Iterable[tuple[str, Array]]) -> str:
    """The SHA-256 of named arrays: their names, dtypes, shapes and bytes."""
    digest = hashlib.sha256()
    for name, array in arrays:
        digest.update(f"{name}:{array.dtype.str}:{array.shape};".encode())
        digest.update(np.ascontiguousarray(array).data if array.dtype.kind not in "US" else array.tobytes())
    return digest.hexdigest()

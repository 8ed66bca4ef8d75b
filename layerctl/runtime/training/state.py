"""The state of a training after an epoch: everything that the next epoch depends on, in a file with a checksum.

A `.keras` file is not enough: loading one does not restore the states of seed generators, so that a model with Dropout would
continue differently. A state holds every variable: weights, moving statistics, the states of seed generators and of stateful
layers, and the optimizer's variables; also the state of early stopping, and the metrics of all epochs.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, model_validator

from layerctl.base.files import replacing
from layerctl.base.reading import opened
from layerctl.runs.reading import Damaged, anew, check_archive, reported, valid
from layerctl.runs.record import Count, Epoch, EpochLine
from layerctl.runtime.backends import backend

KEPT = 2
"""How many states are kept: if the newest is damaged, the one before it is used."""
NAME = re.compile(r"epoch-([0-9]{5,})\.npz")
DIGEST = hashlib.sha256().digest_size
FACTS = "facts"

Array: TypeAlias = NDArray[Any]


class Stopping(BaseModel):
    """The attributes of the early stopping callback, without its best weights."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    wait: Count | None = None
    stopped_epoch: Count | None = None
    best: float | None = None
    best_epoch: Count | None = None


class Facts(BaseModel):
    """What a state says beside its arrays."""

    model_config = ConfigDict(frozen=True, strict=True)

    version: Literal[1]
    lines: list[EpochLine]
    stopping: Stopping
    stopped: bool

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if [line.epoch for line in self.lines] != [*range(1, len(self.lines) + 1)]:
            raise ValueError("its epochs are not counted from 1")
        if (self.stopping.best_epoch or 0) > len(self.lines):
            raise ValueError("its best epoch is none of its epochs")
        return self


@dataclass(slots=True)
class State:
    """The state of a training.

    Attributes:
        epochs: the finished ones.
        stopping: the attributes of the early stopping callback, without its best weights.
        stopped: whether early stopping has ended the training.
        arrays: the values of variables: `model.0`, …, `states.0`, …, `optimizer.0`, …, and early stopping's `best.0`, ….
    """

    epochs: list[Epoch] = field(default_factory=list)
    stopping: dict[str, Any] = field(default_factory=dict)
    stopped: bool = False
    arrays: dict[str, Array] = field(default_factory=dict)

    def best_weights(self, model: Any) -> list[Array] | None:
        """The weights that early stopping would restore.

        Raises:
            ValueError: they belong to another model.
        """
        best = {name: array for name, array in self.arrays.items() if name.startswith("best.")}
        weights = {f"best.{index}": weight for index, weight in enumerate(model.get_weights())}
        if best and not _alike(best, weights):
            raise ValueError("it holds the best weights of another model")
        return [array.view(weights[name].dtype) for name, array in best.items()] or None

    def take(self, model: Any, best_weights: Iterable[Array] | None) -> None:
        """Copies the variables of a model and of its optimizer."""
        self.arrays = {name: variable.numpy() for name, variable in _variables(model)}
        self.arrays |= {f"best.{index}": np.asarray(value) for index, value in enumerate(best_weights or ())}

    def put(self, model: Any) -> None:
        """Assigns the values of the state to a model and its optimizer.

        Raises:
            ValueError: they belong to another model.
        """
        variables = dict(_variables(model))
        forms = {name: np.asarray(variable.numpy()) for name, variable in variables.items()}
        kept = {name: array for name, array in self.arrays.items() if not name.startswith("best.")}
        if not _alike(kept, forms):
            raise ValueError("it holds the variables of another model")
        for name, variable in variables.items():
            variable.assign(self.arrays[name].view(forms[name].dtype))

    def write(self, folder: Path) -> None:
        """Writes the state into a new file, completely or not at all, then removes all but the newest files."""
        folder.mkdir(exist_ok=True)
        facts = json.dumps(
            {
                "version": 1,
                "lines": [epoch.to_json() for epoch in self.epochs],
                "stopping": self.stopping,
                "stopped": self.stopped,
            }
        )
        arrays = {name: _plain(array) for name, array in self.arrays.items()}
        with replacing(folder / f"epoch-{len(self.epochs):05}.npz") as temporary, open(temporary, "x+b") as file:
            np.savez(file, **{FACTS: np.frombuffer(facts.encode(), np.uint8)}, **arrays)
            digest = _digest(file, file.seek(0, 2))
            file.write(digest)
        for path in state_files(folder)[KEPT:]:
            path.unlink()


def read(path: Path) -> State:
    """Reads a state.

    Raises:
        Damaged: the file differs from what was written.
    """
    help = anew(path.parents[1])
    with reported(path, help):
        with opened(path) as file:
            size = file.seek(0, 2) - DIGEST
            if size <= 0 or _digest(file, size) != file.read():
                raise Damaged(path, "is damaged: its checksum is wrong", help)
            with zipfile.ZipFile(file) as members:
                check_archive(members, size)
            file.seek(0)
            with np.load(file, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
        facts = valid(path, arrays.pop(FACTS).tobytes(), Facts, help)
    epochs = [line.to_epoch() for line in facts.lines]
    return State(epochs, facts.stopping.model_dump(exclude_unset=True), facts.stopped, arrays)


def restore(files: Iterable[Path], model: Any, noticed: Callable[[str], None], monitor: str | None = None) -> State | None:
    """Gives a model the first state that is not damaged; None if there is none.

    Args:
        files: of states, the newest first.
        model: that of the run.
        noticed: called with a message for each damaged state.
        monitor: the metric that each epoch must have.
    """
    for path in files:
        try:
            state = read(path)
            with reported(path, anew(path.parents[1])):
                if any(monitor is not None and monitor not in epoch.metrics for epoch in state.epochs):
                    raise ValueError(f"an epoch in it lacks `{monitor}`")
                state.best_weights(model)
                state.put(model)
        except Damaged as damage:
            noticed(f"{path} {damage.problem}; the state before it is used, if there is one")
        else:
            return state
    return None


def state_files(folder: Path) -> list[Path]:
    """The state files of a folder, the newest first."""
    files = [path for path in folder.iterdir() if NAME.fullmatch(path.name)] if folder.is_dir() else []
    return sorted(files, key=lambda path: int(path.stem.removeprefix("epoch-")), reverse=True)


def _alike(arrays: dict[str, Array], forms: dict[str, Array]) -> bool:
    """Whether these are arrays of the same names, shapes and sizes in bytes."""
    return {name: (array.shape, array.nbytes) for name, array in arrays.items()} == {
        name: (form.shape, form.nbytes) for name, form in forms.items()
    }


def _variables(model: Any) -> Iterable[tuple[str, Any]]:
    """Each variable with a name made of its position, which is the same in every model of one spec."""
    keras = backend.keras()
    # Keras does not list the states of stateful recurrent layers among its variables.
    states = [getattr(layer, "states", ()) for layer in model._flatten_layers() if getattr(layer, "stateful", False)]
    parts = {"model": model.variables, "states": keras.tree.flatten(states), "optimizer": model.optimizer.variables}
    for part, variables in parts.items():
        yield from ((f"{part}.{index}", variable) for index, variable in enumerate(variables))


def _digest(file: Any, size: int) -> bytes:
    """The SHA-256 of the first `size` bytes of a file; leaves the file's position behind them."""
    digest = hashlib.sha256()
    file.seek(0)
    while part := file.read(min(size, 1 << 20)):
        digest.update(part)
        size -= len(part)
    return digest.digest()


def _plain(array: Array) -> Array:
    """An array that NumPy can write: dtypes that NumPy lacks, such as bfloat16, become integers of the same size."""
    return array if array.dtype.kind in "biufc" else array.view(f"u{array.dtype.itemsize}")

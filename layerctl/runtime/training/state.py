"""The state of a training after an epoch: all that the next epoch depends on, in a file that shows whether it is whole.

A `.keras` file is no such state: loading one does not put back the states of seed generators, so that a model with Dropout
goes on otherwise than it would have. Here every variable is kept: weights, moving statistics, states of seed generators and of
stateful layers, those of the optimizer; and with them what early stopping remembers, and the lines of all epochs.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from layerctl.base.files import replacing
from layerctl.runtime.backends import backend

KEPT = 2
"""States that are kept: where the newest is damaged, the one before it is used."""
NAME = re.compile(r"epoch-([0-9]{5,})\.npz")
DIGEST = hashlib.sha256().digest_size
FACTS = "facts"

Array: TypeAlias = NDArray[Any]


class Damaged(Exception):
    """A file is not what was written; the text says what is wrong."""


@dataclass(slots=True)
class State:
    """What is kept of a training.

    Attributes:
        lines: one for each finished epoch, as in `metrics.jsonl`.
        stopping: what early stopping remembers, its best weights apart.
        stopped: whether early stopping has ended the training.
        arrays: the values of variables: `model.0`, …, `states.0`, …, `optimizer.0`, …, and early stopping's `best.0`, ….
    """

    lines: list[dict[str, Any]] = field(default_factory=list)
    stopping: dict[str, Any] = field(default_factory=dict)
    stopped: bool = False
    arrays: dict[str, Array] = field(default_factory=dict)

    def best_weights(self, model: Any) -> list[Array] | None:
        """Those that early stopping would put back."""
        held = [array for name, array in self.arrays.items() if name.startswith("best.")]
        return [_typed(array, weight.dtype) for array, weight in zip(held, model.get_weights(), strict=True)] if held else None

    def take(self, model: Any, best_weights: Iterable[Array] | None) -> None:
        """Copies the variables of a model and of its optimizer."""
        self.arrays = {name: variable.numpy() for name, variable in _variables(model)}
        self.arrays |= {f"best.{index}": np.asarray(value) for index, value in enumerate(best_weights or ())}

    def put(self, model: Any) -> None:
        """Gives a model and its optimizer the values that are kept.

        Raises:
            Damaged: they are those of another model.
        """
        variables = dict(_variables(model))
        shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
        if shapes != {name: array.shape for name, array in self.arrays.items() if not name.startswith("best.")}:
            raise Damaged("it holds the variables of another model")
        for name, variable in variables.items():
            variable.assign(_typed(self.arrays[name], np.asarray(variable.numpy()).dtype))

    def write(self, folder: Path) -> None:
        """Writes the state beside those before it, whole or not at all, then removes all but the newest ones."""
        folder.mkdir(exist_ok=True)
        facts = json.dumps({"version": 1, "lines": self.lines, "stopping": self.stopping, "stopped": self.stopped})
        arrays = {name: _plain(array) for name, array in self.arrays.items()}
        with replacing(folder / f"epoch-{len(self.lines):05}.npz") as temporary, open(temporary, "x+b") as file:
            np.savez(file, **{FACTS: np.frombuffer(facts.encode(), np.uint8)}, **arrays)
            digest = _digest(file, file.seek(0, 2))
            file.write(digest)
        for path in kept(folder)[KEPT:]:
            path.unlink()


def read(path: Path) -> State:
    """A state from its file.

    Raises:
        Damaged: the file is not what was written.
    """
    try:
        with open(path, "rb") as file:
            size = file.seek(0, 2) - DIGEST
            if size < 0 or _digest(file, size) != file.read(DIGEST):
                raise Damaged("its checksum is wrong")
            file.seek(0)
            with np.load(file, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
    except OSError as error:
        raise Damaged(f"it cannot be read: {(error.strerror or str(error)).lower()}") from None
    facts = json.loads(arrays.pop(FACTS).tobytes())
    return State(facts["lines"], facts["stopping"], facts["stopped"], arrays)


def restore(paths: Iterable[Path], model: Any, noticed: Callable[[str], None]) -> State | None:
    """Gives a model the first state that is whole; None where there is none.

    Args:
        paths: of states, the newest first.
        model: that of the run.
        noticed: told of each state that is damaged.
    """
    for path in paths:
        try:
            state = read(path)
            state.put(model)
        except Damaged as error:
            noticed(f"{path} is damaged ({error}): the state before it is used, if there is one")
        else:
            return state
    return None


def kept(folder: Path) -> list[Path]:
    """The files of states, the newest first."""
    found = [path for path in folder.iterdir() if NAME.fullmatch(path.name)] if folder.is_dir() else []
    return sorted(found, key=lambda path: int(path.stem.removeprefix("epoch-")), reverse=True)


def _variables(model: Any) -> Iterable[tuple[str, Any]]:
    """Each variable with a name for it: its place, which is the same in every model of one spec."""
    keras = backend.keras()
    # Keras counts the states of stateful recurrent layers, which go on from batch to batch, among no variables.
    states = [getattr(layer, "states", None) for layer in model._flatten_layers() if getattr(layer, "stateful", False)]
    parts = {"model": model.variables, "states": keras.tree.flatten(states), "optimizer": model.optimizer.variables}
    for part, variables in parts.items():
        yield from ((f"{part}.{index}", variable) for index, variable in enumerate(variables))


def _digest(file: Any, size: int) -> bytes:
    """The SHA-256 of the beginning of a file; leaves the file at the end of that."""
    digest = hashlib.sha256()
    file.seek(0)
    while size > 0 and (part := file.read(min(size, 1 << 20))):
        digest.update(part)
        size -= len(part)
    return digest.digest()


def _plain(array: Array) -> Array:
    """As NumPy can write it: bfloat16 and the like are no types of its own, and become integers of their size."""
    return array if array.dtype.kind in "biufc" else array.view(f"u{array.dtype.itemsize}")


def _typed(array: Array, dtype: np.dtype[Any]) -> Array:
    return array if array.dtype == dtype else array.view(dtype)

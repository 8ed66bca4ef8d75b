"""Code shared by JAX and PyTorch: batches of NumPy arrays, and event files by the package `tensorboard`."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.diagnostics.errors import MissingPackage
from layerctl.runtime.backends import backend
from layerctl.runtime.backends.events import Events

MOST_STEPS = 1
"""The largest `steps_per_execution`: JAX would compile a copy of the model for each step, and PyTorch gains nothing."""
FLOATS = ("float32",)
"""Dtypes to compute a model in: with these back ends Keras computes parts of float64 in float32, as in `ops.matmul`."""


class Order:
    """The order of the samples: a new one for each epoch, which depends only on the seed and the epoch's number."""

    def __init__(self, samples: int, seed: int, replicas: int = 1) -> None:
        self.samples = samples
        self.used = samples - samples % replicas
        self.seed = seed
        self.indices = np.arange(self.used)

    def shuffle(self, epoch: int) -> None:
        """Sets the order of an epoch, counted from 0."""
        self.indices = np.random.default_rng((self.seed, epoch)).permutation(self.samples)[: self.used]


def batches(
    x: Any, y: Any, batch_size: int, seed: int, weights: Any = None, *, replicas: int = 1, ordered: type[Order] = Order
) -> tuple[Any, Order]:
    """A `keras.utils.PyDataset` of shuffled batches, and the order that it follows; arguments as for `tensorflow.batches`."""
    keras = backend.keras()
    order = ordered(len(keras.tree.flatten(x)[0]), seed, replicas)
    values = keras.tree.lists_to_tuples((x, y) if weights is None else (x, y, weights))
    return _dataset()(values, order, batch_size), order


@cache
def _dataset() -> Any:
    keras = backend.keras()

    class Batches(keras.utils.PyDataset):  # type: ignore[misc, name-defined]
        def __init__(self, values: Any, order: Order, batch_size: int) -> None:
            super().__init__()
            self.values, self.order, self.batch_size = values, order, batch_size

        def __len__(self) -> int:
            return -(-self.order.used // self.batch_size)

        def __getitem__(self, index: int) -> Any:
            at = self.order.indices[index * self.batch_size : (index + 1) * self.batch_size]
            return keras.tree.map_structure(lambda value: value[at], self.values)

    return Batches


def jit_compile() -> bool | str:
    """The argument of `compile`: Keras decides for the back end."""
    return "auto"


def hasten(optimizer: Any) -> None:
    """Does nothing: JAX compiles the optimizer with the rest of the step, and PyTorch updates all weights at once."""


class EventFiles(Events):
    """Written by the package `tensorboard`."""

    @classmethod
    def available(cls) -> None:
        if find_spec("tensorboard") is None:
            message = "training writes event files with tensorboard, which is not installed"
            raise MissingPackage(message, "install it with pip install tensorboard")

    def writer(self, folder: Path) -> Any:
        from tensorboard.summary import Writer

        return Writer(str(folder))

    def write(self, writer: Any, tag: str, value: float, step: int) -> None:
        writer.add_scalar(tag, value, step)

"""Tables, whose columns have no spatial arrangement: made ones, and files of others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from layerctl.language.syntax import quoted
from layerctl.runtime.data import Data
from layerctl.runtime.data._types import Array

READINGS, HIDDEN, CLASSES = 36, 12, 5
TRAIN, TEST = 3000, 4000
PROTOTYPES, WINDOW = 40, 9
FEWEST_COLUMNS = 4
"""In fewer columns a window of three covers all of them, and a Conv2D is a Dense."""
UNITS = range(24, 41)
"""The units of the dense design; the number among them counts that has a convolution with the most nearly as many parameters."""


class Table(NamedTuple):
    """A table.

    Attributes:
        name: in the names of its designs.
        columns: how many numbers it gives for each row.
        classes: how many there are.
        source: the section `train.data`.
        make: the columns, and the classes computed from random ones, for a table that is made; None for a file.
        epochs: how many times the designs go through it.
    """

    name: str
    columns: int
    classes: int
    source: str = "synthetic"
    make: Callable[[Array, np.random.Generator], Array] | None = None
    epochs: int = 8

    def specs(self) -> dict[str, str]:
        """A dense and a convolutional spec of about as many parameters, by `dense` and `conv2d`.

        The convolution slides over the columns, which are laid out as a square where they fill one, otherwise in a row.
        """
        side = round(self.columns**0.5)
        square = side * side == self.columns and side > 3
        layout, kernel = ((side, side), (3, 3)) if square else ((self.columns, 1), (min(3, self.columns), 1))
        places = (layout[0] - kernel[0] + 1) * (layout[1] - kernel[1] + 1)
        each = kernel[0] * kernel[1] + 1 + places * self.classes
        sizes = {units: units * (self.columns + 1 + self.classes) for units in UNITS}
        units = min(UNITS, key=lambda number: abs(sizes[number] / (max(1, round(sizes[number] / each)) * each) - 1))
        filters = max(1, round(sizes[units] / each))
        last = f"Dense: {{units: {self.classes}, activation: softmax}}"
        convolution = f"Conv2D: {{filters: {filters}, kernel_size: [{kernel[0]}, {kernel[1]}], activation: relu}}"
        return {
            "dense": self._spec(f"Dense: {{units: {units}, activation: relu}}", last),
            "conv2d": self._spec(f"Reshape: [{layout[0]}, {layout[1]}, 1]", convolution, "Flatten", last),
        }

    def _spec(self, *layers: str) -> str:
        lines = "".join(f"  - {layer}\n" for layer in layers)
        return f"""
inputs: {{columns: [{self.columns}]}}
layers:
{lines}
train:
  data: {self.source}
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
  batch_size: 32
  epochs: {self.epochs}
"""

    def data(self, like: Data, limit: int | None = None) -> Data:
        """The given data with the samples replaced by those of the table, if it is made; `limit` is that of each part."""
        if self.make is None:
            return like
        random = np.random.default_rng(0x7AB1E)
        x = random.standard_normal((TRAIN + TEST, self.columns)).astype(np.float32)
        y = self.make(x, random)
        train, test = slice(min(TRAIN, limit or TRAIN)), slice(TRAIN, TRAIN + min(TEST, limit or TEST))
        parts = {"x_train": x[train], "y_train": y[train], "x_test": x[test], "y_test": y[test]}
        return replace(like, name=self.name, fingerprint=f"{self.name} 3", **parts)


def _by_dense(x: Array, random: np.random.Generator) -> Array:
    """The classes that a random dense network with tanh computes."""
    hidden = np.tanh(x @ random.standard_normal((x.shape[1], HIDDEN)) / np.sqrt(x.shape[1]) * 2)
    return np.argmax(hidden @ random.standard_normal((HIDDEN, CLASSES)), axis=1)


def _by_distance(x: Array, random: np.random.Generator) -> Array:
    """The classes that a random network of radial basis functions computes, which has units of the kinds of both designs.

    A unit answers by the distance of a row from a point of its own: half of the units in all columns, as a Dense sees them, half
    in as many as a 3×3 window has, but drawn by lot.
    """
    answers = np.empty((len(x), PROTOTYPES), np.float64)
    for unit in range(PROTOTYPES):
        columns = random.choice(x.shape[1], x.shape[1] if unit % 2 else WINDOW, replace=False)
        distance = np.square(x[:, columns] - random.standard_normal(len(columns))).sum(axis=1)
        answers[:, unit] = (distance - distance.mean()) / distance.std()
    scores = np.exp(-answers) @ random.standard_normal((PROTOTYPES, CLASSES))
    return np.argmax(scores - np.median(scores, axis=0), axis=1)


MADE = (
    Table("table of sums", READINGS, CLASSES, make=_by_dense),
    Table("table of distances", READINGS, CLASSES, make=_by_distance),
)
"""Of the first a network of the kind of one design has made the classes, of the second one with units of both kinds."""


def of_file(name: str, path: str, target: str | None, columns: int, classes: int) -> Table:
    """A table in a file; rows with holes are left out."""
    options = {"path": path, "missing": "drop", **({"target": target} if target is not None else {})}
    section = quoted(options).replace("$", "$$")
    return Table(name, columns, classes, section, epochs=40)

"""Data of one format: reading them, learning their preprocessing, and converting them to a model's inputs and targets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from layerctl.analysis.data.wanted import Slot, Wanted
from layerctl.base.shapes import FLOATS
from layerctl.catalog.datasets import find
from layerctl.runs.preprocessing import InputForm, Preprocessing, TableForm, TargetForm
from layerctl.runtime.data import _labels
from layerctl.runtime.data._types import Array, Raw


class Source(ABC):
    """Data of one format.

    Args:
        wanted: the model's requirements.
        fitted: the preprocessing of the model, if it is trained already.

    Attributes:
        format: its name.
        judged_whole: whether all samples are converted, and so checked, even if `limit` keeps only some of them.
        notes: what a user should know of how the data were read.
    """

    format: ClassVar[str] = ""
    judged_whole: ClassVar[bool] = True

    def __init__(self, wanted: Wanted, fitted: Preprocessing | None = None) -> None:
        self.wanted = wanted
        self.fitted = fitted
        self.notes: list[str] = []

    @abstractmethod
    def read(self, path: Path) -> Raw:
        """Reads the data without converting them."""

    def kept(self, x: Any) -> dict[str, InputForm]:
        """The preprocessing of each input but for `normalize`, from the inputs of the training part."""
        return {}

    def learn(self, x: Any) -> dict[str, InputForm]:
        """The preprocessing of each input, learnt from the inputs of the training part."""
        forms = self.kept(x)
        if not self.wanted.options.get("normalize"):
            return forms
        learnt = {}
        for slot, array in zip(self.wanted.inputs, self.inputs(x, forms, "x_train"), strict=True):
            if slot.dtype not in FLOATS:
                message = f"the input `{slot.name}` takes {slot.dtype}; normalized values are fractions"
                raise self.wanted.misfit(message, "leave out the input's `dtype`, or `normalize`")
            measured = statistics(array, self.axes(slot, array))
            learnt[slot.name] = forms.get(slot.name, InputForm()).model_copy(update=measured)
        return {**forms, **learnt}

    def axes(self, slot: Slot, array: Array) -> tuple[int, ...]:
        """The axes over which mean and deviation are computed: all but the last, as in Keras's Normalization."""
        return tuple(range(max(1, array.ndim - 1)))

    def table(self) -> TableForm | None:
        """The columns of a table; None for other data."""
        return None

    @abstractmethod
    def inputs(self, x: Any, forms: Mapping[str, InputForm], part: str) -> list[Array]:
        """Converts samples: one array for each input of the model."""

    def labels(self, y: Any) -> dict[str, Any]:
        """The labels of each output that has a loss: an array of texts or numbers."""
        return {self.wanted.only(self.wanted.targets, "output").name: y}

    def learn_labels(self, y: Sequence[Any], names: Sequence[str] = ()) -> dict[str, TargetForm]:
        """The classes of each output, from the labels of all parts; `names` are those that the data give to class numbers."""
        forms: dict[str, TargetForm] = {}
        for target in self.wanted.targets:
            if target.form is not None:
                labels = [self.labels(part)[target.name] for part in y if part is not None]
                classes = _labels.classes_of(labels, target, self.wanted, names)
                forms[target.name] = TargetForm() if classes is None else TargetForm(classes=classes)
        return forms

    def targets(self, y: Any, forms: Mapping[str, TargetForm], part: str) -> dict[str, Array]:
        """Labels in the form that the losses take, by output."""
        fitted = {}
        for name, labels in self.labels(y).items():
            target = next(target for target in self.wanted.targets if target.name == name)
            classes = forms[name].classes if name in forms else None
            numbers = _labels.numbered(labels, classes, target, self.wanted)
            fitted[name] = _labels.fit(numbers, target, self.wanted, part)
        return fitted

    def white(self, slot: Slot, form: InputForm) -> float:
        """The value that a white pixel has for the model.

        Raises:
            SpecError: it was not trained on pixels.
        """
        if form.white is None:
            array = form.array
            trained = f"on {array.dtype} from {array.least:g} to {array.greatest:g}" if array else "not on pixels"
            message = f"the model was trained {trained}: which value a white pixel has for `{slot.name}` is not known"
            raise self.wanted.misfit(message, "give arrays like those that it was trained on: `.npy` or `.npz`")
        return form.white


class Parted(Source):
    """Data of a format of which each part can be a file or a folder of its own."""

    @abstractmethod
    def part(self, path: Path) -> tuple[Any, Any]:
        """The inputs and labels of one part; `read` comes before."""


class Synthetic(Source):
    """Generated arrays by the names of inputs and outputs, which need no conversion."""

    format = "synthetic"

    def read(self, path: Path) -> Raw:
        from layerctl.runtime.data import synthetic

        facts = find(self.wanted.name)
        assert facts is not None
        return synthetic.load(facts, self.wanted)

    def learn(self, x: Any) -> dict[str, InputForm]:
        return {}

    def inputs(self, x: Any, forms: Mapping[str, InputForm], part: str) -> list[Array]:
        return [x[slot.name] for slot in self.wanted.inputs]

    def learn_labels(self, y: Sequence[Any], names: Sequence[str] = ()) -> dict[str, TargetForm]:
        return {}

    def targets(self, y: Any, forms: Mapping[str, TargetForm], part: str) -> dict[str, Array]:
        return dict(y)


def statistics(array: Array, axes: tuple[int, ...]) -> dict[str, Any]:
    """Mean and standard deviation; a deviation of 0 becomes 1, as in scikit-learn."""
    mean = array.mean(axis=axes, dtype=np.float64)
    deviation = array.std(axis=axes, dtype=np.float64)
    return {"mean": mean.tolist(), "std": np.where(deviation > 0, deviation, 1.0).tolist()}


def normalized(array: Array, form: InputForm | None) -> Array:
    """An array, normalized with the mean and deviation of the training part if the preprocessing has them."""
    if form is None or form.mean is None:
        return array
    mean, deviation = (np.asarray(value, np.float32) for value in (form.mean, form.std))
    return ((array - mean) / deviation).astype(array.dtype, copy=False)

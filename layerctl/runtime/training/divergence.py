"""Finds where NaN or infinity first appeared in a training, by repeating its last epoch step by step."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from layerctl.runtime.backends import backend

PATIENCE = 30.0
"""Seconds that the search may take."""


class Origin(NamedTuple):
    """The first step whose loss is NaN or infinite, and the cause in words."""

    step: int
    cause: str


def origin(model: Any, dataset: Any, steps: int) -> Origin | None:
    """The first step of an epoch whose loss is NaN or infinite; None if there is none, or the search takes too long.

    Args:
        model: compiled, in its state at the beginning of the epoch; it is changed.
        dataset: the batches of the epoch, in their order.
        steps: the largest number of steps to try.
    """
    deadline = time.monotonic() + PATIENCE
    model.steps_per_execution = 1
    model.make_train_function(force=True)
    for step, batch in enumerate(dataset, 1):
        if step > steps or time.monotonic() > deadline:
            return None
        before = [(variable, variable.numpy()) for variable in model.variables]
        loss = float(model.train_on_batch(*batch, return_dict=True)["loss"])
        if not math.isfinite(loss):
            for variable, value in before:
                variable.assign(value)
            return Origin(step, _cause(model, *batch[:2]))
    return None


def unsound(model: Any) -> str | None:
    """The path of a trainable variable that holds NaN or infinity; None if there is none."""
    return next((variable.path for variable in model.trainable_variables if not _is_finite(variable.numpy())), None)


def _cause(model: Any, x: Any, y: Any) -> str:
    """The first place of NaN or infinity on the way from the data to the loss, in words."""
    keras = backend.keras()
    if not all(_is_finite(array) for array in keras.tree.flatten(x)):
        return "the inputs of that step hold values that are no numbers"
    if not all(_is_finite(array) for array in keras.tree.flatten(y)):
        return "the targets of that step hold values that are no numbers"
    weights = unsound(model)
    if weights is not None:
        return f"the step before had made the weights `{weights}` no numbers: its gradient was too large"
    for name, output in _outputs(model):
        if not all(_is_finite(array) for array in keras.tree.flatten(output(x))):
            return f"the output of `{name}` is the first that is no number"
    return "every layer's output is a number; the loss of it is not"


def _outputs(model: Any) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """Each layer that is called once, in order: its name, and its output as a function of the model's input, in training."""
    keras = backend.keras()
    for layer in model.layers:
        with suppress(AttributeError, ValueError):  # called more than once: no single output
            part = keras.Model(model.inputs, layer.output)
            yield backend.spec_name(layer.name), lambda x, part=part: part(x, training=True)  # type: ignore[misc]


def _is_finite(array: Any) -> bool:
    array = np.asarray(array)
    return array.dtype.kind in "biuOSU" or bool(np.isfinite(array).all())

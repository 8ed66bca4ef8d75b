"""Where a training stopped giving numbers: found by going through its last epoch again, step by step."""

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
    """The first step whose loss is no number, and what in it was first."""

    step: int
    cause: str


def origin(model: Any, dataset: Any, steps: int) -> Origin | None:
    """The step of an epoch at which the loss stops being a number; None where it does not, or the search takes too long.

    Args:
        model: compiled, in its state at the beginning of the epoch; it is changed.
        dataset: the batches of the epoch, in their order.
        steps: how many to go through at most.
    """
    until = time.monotonic() + PATIENCE
    model.steps_per_execution = 1
    model.make_train_function(force=True)
    for step, batch in enumerate(dataset, 1):
        if step > steps or time.monotonic() > until:
            return None
        before = [(variable, variable.numpy()) for variable in model.variables]
        loss = float(model.train_on_batch(*batch, return_dict=True)["loss"])
        if not math.isfinite(loss):
            for variable, value in before:
                variable.assign(value)
            return Origin(step, _cause(model, *batch[:2]))
    return None


def unsound(model: Any) -> str | None:
    """A trainable variable that holds what is no number; None where all are sound."""
    return next((variable.path for variable in model.trainable_variables if not _sound(variable.numpy())), None)


def _cause(model: Any, x: Any, y: Any) -> str:
    """What is no number first, on the way from the data to the loss."""
    keras = backend.keras()
    if not all(_sound(array) for array in keras.tree.flatten(x)):
        return "the inputs of that step hold values that are no numbers"
    if not all(_sound(array) for array in keras.tree.flatten(y)):
        return "the targets of that step hold values that are no numbers"
    weights = unsound(model)
    if weights is not None:
        return f"the step before had made the weights `{weights}` no numbers: its gradient was too large"
    for name, output in _outputs(model):
        if not all(_sound(array) for array in keras.tree.flatten(output(x))):
            return f"the output of `{name}` is the first that is no number"
    return "every layer's output is a number; the loss of it is not"


def _outputs(model: Any) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """Each layer that is called once, in order, as a function of the model's input, in training."""
    keras = backend.keras()
    for layer in model.layers:
        with suppress(AttributeError, ValueError):  # called more than once: no single output
            part = keras.Model(model.inputs, layer.output)
            yield backend.spec_name(layer.name), lambda x, part=part: part(x, training=True)  # type: ignore[misc]


def _sound(array: Any) -> bool:
    array = np.asarray(array)
    return array.dtype.kind in "biuOSU" or bool(np.isfinite(array).all())

"""The model that a run has left."""

from __future__ import annotations

from typing import Any

from layerctl.errors import UsageError
from layerctl.runtime import backend
from layerctl.runtime.build import build_model
from layerctl.subjects import Subject


def loaded(given: Subject) -> Any:
    """The model of a run's expanded spec, with the weights that the run ended with.

    Its layers have the names of the expanded spec: `stage1_conv2d`, where the run's own model has `stage1.conv2d`.

    Raises:
        UsageError: the weights cannot be read, or are those of another model.
    """
    assert given.weights is not None
    try:
        found = backend.keras().saving.load_model(given.weights, compile=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {given.weights}: {str(error).splitlines()[0]}") from error
    model = build_model(given.compiled, seed=0)
    if [tuple(weight.shape) for weight in found.weights] != [tuple(weight.shape) for weight in model.weights]:
        raise UsageError(f"{given.weights} is not the model of {given.compiled.path}", "name a run that nobody has changed")
    model.set_weights(found.get_weights())
    return model

"""The model that a run has left."""

from __future__ import annotations

from typing import Any

from layerctl.errors import UsageError
from layerctl.runtime.build import build_model
from layerctl.subjects import Subject


def loaded(given: Subject) -> Any:
    """The model of a run's expanded spec, with the weights that the run ended with.

    Its layers have the names of the expanded spec: `stage1_conv2d`, where the run's own model has `stage1.conv2d`.

    Raises:
        UsageError: the weights cannot be read, or are those of another model.
    """
    assert given.weights is not None
    model = build_model(given.compiled, seed=0)
    try:
        model.load_weights(given.weights)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0]
        help = "name a run that nobody has changed"
        raise UsageError(f"cannot read {given.weights} as the model of {given.compiled.path}: {reason}", help) from error
    return model

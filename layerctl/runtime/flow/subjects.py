"""The model of a spec, or the one that a run has left."""

from __future__ import annotations

from typing import Any

from layerctl.compiler.pipeline import Accepted
from layerctl.compiler.subjects import Subject
from layerctl.diagnostics.errors import UsageError
from layerctl.runtime.models.build import built


def made(given: Subject, *, seed: int) -> tuple[Any, Accepted]:
    """The model, and the spec with what only Keras could find out of custom layers.

    Layers of a run have the names of its expanded spec: `stage1_conv2d`, where the run's own model has `stage1.conv2d`.

    Args:
        given: its weights are those that the run ended with, or fresh.
        seed: of fresh weights.

    Raises:
        SpecError: a custom layer cannot be imported, or does not do what it is declared to.
        UsageError: the weights cannot be read, or are those of another model.
    """
    model, compiled = built(given.compiled, seed=seed)
    if given.weights is None:
        return model, compiled
    try:
        model.load_weights(given.weights)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0]
        help = "name a run that nobody has changed"
        raise UsageError(f"cannot read {given.weights} as the model of {given.compiled.path}: {reason}", help) from error
    return model, compiled

"""The Keras model of a spec, or of a run with its trained weights."""

from __future__ import annotations

from typing import Any

from layerctl.compiler.pipeline import Accepted
from layerctl.compiler.subjects import Subject
from layerctl.diagnostics.errors import UsageError
from layerctl.runtime.models.build import built


def model_of(named: Subject, *, seed: int) -> tuple[Any, Accepted]:
    """The model, with weights of the run or fresh ones by this seed, and the spec completed by the shapes of custom layers.

    The model of a run has the layer names of its expanded spec: `stage1_conv2d` for `stage1.conv2d`.

    Raises:
        SpecError: a custom layer cannot be imported, or does not do what it is declared to do.
        UsageError: the weights cannot be read, or are those of another model.
    """
    model, compiled = built(named.compiled, seed=seed)
    if named.weights is None:
        return model, compiled
    try:
        model.load_weights(named.weights)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0]
        help = "name a run that nobody has changed"
        raise UsageError(f"cannot read {named.weights} as the model of {named.compiled.path}: {reason}", help) from error
    return model, compiled

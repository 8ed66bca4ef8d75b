"""A spec's Keras model, which agrees with every static result."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from layerctl.base.machine import RanOut, stage
from layerctl.compiler.pipeline import Accepted
from layerctl.diagnostics.errors import LayerctlBug, LayerctlError
from layerctl.runtime.backends import backend
from layerctl.runtime.models import build
from layerctl.runtime.models.verify import differences

if TYPE_CHECKING:
    import keras


class Verified(NamedTuple):
    """A model that agrees with its spec.

    Attributes:
        model: the model.
        compiled: the spec, with what only Keras could find out of custom layers.
    """

    model: keras.Model
    compiled: Accepted


def verified(compiled: Accepted, *, seed: int | None = None) -> Verified:
    """Builds the model of a spec, and holds every static shape, dtype and weight against it.

    Args:
        compiled: the spec.
        seed: makes the initial weights repeatable.

    Raises:
        SpecError: a custom layer has an error, or may not be imported.
        RanOut: the weights do not fit in memory.
        MissingPackage: Keras is not installed.
        LayerctlBug: Keras refuses the model, or makes another one than the static check said.
    """
    backend.keras()
    try:
        with stage("the model was built"):
            model, compiled = build.built(compiled, seed=seed)
    except (LayerctlError, RanOut):
        raise
    except Exception as error:
        raise LayerctlBug((f"Keras refuses it: {type(error).__name__}: {error}",)) from error
    if wrong := differences(compiled, model):
        raise LayerctlBug(tuple(wrong))
    return Verified(model, compiled)


def completed(compiled: Accepted) -> Accepted:
    """The spec with what only Keras can find out of custom layers that declare nothing; builds it where there is one."""
    return compiled if compiled.model.complete else verified(compiled).compiled

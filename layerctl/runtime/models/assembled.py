"""A model as Keras has made it, with what each of its parts became."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from layerctl.codegen.plan import Plan

if TYPE_CHECKING:
    import keras


class Assembled(NamedTuple):
    """A model that Keras has made.

    Attributes:
        model: the model.
        planned: what it was made from.
        layers: its layers by name.
        values: what each node gives.
        nested: the models nested in it, by the names of their layers.
    """

    model: keras.Model
    planned: Plan
    layers: Mapping[str, Any]
    values: Mapping[int, Any]
    nested: Mapping[str, Assembled]

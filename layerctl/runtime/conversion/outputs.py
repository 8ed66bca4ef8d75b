"""A model's outputs as arrays that can be compared, and runs whose random numbers are always the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from layerctl.graph.typed import TypedGraph
from layerctl.rewrite.model_steps import returned
from layerctl.runtime.backends import backend
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.distribution import array

STATE = (7, 0)
"""The state of every random generator before a run."""


def outputs(typed: TypedGraph, model: Any, inputs: list[Any]) -> list[Array]:
    """The outputs of a model for these tensors, in the order in which the spec names them."""
    repeatable(model)
    result = model(inputs if len(inputs) > 1 else inputs[0])
    given = typed.graph.outputs
    parts = [result[one.name] for one in given] if typed.graph.keyed_outputs else [result] if len(given) == 1 else list(result)
    return [outputs_of(value) for part in parts for value in backend.keras().tree.flatten(part)]


def names(typed: TypedGraph) -> list[tuple[str, str]]:
    """The name of each array that `outputs` gives, with its dtype in the model."""
    return [(name, getattr(tensor, "dtype", "float32")) for name, _, tensor in returned(typed)]


def outputs_of(value: Any) -> Array:
    """A tensor as numbers of 64 bits; each text as the number that its characters make."""
    values = array(value)
    if values.dtype.kind in "OSU":
        return np.array([hash_of(text) for text in values.ravel()], np.float64).reshape(values.shape)
    return values.astype(np.float64)


def hash_of(text: Any) -> float:
    """A number that texts which differ do not share."""
    raw = text if isinstance(text, bytes) else str(text).encode()
    return float(int.from_bytes(raw[:6], "big") + 251 * len(raw))


def repeatable(model: Any) -> None:
    """Sets the random generators of a model or layer, and states that a layer keeps from batch to batch, to where they begin.

    All generators get the same state, so that two models whose layers draw the same numbers have the same outputs.
    """
    for variable in model.variables:
        if variable.name == "seed_generator_state":
            variable.assign(np.array(STATE, np.uint32))
    for layer in model._flatten_layers():
        if getattr(layer, "stateful", False) and hasattr(layer, "reset_state"):
            layer.reset_state()

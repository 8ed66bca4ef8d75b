"""A typed graph as a Keras functional model."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from layerctl.compiler import Compiled
from layerctl.emit.keras_json import plain_config
from layerctl.emit.plan import Array, Construct, Nested, Plan, Step, call_arguments, plan, returned
from layerctl.errors import SpecError
from layerctl.graph import Input, Ref
from layerctl.infer import TypedGraph
from layerctl.runtime import backend

if TYPE_CHECKING:
    import keras


def build_model(compiled: Compiled, *, seed: int | None = None) -> keras.Model:
    """The Keras model of a spec.

    Args:
        compiled: the spec.
        seed: makes initial weights and dropout repeatable, and touches no global state; without it they follow
            `keras.utils.set_random_seed`.

    Raises:
        SpecError: the spec has errors.
        MissingPackage: Keras is not installed.
    """
    if not compiled.ok or compiled.model is None:
        raise SpecError(compiled.diagnostics)
    backend.keras()
    with _seeded(seed):
        return _assemble(plan(compiled.model))


def instantiate(value: Any) -> Any:
    """The Keras object of a construct, those within it first; plain values as they are."""
    if isinstance(value, Nested):
        return _assemble(value.plan)
    if isinstance(value, Construct):
        keras = place = backend.keras()
        for step in value.module.split("."):
            place = getattr(place, step)
        cls = getattr(place, value.name)
        arguments = {**value.implied, **value.arguments}
        if getattr(cls, "get_config", None) is keras.layers.Layer.get_config:
            # Keras itself notes the arguments of a layer that has no get_config, and can save only plain ones.
            return cls(**{key: plain_config(item) for key, item in arguments.items()})
        return cls(**{key: instantiate(item) for key, item in arguments.items()})
    if isinstance(value, Array):
        import numpy

        return numpy.array(value.values, value.dtype)
    if isinstance(value, list):
        return [instantiate(item) for item in value]
    if isinstance(value, tuple):
        return tuple(instantiate(item) for item in value)
    if isinstance(value, Mapping):
        return {key: instantiate(item) for key, item in value.items()}
    return value


def _assemble(planned: Plan) -> keras.Model:
    keras = backend.keras()
    typed = planned.typed
    values: dict[int, Any] = {}
    layers: dict[str, Any] = {}

    def value(ref: Ref) -> Any:
        found = values[ref.node]
        for step in ref.path:
            found = found[step]
        return found

    for index, node in enumerate(typed.graph.nodes):
        if isinstance(node, Input):
            values[index] = keras.Input(batch_shape=node.shape, dtype=node.dtype, name=node.name)
    inputs = list(values.values())
    for step in planned.steps:
        if step.is_function:
            values[step.node] = _function(step, typed, value)
            continue
        if step.construct is not None:
            layers[step.layer] = instantiate(step.construct)
        tensors, arguments = call_arguments(step.op, value)
        values[step.node] = layers[step.layer](tensors, **arguments)
    return keras.Model(inputs[0] if len(inputs) == 1 else inputs, returned(typed, value), name=planned.name)


def call_function(step: Step, typed: TypedGraph, value: Callable[[Ref], Any]) -> Any:
    """What a function of `keras.ops` gives."""
    from layerctl.emit import functions

    positional, keywords = functions.arguments(step, typed, value)
    function = getattr(backend.keras().ops, functions.operation(step).function())
    return function(*instantiate(positional), **{name: instantiate(item) for name, item in keywords.items()})


def _function(step: Step, typed: TypedGraph, value: Callable[[Ref], Any]) -> Any:
    """As `call_function`; the operation that it makes gets the item's name, as no argument could."""
    found = call_function(step, typed, value)
    first = found[0] if isinstance(found, list | tuple) else found
    first._keras_history.operation.name = step.layer
    return found


@contextmanager
def _seeded(seed: int | None) -> Iterator[None]:
    """Keras draws the seeds of its initializers and seed generators from Python's generator; it is put back after."""
    if seed is None:
        yield
        return
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)

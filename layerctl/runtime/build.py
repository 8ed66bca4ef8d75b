"""A typed graph as a Keras functional model."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from layerctl.compiler import Compiled
from layerctl.emit.keras_json import plain_config
from layerctl.emit.plan import Construct, call_arguments, plan, returned
from layerctl.errors import SpecError
from layerctl.graph import Input, Ref
from layerctl.infer import TypedGraph
from layerctl.permission import permitted
from layerctl.runtime import backend
from layerctl.runtime.custom import Watch, completed, own_classes, part

if TYPE_CHECKING:
    import keras


def build_model(compiled: Compiled, *, seed: int | None = None) -> keras.Model:
    """The Keras model of a spec; arguments and errors as for `built`."""
    return built(compiled, seed=seed)[0]


def built(compiled: Compiled, *, seed: int | None = None) -> tuple[keras.Model, Compiled]:
    """The Keras model of a spec, and the spec with what Keras has found out of custom layers that declare nothing.

    Args:
        compiled: the spec.
        seed: makes initial weights and dropout repeatable, and touches no global state; without it they follow
            `keras.utils.set_random_seed`.

    Raises:
        SpecError: the spec has errors; or a custom layer has, or may not be imported.
        MissingPackage: Keras is not installed.
    """
    if not compiled.ok or compiled.model is None:
        raise SpecError(compiled.diagnostics)
    permitted(compiled)
    keras = backend.keras()
    with keras.saving.custom_object_scope(own_classes(compiled)), _seeded(seed):
        return _assemble(compiled, compiled.model)


def instantiate(value: Any) -> Any:
    """The Keras object of a construct, those within it first; plain values as they are."""
    if isinstance(value, Construct):
        keras = place = backend.keras()
        for step in value.module.split(".") if not value.own else ():
            place = getattr(place, step)
        cls = getattr(sys.modules[value.module] if value.own else place, value.name)
        arguments = {**value.implied, **value.arguments}
        if value.own:
            return cls(*value.positional, **arguments)
        if getattr(cls, "get_config", None) is keras.layers.Layer.get_config:
            # Keras itself notes the arguments of a layer that has no get_config, and can save only plain ones.
            return cls(**{key: plain_config(item) for key, item in arguments.items()})
        return cls(**{key: instantiate(item) for key, item in arguments.items()})
    if isinstance(value, tuple):
        return tuple(instantiate(item) for item in value)
    if isinstance(value, Mapping):
        return {key: instantiate(item) for key, item in value.items()}
    return value


def _assemble(compiled: Compiled, typed: TypedGraph) -> tuple[keras.Model, Compiled]:
    keras = backend.keras()
    planned, watch = plan(typed), Watch(compiled)
    values: dict[int, Any] = {}
    layers: dict[str, Any] = {}

    def value(ref: Ref) -> Any:
        return part(values[ref.node], ref)

    for index, node in enumerate(typed.graph.nodes):
        if isinstance(node, Input):
            values[index] = keras.Input(batch_shape=node.shape, dtype=node.dtype, name=node.name)
    inputs = list(values.values())
    for step in planned.steps:
        with watch.step(step):
            if step.construct is not None:
                layers[step.layer] = instantiate(step.construct)
            tensors, arguments = call_arguments(step.op, value)
            values[step.node] = layers[step.layer](*tensors, **arguments)
        watch.declared(step, layers[step.layer], values[step.node])
    watch.finish()
    with watch.outputs():
        outputs = returned(typed, value)
    model = keras.Model(inputs[0] if len(inputs) == 1 else inputs, outputs, name=planned.name)
    open_ = any(typed.nodes[step.node].output is None or step.op.layer.undeclared for step in planned.steps if step.op.layer)
    return model, completed(compiled, planned, layers, values) if open_ else compiled


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

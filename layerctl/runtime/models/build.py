"""Builds a Keras functional model from a typed graph."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from layerctl.codegen.keras_json import plain_config
from layerctl.codegen.plan import Array, Construct, Nested, Plan, Step, call_arguments, plan, returned
from layerctl.compiler.permission import permitted
from layerctl.compiler.pipeline import Accepted
from layerctl.compiler.subjects import Subject
from layerctl.diagnostics.errors import UsageError
from layerctl.graph.graph import Input, Ref
from layerctl.graph.typed import TypedGraph
from layerctl.runs.reading import anew
from layerctl.runtime.backends import backend
from layerctl.runtime.models.assembled import Assembled
from layerctl.runtime.models.custom import Watch, completed, own_classes, part
from layerctl.runtime.models.saved import load_weights

if TYPE_CHECKING:
    import keras


def build_model(compiled: Accepted, *, seed: int | None = None) -> keras.Model:
    """The Keras model of a spec; arguments and errors as for `built`."""
    return built(compiled, seed=seed)[0]


def built(compiled: Accepted, *, seed: int | None = None) -> tuple[keras.Model, Accepted]:
    """The Keras model of a spec; and the spec, completed with shapes and weights of custom layers that only Keras can find.

    Args:
        compiled: the spec.
        seed: makes initial weights and dropout repeatable, without changing global state; by default they depend on
            `keras.utils.set_random_seed`.

    Raises:
        SpecError: a custom layer has an error, or may not be imported.
        MissingPackage: Keras is not installed.
    """
    permitted(compiled)
    keras = backend.keras()
    with keras.saving.custom_object_scope(own_classes(compiled)), _seeded(seed):
        made = _assemble(plan(compiled.model), compiled.path)
    return made.model, completed(compiled, made)


def model_of(named: Subject, *, seed: int) -> tuple[Any, Accepted]:
    """The model, with weights of the run or fresh ones by this seed, and the spec completed by the shapes of custom layers.

    The model of a run has the layer names of its expanded spec: `stage1_conv2d` for `stage1.conv2d`.

    Raises:
        SpecError: a custom layer cannot be imported, or does not do what it is declared to do.
        Damaged: the weights cannot be read, or are those of another model.
    """
    model, compiled = built(named.compiled, seed=seed)
    if named.weights is None:
        return model, compiled
    load_weights(model, named.weights, f"name another run, or {anew(named.weights.parent)}")
    return model, compiled


def instantiate(value: Any, path: str = "") -> Any:
    """Creates the Keras object that a construct describes, and those among its arguments; returns plain values unchanged.

    Args:
        value: a construct, or a plain value.
        path: of the spec, for mistakes in custom layers.
    """
    if isinstance(value, Nested):
        return _assemble(value.plan, path).model
    if isinstance(value, Construct):
        keras = place = backend.keras()
        for step in value.module.split(".") if not value.own else ():
            place = getattr(place, step)
        cls = getattr(sys.modules[value.module] if value.own else place, value.name)
        arguments = {**value.implied, **value.arguments}
        if value.own:
            return cls(*value.positional, **arguments)
        if getattr(cls, "get_config", None) is keras.layers.Layer.get_config:
            # Keras records the arguments of a layer without a get_config of its own, and can save only plain ones.
            return cls(**{key: plain_config(item) for key, item in arguments.items()})
        return cls(**{key: instantiate(item, path) for key, item in arguments.items()})
    if isinstance(value, Array):
        import numpy

        return numpy.array(value.values, value.dtype)
    if isinstance(value, list):
        return [instantiate(item, path) for item in value]
    if isinstance(value, tuple):
        return tuple(instantiate(item, path) for item in value)
    if isinstance(value, Mapping):
        return {key: instantiate(item, path) for key, item in value.items()}
    return value


def _assemble(planned: Plan, path: str) -> Assembled:
    keras = backend.keras()
    typed, watch = planned.typed, Watch(planned.typed, path)
    nested: dict[str, Assembled] = {}
    values: dict[int, Any] = {}
    layers: dict[str, Any] = {}

    def value(ref: Ref) -> Any:
        return part(values[ref.node], ref)

    for index, node in enumerate(typed.graph.nodes):
        if isinstance(node, Input):
            values[index] = keras.Input(batch_shape=node.shape, dtype=node.dtype, name=node.name)
    inputs = list(values.values())
    for step in planned.steps:
        _available(step)
        with watch.step(step):
            if step.is_function:
                values[step.node] = _function(step, typed, value)
                continue
            if isinstance(step.construct, Nested):
                nested[step.layer] = _assemble(step.construct.plan, path)
                layers[step.layer] = nested[step.layer].model
            elif step.construct is not None:
                layers[step.layer] = instantiate(_named(step.construct), path)
            tensors, arguments = call_arguments(step.op, value)
            values[step.node] = layers[step.layer](*tensors, **arguments)
        watch.declared(step, layers[step.layer], values[step.node])
    watch.finish()
    with watch.outputs():
        outputs = returned(typed, value)
    model = keras.Model(inputs[0] if len(inputs) == 1 else inputs, outputs, name=backend.layer_name(planned.name))
    return Assembled(model, planned, layers, values, nested)


def _available(step: Step) -> None:
    """Raises UsageError for a layer that Keras does not support with this back end."""
    layer, used = step.op.layer, backend.keras().config.backend()
    if layer is not None and layer.tensorflow_only and used != "tensorflow":
        help = "set `KERAS_BACKEND=tensorflow`; it is installed with pip install 'layerctl[tensorflow]'"
        raise UsageError(f"`{layer.keras_name()}` needs TensorFlow; this is Keras with {used}", help)


def _named(construct: Construct) -> Construct:
    """The same construct with the layer's name as Keras takes it."""
    return construct._replace(arguments={**construct.arguments, "name": backend.layer_name(construct.arguments["name"])})


def call_function(step: Step, typed: TypedGraph, value: Callable[[Ref], Any]) -> Any:
    """Calls a function of `keras.ops`; returns its result."""
    from layerctl.codegen import functions

    positional, keywords = functions.arguments(step, typed, value)
    function = getattr(backend.keras().ops, functions.operation(step).function())
    return function(*instantiate(positional), **{name: instantiate(item) for name, item in keywords.items()})


def _function(step: Step, typed: TypedGraph, value: Callable[[Ref], Any]) -> Any:
    """As `call_function`; names the resulting operation after the item, since functions have no argument for that."""
    result = call_function(step, typed, value)
    first = result[0] if isinstance(result, list | tuple) else result
    first._keras_history.operation.name = backend.layer_name(step.layer)
    return result


@contextmanager
def _seeded(seed: int | None) -> Iterator[None]:
    """Seeds Python's generator, from which Keras draws the seeds of initializers and seed generators; restores it afterwards."""
    if seed is None:
        yield
        return
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)

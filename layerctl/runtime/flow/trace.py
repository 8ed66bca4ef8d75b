"""Runs a model layer by layer, and describes each layer's outputs and weights."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from layerctl.analysis.costs import label, weights_of
from layerctl.analysis.reached import channel_axes
from layerctl.catalog.activations import CUT_OFF
from layerctl.codegen.plan import Nested, Plan, Step
from layerctl.compiler.pipeline import Accepted
from layerctl.graph.typed import TypedGraph
from layerctl.language.spec.train import Train
from layerctl.report.results.trace import CallTrace, Distribution, LayerTrace, WeightTrace
from layerctl.runtime.backends import backend
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.distribution import array, dead_units, describe, describe_gradient, describe_weight
from layerctl.runtime.flow.saturation import saturated
from layerctl.runtime.flow.walk import Called, inner_inputs, walk
from layerctl.runtime.training.class_weights import sample_weights
from layerctl.runtime.training.fit import compile_model


@dataclass(frozen=True, slots=True)
class Seen:
    """One call of a layer, as arrays.

    Attributes:
        typed: the graph of the layer.
        step: the call in the plan.
        layer: the Keras layer; None for a function.
        channels: the axis of the first output that holds the channels, or features.
    """

    typed: TypedGraph
    step: Step
    layer: Any
    inputs: list[Array]
    outputs: list[Array]
    channels: int

    @property
    def type(self) -> str:
        """The layer's class, or the function."""
        layer = self.step.op.layer
        assert layer is not None
        return layer.spec_name() if self.step.is_function else layer.keras_name()


@dataclass(frozen=True, slots=True)
class Flow:
    """The layers of a model in figures, and their calls as arrays.

    Attributes:
        layers: in the order of their first calls.
        calls: those that were kept, by the layer's name; `encoder/dense` within a nested model.
    """

    layers: tuple[LayerTrace, ...]
    calls: Mapping[str, Sequence[Seen]]


def flow(planned: Plan, model: Any, inputs: list[Any], *, keep: bool | str = False) -> Flow:
    """Runs the model on a tensor for each input; keeps the arrays of no layer, of all layers, or of the layer of that name."""
    kept: dict[str, list[Seen]] = {}
    return Flow(_layers(planned, model, inputs, keep, "", kept), kept)


def _layers(
    planned: Plan, model: Any, inputs: list[Any], keep: bool | str, within: str, kept: dict[str, list[Seen]]
) -> tuple[LayerTrace, ...]:
    """The layers of a model, or of the nested model whose name is `within`; adds their arrays to `kept`."""
    layers: dict[str, LayerTrace] = {}
    channels = channel_axes(planned.typed)
    for call in walk(planned, model, inputs):
        name = call.step.layer
        seen = _seen(planned.typed, call, channels.get(call.step.node))
        if keep is True or keep == within + name:
            kept.setdefault(within + name, []).append(seen)
        traced = _call(seen)
        if name in layers:
            layers[name] = replace(layers[name], calls=(*layers[name].calls, traced))
            continue
        inner = None
        if isinstance(call.step.construct, Nested):
            plan = call.step.construct.plan
            inner = _layers(plan, call.layer, inner_inputs(plan, call.inputs), keep, f"{within}{name}/", kept)
        layers[name] = LayerTrace(name, seen.type, (traced,), tuple(_weights(planned.typed, call)), inner)
    return tuple(layers.values())


def with_gradients(
    layers: tuple[LayerTrace, ...], model: Any, compiled: Accepted, train: Train, x: list[Array], y: Any
) -> tuple[float, tuple[LayerTrace, ...]]:
    """The loss of one batch as in training (penalties and weights of classes included), and each trained weight's gradient."""
    compile_model(model, compiled, train, len(x[0]))
    weights = sample_weights(compiled, train, y)
    loss, gradients = backend.particular().gradients(model, x if len(x) > 1 else x[0], y, weights)
    by_variable = {
        id(variable): describe_gradient(array(gradient))
        for variable, gradient in zip(model.trainable_variables, gradients, strict=True)
        if gradient is not None
    }
    return float(loss), _with_gradients(layers, model, by_variable)


def _with_gradients(layers: tuple[LayerTrace, ...], model: Any, gradients: Mapping[int, Distribution]) -> tuple[LayerTrace, ...]:
    """The layers of a model with the gradients of their weights, which are given by the `id` of the variable."""
    return tuple(
        _with_gradient(layer, model.get_layer(backend.layer_name(layer.name)), gradients)
        if layer.weights or layer.layers is not None
        else layer
        for layer in layers
    )


def _with_gradient(layer: LayerTrace, keras_layer: Any, gradients: Mapping[int, Distribution]) -> LayerTrace:
    pairs = zip(layer.weights, keras_layer.weights, strict=False)
    weights = tuple(weight._replace(gradient=gradients.get(id(variable))) for weight, variable in pairs)
    inner = None if layer.layers is None else _with_gradients(layer.layers, keras_layer, gradients)
    return replace(layer, weights=weights, layers=inner)


def _seen(typed: TypedGraph, call: Called, channels: int | None) -> Seen:
    flatten = backend.keras().tree.flatten
    inputs, outputs = ([array(value) for value in flatten(values)] for values in (call.inputs, call.output))
    return Seen(typed, call.step, call.layer, inputs, outputs, outputs[0].ndim - 1 if channels is None else channels)


def _call(seen: Seen) -> CallTrace:
    layer = seen.step.op.layer
    assert layer is not None
    return CallTrace(
        inputs=tuple(label(seen.typed, ref) for ref in seen.step.op.refs()),
        outputs=tuple(describe(values)._replace(saturated=saturated(values, layer)) for values in seen.outputs),
        input_std=_largest_deviation(seen.inputs),
        input_values=sum(x.size for x in seen.inputs),
        sums=layer.is_matrix,
        activation=layer.final_activation if layer.activation_is_last else None,
        units=dead_units(seen.outputs[0], seen.channels) if layer.final_activation in CUT_OFF else None,
    )


def _largest_deviation(inputs: Sequence[Array]) -> float | None:
    """The largest standard deviation of the arrays of floats; None if there are none, or if it is not a number."""
    largest = max((x.std().item() for x in inputs if x.dtype.kind == "f" and x.size), default=None)
    return largest if largest is not None and math.isfinite(largest) else None


def _weights(typed: TypedGraph, call: Called) -> Iterator[WeightTrace]:
    """The layer's weights, by the names that a summary gives them."""
    names = weights_of(typed, call.step.node) or ()
    for weight, row in zip(getattr(call.layer, "weights", ()), names, strict=False):
        yield describe_weight(row.name, array(weight), trainable=row.trainable)

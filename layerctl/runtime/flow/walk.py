"""Runs a built model layer by layer, and gives the inputs and the output of each call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from layerctl.codegen.plan import Plan, Step, call_arguments, plan
from layerctl.graph.graph import Input, Output, Ref
from layerctl.graph.nested import Functional
from layerctl.runtime.backends import backend
from layerctl.runtime.models.custom import part
from layerctl.runtime.models.masks import keep_masks


class Called(NamedTuple):
    """One call of a layer, with its inputs and its output; `layer` is the Keras layer, None for a function.

    `again` repeats the call with each input replaced by what a function makes of it.
    """

    step: Step
    layer: Any
    inputs: Any
    output: Any
    again: Callable[[Callable[[Any], Any]], Any]


def walk(
    planned: Plan, model: Any, inputs: list[Any], change: Callable[[Called], Any] = lambda call: call.output
) -> Iterator[Called]:
    """Runs a model for inference and gives each call; a tensor is released after the last call that reads it.

    Args:
        planned: the plan that the model was built from.
        model: the model, or one with the same layers by name.
        inputs: a tensor for each input.
        change: gives the tensor that replaces a call's output.
    """
    from layerctl.runtime.models.build import call_function

    values = _by_node(planned, inputs)
    last = {ref.node: step.node for step in planned.steps for ref in step.op.refs()}

    def value(ref: Ref) -> Any:
        return part(values[ref.node], ref)

    def called(step: Step, layer: Any, change: Callable[[Any], Any]) -> Any:
        def changed(ref: Ref) -> Any:
            return change(value(ref))

        if layer is None:
            return call_function(step, planned.typed, changed)
        positional, arguments = call_arguments(step.op, changed)
        return layer(*positional, **arguments)

    for step in planned.steps:
        layer = None if step.is_function else model.get_layer(backend.layer_name(step.layer))
        again = partial(called, step, layer)
        positional, arguments = call_arguments(step.op, value)
        output = again(lambda tensor: tensor)
        call = Called(step, layer, positional[0] if positional else arguments, output, again)
        values[step.node] = change(call)
        keep_masks(output, values[step.node])
        yield call._replace(output=values[step.node])
        for node in {ref.node for ref in step.op.refs()}:
            if last[node] == step.node:
                values.pop(node, None)


def _by_node(planned: Plan, inputs: list[Any]) -> dict[int, Any]:
    """The inputs by the indices of their nodes."""
    nodes = (index for index, node in enumerate(planned.typed.graph.nodes) if isinstance(node, Input))
    return dict(zip(nodes, inputs, strict=True))


def inner_inputs(planned: Plan, inputs: Any) -> list[Any]:
    """The inputs of a call of a nested model, in the order in which the nested model declares them."""
    if isinstance(inputs, Mapping):
        return [inputs[node.name] for node in planned.typed.graph.inputs]
    return list(inputs) if isinstance(inputs, list | tuple) else [inputs]


def nested(call: Called, change: Callable[[Called], Any]) -> Any:
    """The output of a call of a nested model, with each output within changed; None if the layer is not a nested model."""
    if not isinstance(call.step.op.layer, Functional):
        return None
    inner, graph = plan(call.step.op.layer.typed), call.step.op.layer.typed.graph
    ordered = sorted(graph.outputs, key=lambda output: output.name) if graph.keyed_outputs else graph.outputs
    outputs = run(inner, call.layer, inner_inputs(inner, call.inputs), change, ordered)
    return backend.keras().tree.pack_sequence_as(call.output, outputs)


def run(
    planned: Plan, model: Any, inputs: list[Any], change: Callable[[Called], Any], outputs: Sequence[Output] | None = None
) -> list[Any]:
    """The model's outputs in order, or in a given order, with the output of each call changed."""
    references = [output.ref for output in outputs or planned.typed.graph.outputs]
    wanted = {ref.node for ref in references}
    values = _by_node(planned, inputs)
    values |= {call.step.node: call.output for call in walk(planned, model, inputs, change) if call.step.node in wanted}
    return list(backend.keras().tree.flatten([part(values[ref.node], ref) for ref in references]))

"""A built model, one layer after another: what each is called on and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from layerctl.codegen.plan import Plan, Step, call_arguments, plan
from layerctl.graph.graph import Input, Ref
from layerctl.graph.nested import Functional
from layerctl.runtime.backends import backend
from layerctl.runtime.models.custom import part
from layerctl.runtime.models.masks import keep_masks


class Called(NamedTuple):
    """One call.

    Attributes:
        step: which.
        layer: the Keras layer; None for a function.
        inputs: what it was called on.
        output: what it gave.
    """

    step: Step
    layer: Any
    inputs: Any
    output: Any


def walk(
    planned: Plan, model: Any, inputs: list[Any], change: Callable[[Called], Any] = lambda call: call.output
) -> Iterator[Called]:
    """Runs a model as in use, not as in training, and gives each call; what nobody needs any more is let go.

    Args:
        planned: the calls that made the model.
        model: the model, or one with the same layers by name.
        inputs: a tensor for each input.
        change: what to go on with in place of a call's output.
    """
    from layerctl.runtime.models.build import call_function

    given = iter(inputs)
    nodes = planned.typed.graph.nodes
    values: dict[int, Any] = {index: next(given) for index, node in enumerate(nodes) if isinstance(node, Input)}
    last = {ref.node: step.node for step in planned.steps for ref in step.op.refs()}

    def value(ref: Ref) -> Any:
        return part(values[ref.node], ref)

    for step in planned.steps:
        if step.is_function:
            layer, (positional, arguments) = None, call_arguments(step.op, value)
            output = call_function(step, planned.typed, value)
        else:
            layer = model.get_layer(backend.layer_name(step.layer))
            positional, arguments = call_arguments(step.op, value)
            output = layer(*positional, **arguments)
        call = Called(step, layer, positional[0] if positional else arguments, output)
        values[step.node] = change(call)
        keep_masks(output, values[step.node])
        yield call._replace(output=values[step.node])
        for node in {ref.node for ref in step.op.refs()}:
            if last[node] == step.node:
                values.pop(node, None)


def inner_inputs(planned: Plan, given: Any) -> list[Any]:
    """What the inputs of a nested model are given, in their order."""
    if isinstance(given, Mapping):
        return [given[node.name] for node in planned.typed.graph.inputs]
    return list(given) if isinstance(given, list | tuple) else [given]


def nested(call: Called, change: Callable[[Called], Any]) -> Any:
    """What a nested model gives, each of its own calls' outputs changed on the way; None of another layer."""
    if not isinstance(call.step.op.layer, Functional):
        return None
    inner = plan(call.step.op.layer.typed)
    outputs = run(inner, call.layer, inner_inputs(inner, call.inputs), change)
    return backend.keras().tree.pack_sequence_as(call.output, outputs)


def run(planned: Plan, model: Any, inputs: list[Any], change: Callable[[Called], Any]) -> list[Any]:
    """The model's outputs, in order, each call's output changed on the way."""
    outputs = {output.ref.node for output in planned.typed.graph.outputs}
    nodes = planned.typed.graph.nodes
    given = dict(zip((index for index, node in enumerate(nodes) if isinstance(node, Input)), inputs, strict=True))
    kept = given | {call.step.node: call.output for call in walk(planned, model, inputs, change) if call.step.node in outputs}

    found = [part(kept[output.ref.node], output.ref) for output in planned.typed.graph.outputs]
    return list(backend.keras().tree.flatten(found))

"""Which positions of the inputs each call of a layer in a model depends on, and which axis of its output holds the channels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from layerctl.analysis.costs import calls_of
from layerctl.analysis.dependence import State
from layerctl.base.shapes import Shape, Tensor
from layerctl.catalog.layers._base import Layer, Reach, Read, Tree, leaves
from layerctl.graph.graph import Input, Op, Ref, RefTree
from layerctl.graph.graph import leaves as refs_of
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph

States = Mapping[int, State] | None
"""What a tensor depends on, by the number of the input; None if that is not known."""
Outputs = Mapping[tuple[int | str, ...], States]
"""The states of the outputs of a call, by their paths in it."""


class Reached(NamedTuple):
    """One call of a layer: what its first output depends on, that output, and the axis of the channels in it."""

    states: States
    output: Tensor | None
    channels: int | None


Calls = dict[tuple[str, int], Reached]
"""Calls by the layer (`encoder/dense` within a nested model) and the number of the call, from 0."""


def every_call(typed: TypedGraph) -> Calls:
    """All calls of all layers; of layers of a nested model those at its first call."""
    found: Calls = {}
    of_inputs = _of_inputs(typed)
    walk(typed, _start(typed, of_inputs), _axes(typed, of_inputs), found)
    return found


def _start(typed: TypedGraph, of_inputs: Sequence[int | None]) -> list[States]:
    """The states of the inputs, whose channels are on these axes."""
    nodes = enumerate(zip(typed.graph.inputs, of_inputs, strict=True))
    return [{number: State.of_input(node.shape)._replace(channels=axis)} for number, (node, axis) in nodes]


def _of_inputs(typed: TypedGraph) -> list[int | None]:
    """The axis of each input that the first layer with a data format takes for its channels; None if there is none."""
    unknown = [None] * len(typed.graph.inputs)
    states = walk(typed, _start(typed, unknown), {}, {})
    found = {number: state.channels for each in states if each is not None for number, state in each.items() if state.channels}
    return [found.get(number) for number in range(len(unknown))]


def channel_axes(typed: TypedGraph) -> Mapping[int, int]:
    """The axis of the channels in the first output of each node that is known, by its index; the batch is axis 0.

    The channels of an input are on the axis that the first layer with a data format takes them from, or else on the last one.
    """
    return _axes(typed, _of_inputs(typed))


def _axes(typed: TypedGraph, of_inputs: Sequence[int | None]) -> Mapping[int, int]:
    """As `channel_axes`, from the axes of the inputs, as far as these are known."""
    inputs = iter(of_inputs)
    axes: dict[int, int] = {}
    for index, node in enumerate(typed.graph.nodes):
        if isinstance(node, Input):
            axes[index] = next(inputs) or len(node.shape) - 1
        elif (output := typed.nodes[index].output) is not None and (tensor := next(leaves(output), None)) is not None:
            axes[index] = _channel_axis(typed, node, tensor, axes)
    return axes


def walk(typed: TypedGraph, start: Sequence[States], axes: Mapping[int, int], found: Calls, within: str = "") -> list[States]:
    """The states of the outputs; adds each call to `found`. `axes` are those of the channels, by node."""
    calls = {call: (owner, number) for owner, many in calls_of(typed).items() for number, call in enumerate(many)}
    left = iter(start)
    made: dict[int, Outputs] = {}
    for index, node in enumerate(typed.graph.nodes):
        if isinstance(node, Input):
            made[index] = {(): next(left)}
            continue
        if index not in calls:
            continue
        owner, number = calls[index]
        name = within + typed.graph.nodes[owner].name
        output = typed.nodes[index].output
        tensor = next(leaves(output), None) if output is not None else None
        inner = found if number == 0 and isinstance(node.layer, Functional) else {}
        made[index] = _op(typed, node, output, made, axes, inner, f"{name}/")
        found[name, number] = Reached(next(iter(made[index].values()), None), tensor, axes.get(index))
    return [_state(output.ref, made) for output in typed.graph.outputs]


def _channel_axis(typed: TypedGraph, op: Op, output: Tensor, axes: Mapping[int, int]) -> int:
    """The axis of the channels in the first output of a call, from those in the outputs of earlier nodes.

    A layer that makes channels, or has an argument `data_format`, says where they are; behind other layers they are where they
    were, or else on the last axis. Where axes are added, the last one counts. In a nested model they are where its layers say.
    """
    layer, last = op.layer, output.rank - 1
    if isinstance(layer, Functional) and typed.tree(op.inputs) is not None:
        inner, _, within = _within(typed, op, layer, axes)
        returned = inner.graph.outputs[0].ref
        return within.get(returned.node, last) if not returned.path else last
    if layer is None or layer.fully_connected:
        return last
    if layer.channels_first is not None:
        return 1 if layer.channels_first and last else last
    ref = next(iter(op.refs()), None)
    given = _given(typed, op, layer) if ref is not None and not ref.path else []
    reads = _reads(given[0].reach, given[0].shape, output.shape) if given else None
    axis = axes.get(ref.node) if ref is not None else None
    if not reads or not axis or len(reads) < last:
        return last
    read = reads[axis - 1]
    return (read.among[0] if len(read.among) == 1 else read.axis) or last


def _state(ref: Ref, made: Mapping[int, Outputs]) -> States:
    """The states of an output of a call; None if that is not known."""
    return made.get(ref.node, {}).get(ref.path)


def _op(
    typed: TypedGraph,
    op: Op,
    output: Tree | None,
    made: Mapping[int, Outputs],
    axes: Mapping[int, int],
    found: Calls,
    within: str,
) -> Outputs:
    """The states of a call's outputs; adds those of the layers of a nested model."""
    if op.layer is None or typed.tree(op.inputs) is None or output is None:  # without an output there is a mistake
        return {}
    if isinstance(op.layer, Functional):
        return _nested(typed, op, op.layer, made, axes, found, within)
    given = _given(typed, op, op.layer)
    outputs: dict[tuple[int | str, ...], States] = {}
    for number, (path, shape) in enumerate(_paths(output)):
        reads = [_reads(one.reach, one.shape, shape) for one in given]
        if number:  # what a layer says is of its first output: of others it is known where all depends on everything
            reads = [
                tuple(Read(None) for _ in each) if each is not None and all(read.axis is None for read in each) else None
                for each in reads
            ]
        after = [
            _after(_state(one.ref, made), each, one, shape, f"{within}{op.name}", op.layer)
            for one, each in zip(given, reads, strict=True)
        ]
        outputs[path] = _merged(after)
    return outputs


def _after(
    states: States, reads: tuple[Read, ...] | None, given: _Given, output: Shape, name: str, layer: Layer
) -> dict[int, State] | None:
    """The states behind a layer, as far as one of its inputs goes."""
    if states is None or (reads is None and not all(state.is_fixed() for state in states.values())):
        return None
    channels = None if layer.channels_first is None else layer.channel_axis % len(given.shape)
    return {
        number: state if reads is None else state.through(reads, given.shape, output, name, channels)
        for number, state in states.items()
    }


def _merged(every: Sequence[dict[int, State] | None]) -> States:
    """The states of what is computed from several tensors."""
    if None in every or not every:
        return None
    joined: dict[int, State] = {}
    for states in every:
        for number, state in (states or {}).items():
            joined[number] = state.joined(joined[number]) if number in joined else state
    return joined


def _nested(
    typed: TypedGraph,
    op: Op,
    layer: Functional,
    made: Mapping[int, Outputs],
    axes: Mapping[int, int],
    found: Calls,
    within: str,
) -> Outputs:
    inner, refs, inner_axes = _within(typed, op, layer, axes)
    states = [_state(ref, made) if isinstance(ref, Ref) else None for ref in refs]
    results = walk(inner, states, inner_axes, found, within)
    graph = inner.graph
    if graph.keyed_outputs:
        return {(output.name,): result for output, result in zip(graph.outputs, results, strict=True)}
    return {(number,): result for number, result in enumerate(results)} if len(results) > 1 else {(): results[0]}


def _within(
    typed: TypedGraph, op: Op, layer: Functional, axes: Mapping[int, int]
) -> tuple[TypedGraph, Sequence[RefTree], Mapping[int, int]]:
    """The graph of a nested model in a call, what is given to each of its inputs, and the axes of the channels in it."""
    tree = typed.tree(op.inputs)
    assert tree is not None
    inner = layer.called_on(tree)
    named = op.inputs if isinstance(op.inputs, Mapping) else None
    refs: Sequence[RefTree] = [named[name] for name in layer.input_names] if named else list(refs_of(op.inputs or ()))
    of_inputs = [axes.get(ref.node) if isinstance(ref, Ref) and not ref.path else None for ref in refs]
    return inner, refs, _axes(inner, of_inputs)


class _Given(NamedTuple):
    """A tensor that a layer is called on, and what the layer reads of it."""

    ref: Ref
    shape: Shape
    reach: Reach


def _given(typed: TypedGraph, op: Op, layer: Layer) -> list[_Given]:
    """The tensors of a call; empty if one is not known."""
    parts: list[tuple[int | str, Ref]] = []
    for name, tree in (("", op.inputs), *op.arguments.items()):
        first = name in ("", *layer.call_arguments[:1])
        parts += ((number if first else name, ref) for number, ref in enumerate(refs_of(tree) if tree is not None else ()))
    tensors = [(part, ref, typed.tensor(ref)) for part, ref in parts]
    known = [(part, ref, tensor.shape) for part, ref, tensor in tensors if isinstance(tensor, Tensor)]
    shapes = {part: shape for part, _, shape in reversed(known)}
    if len(known) < len(tensors):
        return []
    return [_Given(ref, shape, layer.reach_of(part, shapes, op.literals)) for part, ref, shape in known]


def _paths(output: Tree, path: tuple[int | str, ...] = ()) -> Iterator[tuple[tuple[int | str, ...], Shape]]:
    """The paths of the tensors of an output, with their shapes."""
    if isinstance(output, Tensor):
        yield path, output.shape
    else:
        for step, part in output.items() if isinstance(output, Mapping) else enumerate(output):
            yield from _paths(part, (*path, step))


def _reads(reach: Reach, shape: Shape, output: Shape) -> tuple[Read, ...] | None:
    """A reach with an entry for each axis of the input; an axis of size 1 is repeated where the output's is longer."""
    if reach == "all":
        return (Read(None),) * (len(shape) - 1)
    if reach != "place":
        return reach
    before = len(output) - len(shape)
    if before < 0:
        return None
    return tuple(
        Read(None) if shape[axis] == 1 != output[axis + before] else Read(axis + before) for axis in range(1, len(shape))
    )

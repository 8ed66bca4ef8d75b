"""The receptive field, the effective stride and the number of feature maps of each layer.

Along each axis between batch and channels, the values at one position of an output, all channels together, depend on a set of
positions of the input. `receptive_field` is how far that reaches, from the first position to the last, `receptive_positions` how
many there are: fewer where the field has gaps. The set of the next position lies `effective_stride` further on (Araujo, Norris
and Sim, Computing Receptive Fields of Convolutional Neural Networks, 2019). Behind a layer that enlarges, neighbouring positions
have fields of several sizes: the largest counts. Of several inputs that with the largest field counts. The axes have no ends:
near an edge part of the field lies on padding. `all` is the whole input; null what is not known exactly, or has no positions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from layerctl.analysis.costs import calls_of
from layerctl.analysis.dependence import Seen as Axis
from layerctl.analysis.dependence import State
from layerctl.base.positions import Positions
from layerctl.base.shapes import Shape, Tensor
from layerctl.catalog.layers._base import Layer, Reach, Read, Tree, leaves
from layerctl.graph.graph import Input, Op, Ref, RefTree
from layerctl.graph.graph import leaves as refs_of
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph

COLUMNS = ("receptive_field", "receptive_positions", "effective_stride", "feature_maps")
Seen = tuple[int | float, ...] | int | Literal["all"] | None


States = Mapping[int, State] | None
"""What a tensor depends on, by the number of the input; None if that is not known."""
Outputs = Mapping[tuple[int | str, ...], States]
"""The states of the outputs of a call, by their paths in it."""


class Field(NamedTuple):
    """The field of one call of a layer.

    Attributes:
        receptive_field: positions of the input, by axis.
        receptive_positions: how many of these count, by axis.
        effective_stride: positions of the input, by axis; a fraction where the output is larger than the input.
        feature_maps: the output's channels; None where it has no axes between batch and channels.
    """

    receptive_field: Seen
    effective_stride: Seen
    feature_maps: int | None
    receptive_positions: Seen = None


UNKNOWN = Field(None, None, None)
"""Of a layer within a nested model whose input is unknown."""
Fields = Mapping[tuple[str, int], Field]


class Further(NamedTuple):
    """The additional columns of a summary.

    Attributes:
        columns: their names.
        fields: by layer (`encoder/dense` within a nested model) and number of the call, from 0.
    """

    columns: tuple[str, ...]
    fields: Fields

    def of(self, name: str, number: int) -> tuple[Seen, ...]:
        """The values of the columns for a call."""
        field = self.fields.get((name, number), UNKNOWN)
        return tuple(getattr(field, column) for column in self.columns)

    def data(self, name: str, number: int) -> dict[str, Any]:
        """The values for a call by column, for JSON."""
        values = zip(self.columns, self.of(name, number), strict=True)
        return {column: list(value) if isinstance(value, tuple) else value for column, value in values}


def fields(typed: TypedGraph) -> Fields:
    """The field of every call of every layer; for layers of a nested model, at its first call."""
    found: dict[tuple[str, int], Field] = {}
    _walk(typed, [{number: State.of_input(node.shape)} for number, node in enumerate(typed.graph.inputs)], found, "")
    return found


def _walk(typed: TypedGraph, start: Sequence[States], fields: dict[tuple[str, int], Field], within: str) -> list[States]:
    """The states of the outputs; adds the field of each call to `fields`."""
    calls = {call: (owner, number) for owner, many in calls_of(typed).items() for number, call in enumerate(many)}
    left = iter(start)
    made: dict[int, Outputs] = {}
    first: dict[int, bool] = {}
    for index, node in enumerate(typed.graph.nodes):
        if isinstance(node, Input):
            made[index] = {(): next(left)}
            continue
        if index not in calls:
            continue
        owner, number = calls[index]
        name = within + typed.graph.nodes[owner].name
        channels_first = node.layer.channels_first if node.layer is not None else None
        first[index] = any(first.get(ref.node, False) for ref in node.refs()) if channels_first is None else channels_first
        output = typed.nodes[index].output
        inner = fields if number == 0 and isinstance(node.layer, Functional) else {}
        made[index] = _op(typed, node, output, made, inner, f"{name}/")
        fields[name, number] = _field(_first(made[index]), output, first=first[index])
    return [_state(output.ref, made) for output in typed.graph.outputs]


def _state(ref: Ref, made: Mapping[int, Outputs]) -> States:
    """The states of an output of a call; None if that is not known."""
    return made.get(ref.node, {}).get(ref.path)


def _first(outputs: Outputs) -> States:
    return next(iter(outputs.values()), None)


def _op(
    typed: TypedGraph,
    op: Op,
    output: Tree | None,
    made: Mapping[int, Outputs],
    fields: dict[tuple[str, int], Field],
    within: str,
) -> Outputs:
    """The states of a call's outputs; of a nested model adds the fields of its layers."""
    if op.layer is None or typed.tree(op.inputs) is None:
        return {}
    if isinstance(op.layer, Functional):
        return _nested(typed, op, op.layer, made, fields, within)
    paths = list(_paths(output)) if output is not None else []  # None: a mistake, as an input of the wrong rank
    parts = list(_parts(op, op.layer))
    tensors = [typed.tensor(ref) for _, ref in parts]
    if not paths or not all(isinstance(tensor, Tensor) for tensor in tensors):
        return {}
    shapes = [tensor.shape for tensor in tensors if isinstance(tensor, Tensor)]
    by_part = {part: shape for (part, _), shape in zip(reversed(parts), reversed(shapes), strict=True)}
    inputs = [(_state(ref, made), op.layer.reach_of(part, by_part, op.literals)) for part, ref in parts]
    outputs: dict[tuple[int | str, ...], States] = {}
    for path, made_shape in paths:
        joined: dict[int, State] | None = {}
        for (states, reach), shape in zip(inputs, shapes, strict=True):
            reads = _reads(reach, shape, made_shape)
            if path != paths[0][0]:  # what a layer says is of its first output: others are known where all depend on everything
                reads = tuple(Read(None) for _ in reads) if reads is not None and all(x.axis is None for x in reads) else None
            channels = op.layer.channels_at(len(shape))
            for number, state in ({} if states is None else states).items():
                after = state if state.is_fixed() else None
                if reads is not None:
                    after = state.through(reads, shape, made_shape, f"{within}{op.name}", channels)
                if after is None:
                    joined = None
                if joined is not None and after is not None:
                    joined[number] = after.joined(joined[number]) if number in joined else after
            joined = None if states is None else joined
        outputs[path] = joined or None
    return outputs


def _nested(
    typed: TypedGraph,
    op: Op,
    layer: Functional,
    made: Mapping[int, Outputs],
    fields: dict[tuple[str, int], Field],
    within: str,
) -> Outputs:
    tree = typed.tree(op.inputs)
    assert tree is not None
    inner = layer.called_on(tree)
    named = op.inputs if isinstance(op.inputs, Mapping) else None
    refs = [named[name] for name in layer.input_names] if named is not None else list(refs_of(op.inputs or ()))
    states = [_state(ref, made) if isinstance(ref, Ref) else None for ref in refs]
    results = _walk(inner, states, fields, within)
    graph = inner.graph
    if graph.keyed_outputs:
        return {(output.name,): result for output, result in zip(graph.outputs, results, strict=True)}
    return {(number,): result for number, result in enumerate(results)} if len(results) > 1 else {(): results[0]}


def _parts(op: Op, layer: Layer) -> Iterator[tuple[int | str, Ref]]:
    """The tensors of a call, each with its number in what the layer is called on, or the name of its argument."""

    def many(tree: RefTree | None) -> Iterator[Ref]:
        yield from refs_of(tree) if tree is not None else ()

    yield from enumerate(many(op.inputs))
    for name, tree in op.arguments.items():
        first = layer.call_arguments[:1] == (name,)
        yield from ((number if first else name, ref) for number, ref in enumerate(many(tree)))


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


def _field(states: States, output: Tree | None, *, first: bool) -> Field:
    tensor = next(leaves(output), None) if output is not None else None
    shape = tensor.shape if tensor is not None else ()
    at = (1 if first else len(shape) - 1) if len(shape) > 2 else None
    maps = shape[at] if at is not None else None
    every = [_seen(state, at) for state in states.values()] if states is not None else []
    if not every or None in every:
        return Field(None, None, maps)
    known = [one for one in every if one is not None]
    if any(all(axis.size == "all" for axis in one) for one in known):
        return Field("all", None, maps, "all")
    if len({len(one) for one in known}) > 1:
        return Field(None, None, maps)
    columns = list(zip(*known, strict=True))
    return Field(
        _all(max(_number(axis.size, axis.length) for axis in column) for column in columns),
        _all(_only({axis.stride for axis in column}) for column in columns),
        maps,
        _all(max(_number(axis.positions, axis.length) for axis in column) for column in columns),
    )


class _Extent(NamedTuple):
    """The field along one axis of an input; `length` is that of the axis, and numbers of positions can be `all` of it."""

    length: int | None
    size: int | Literal["all"]
    positions: int | Literal["all"] | None
    stride: int | float | None


def _seen(state: State, channels: int | None) -> tuple[_Extent, ...] | None:
    """The field along the axes of an input between batch and channels; None if it is not known, or there are none.

    Args:
        state: what the tensor depends on.
        channels: the axis of the tensor that holds the channels.
    """
    rank = len(state.seen) + 1
    left_out = (state.channels or rank - 1) if rank > 2 else None
    axes = [axis for number, axis in enumerate(state.seen, 1) if number != left_out]
    loose = state.loose - {channels} if channels is not None else frozenset()
    extents = [_extent(axis, channels) for axis in axes]
    if not extents or loose or None in extents:
        return None
    return tuple(extent for extent in extents if extent is not None)


def _extent(axis: Axis, channels: int | None) -> _Extent | None:
    if axis.moving is not None and axis.axis != channels:
        sets = axis.moving.sets
        sizes = [positions.size for positions in sets]
        stride = axis.moving.stride
        step = stride.numerator if stride.denominator == 1 else float(stride)
        largest = None if None in sizes else max(size for size in sizes if size is not None)
        return _Extent(axis.size, max(positions.extent for positions in sets), largest, step)
    if isinstance(axis.whole, Positions):
        return _Extent(axis.size, axis.whole.extent, axis.whole.size, None)
    return _Extent(axis.size, "all", "all", None) if axis.whole == "all" else None


def _number(value: int | Literal["all"] | None, length: int | None) -> float:
    """A number of positions, `all` being as many as the axis is long; infinite if it is not known."""
    number = length if value == "all" else value
    return float("inf") if number is None else number


def _all(values: Iterator[int | float | None]) -> tuple[int | float, ...] | None:
    """The values of all axes; None as soon as one is not known."""
    every = list(values)
    known = tuple(value for value in every if value is not None and value != float("inf"))
    return known if len(known) == len(every) else None


def _only(values: set[int | float | None]) -> int | float | None:
    return next(iter(values)) if len(values) == 1 else None

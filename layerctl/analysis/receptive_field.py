"""How far each layer sees: receptive field, effective stride, and the number of its feature maps.

Along each axis between batch and channels an output value is computed from `size` neighbouring positions of the input, and its
neighbour from those `stride` further on. An input has size 1 and stride 1. A window of w positions (`w = d (k - 1) + 1` for a
kernel of k with dilation d) that moves by s makes of them

    size' = size + (w - 1) · stride        stride' = stride · s

(Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks, 2019). What makes f positions of each one
divides the stride by f; behind it the size is the mean over the positions, rounded up. Where paths meet the largest counts, and
the stride is unknown where they differ in it. Padding is not counted: near an edge part of the field is outside. `all` is said
where a value comes from the whole of the input (Dense on a flattened image, global pooling, recurrent layers, attention), and
null where the positions are rearranged, or are not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Any, Literal, NamedTuple

from layerctl.analysis.costs import calls_of
from layerctl.base.shapes import Shape, Tensor
from layerctl.catalog.layers._base import Slide
from layerctl.graph.graph import Input, Op
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph

COLUMNS = ("receptive_field", "effective_stride", "feature_maps")
Seen = tuple[int | float, ...] | int | Literal["all"] | None


class Way(NamedTuple):
    """One axis: the positions of the input that a value comes from, and how far its neighbour's are from them."""

    size: Fraction
    stride: Fraction | None


State = tuple[Way, ...] | Literal["all"] | None


class Field(NamedTuple):
    """What is known of one call of a layer.

    Attributes:
        receptive_field: positions of the input, by axis.
        effective_stride: likewise; a fraction where the output is larger than the input.
        feature_maps: the output's channels; null where it has no axes but them.
    """

    receptive_field: Seen
    effective_stride: Seen
    feature_maps: int | None


UNKNOWN = Field(None, None, None)
"""Of a layer within a nested model whose input is unknown."""
Fields = Mapping[tuple[str, int], Field]


class Further(NamedTuple):
    """Columns of a summary that were asked for.

    Attributes:
        columns: their names.
        fields: by the layer, `encoder/dense` within a nested model, and the number of the call from 0.
    """

    columns: tuple[str, ...]
    fields: Fields

    def of(self, name: str, number: int) -> tuple[Seen, ...]:
        """What the columns show of a call."""
        field = self.fields.get((name, number), UNKNOWN)
        return tuple(getattr(field, column) for column in self.columns)

    def data(self, name: str, number: int) -> dict[str, Any]:
        """The same by key."""
        found = zip(self.columns, self.of(name, number), strict=True)
        return {column: list(value) if isinstance(value, tuple) else value for column, value in found}


def fields(typed: TypedGraph) -> Fields:
    """Every call of every layer, those of nested models at their first call."""
    found: dict[tuple[str, int], Field] = {}
    start: list[State] = [_start(node.shape) for node in typed.graph.inputs]
    _walk(typed, start, found, "")
    return found


def _start(shape: Shape) -> State:
    return (Way(Fraction(1), Fraction(1)),) * max(1, len(shape) - 2) if len(shape) > 1 else None


def _walk(typed: TypedGraph, given: list[State], found: dict[tuple[str, int], Field], within: str) -> dict[int, State]:
    """The states of all nodes."""
    calls = {call: (owner, number) for owner, many in calls_of(typed).items() for number, call in enumerate(many)}
    left = iter(given)
    states: dict[int, State] = {}
    first: dict[int, bool] = {}
    for index, node in enumerate(typed.graph.nodes):
        if isinstance(node, Input):
            states[index] = next(left)
            continue
        if index not in calls:
            continue
        owner, number = calls[index]
        name = within + typed.graph.nodes[owner].name
        read = list(dict.fromkeys(ref.node for ref in node.refs()))
        said = node.layer.channels_first if node.layer is not None else None
        first[index] = any(first.get(ref, False) for ref in read) if said is None else said
        states[index] = _op(typed, node, [states.get(ref) for ref in read], found, f"{name}/" if number == 0 else None)
        found[name, number] = _field(states[index], typed.nodes[index].output, first[index])
    return states


def _op(typed: TypedGraph, op: Op, states: list[State], found: dict[tuple[str, int], Field], within: str | None) -> State:
    """What a call gives; the layers of a nested model are noted at its first call."""
    tree = typed.tree(op.inputs)
    if op.layer is None or tree is None:
        return None
    if isinstance(op.layer, Functional):
        given = [states[0]] * len(op.layer.input_names) if len(states) == 1 else states
        inner = op.layer.called_on(tree)
        inside = _walk(inner, given, found if within is not None else {}, within or "")
        results = {inside[output.ref.node] for output in inner.graph.outputs}
        return results.pop() if len(results) == 1 else None
    shape = tree.shape if isinstance(tree, Tensor) else next((x.shape for x in _tensors(tree)), ())
    reach = op.layer.reach(shape)
    if reach == "all":
        return "all" if states and None not in states else None
    return _through(_joined(states), reach)


def _tensors(tree: Any) -> list[Tensor]:
    if isinstance(tree, Tensor):
        return [tree]
    return [tensor for part in (tree.values() if isinstance(tree, Mapping) else tree) for tensor in _tensors(part)]


def _joined(states: list[State]) -> State:
    """What a value sees that comes from several."""
    if None in states or not states:
        return None
    if "all" in states:
        return "all"
    ways: list[tuple[Way, ...]] = [state for state in states if isinstance(state, tuple)]
    if len({len(way) for way in ways}) > 1:
        return None
    return tuple(
        Way(max(way.size for way in axis), axis[0].stride if len({way.stride for way in axis}) == 1 else None)
        for axis in zip(*ways, strict=True)
    )


def _through(state: State, reach: tuple[Slide, ...] | Literal["place"] | None) -> State:
    """What a layer makes of it that does not look at all of its input."""
    if state is None or state == "all" or reach == "place":
        return state
    if reach is None or len(reach) != len(state) or any(way.stride is None for way in state):
        return None
    return tuple(
        Way(way.size + (slide.window - 1) * way.stride, way.stride * slide.stride / slide.spread)
        for way, slide in zip(state, reach, strict=True)
        if way.stride is not None
    )


def _field(state: State, output: Any, first: bool) -> Field:
    tensor = output if isinstance(output, Tensor) else next(iter(_tensors(output)), None) if output is not None else None
    shape = tensor.shape if tensor is not None else ()
    maps = (shape[1] if first else shape[-1]) if len(shape) > 2 else None
    if not isinstance(state, tuple):
        return Field(state, None, maps)
    strides = tuple(_plain(way.stride) for way in state if way.stride is not None)
    return Field(tuple(ceil(way.size) for way in state), strides if len(strides) == len(state) else None, maps)


def _plain(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)

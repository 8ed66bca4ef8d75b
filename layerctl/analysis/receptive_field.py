"""The receptive field, the effective stride and the number of feature maps of each layer.

Along each axis between batch and channels an output value is computed from `size` neighbouring positions of the input, and its
neighbour from those `stride` further on. An input has size 1 and stride 1. After a window of w positions (`w = d (k - 1) + 1` for
a kernel of k with dilation d) that moves by s they are

    size' = size + (w - 1) · stride        stride' = stride · s

(Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks, 2019). Upsampling by f divides the stride by
f; after it the size is the mean over the positions, rounded up. Where paths join, the largest size counts, and the stride is
unknown if they differ in it. Padding is not counted: near an edge part of the field lies outside. It is `all` where a value
depends on the whole input (Dense on a flattened image, global pooling, recurrent layers, attention), and null where positions
are rearranged, or do not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Any, Literal, NamedTuple

from layerctl.analysis.costs import calls_of
from layerctl.base.shapes import Shape
from layerctl.catalog.layers._base import Slide, leaves
from layerctl.graph.graph import Input, Op
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph

COLUMNS = ("receptive_field", "effective_stride", "feature_maps")
Seen = tuple[int | float, ...] | int | Literal["all"] | None


class AxisField(NamedTuple):
    """The field along one axis: how many input positions a value depends on, and how far further on its neighbour's are."""

    size: Fraction
    stride: Fraction | None


State = tuple[AxisField, ...] | Literal["all"] | None


class Field(NamedTuple):
    """The field of one call of a layer.

    Attributes:
        receptive_field: positions of the input, by axis.
        effective_stride: positions of the input, by axis; a fraction where the output is larger than the input.
        feature_maps: the output's channels; None where it has no axes between batch and channels.
    """

    receptive_field: Seen
    effective_stride: Seen
    feature_maps: int | None


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
    calls: dict[tuple[str, int], Field] = {}
    start: list[State] = [_start(node.shape) for node in typed.graph.inputs]
    _walk(typed, start, calls, "")
    return calls


def _start(shape: Shape) -> State:
    return (AxisField(Fraction(1), Fraction(1)),) * max(1, len(shape) - 2) if len(shape) > 1 else None


def _walk(typed: TypedGraph, start: list[State], fields: dict[tuple[str, int], Field], within: str) -> dict[int, State]:
    """The states of all nodes; adds the field of each call to `fields`."""
    calls = {call: (owner, number) for owner, many in calls_of(typed).items() for number, call in enumerate(many)}
    left = iter(start)
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
        channels_first = node.layer.channels_first if node.layer is not None else None
        first[index] = any(first.get(ref, False) for ref in read) if channels_first is None else channels_first
        output = typed.nodes[index].output
        states[index] = _op(typed, node, output, [states.get(ref) for ref in read], fields, f"{name}/" if number == 0 else None)
        fields[name, number] = _field(states[index], output, first[index])
    return states


def _op(
    typed: TypedGraph, op: Op, output: Any, states: list[State], fields: dict[tuple[str, int], Field], within: str | None
) -> State:
    """The state of a call's output; at the first call of a nested model (`within` given) adds the fields of its layers."""
    tree = typed.tree(op.inputs)
    if op.layer is None or tree is None:
        return None
    if isinstance(op.layer, Functional):
        start = [states[0]] * len(op.layer.input_names) if len(states) == 1 else states
        inner = op.layer.called_on(tree)
        inside = _walk(inner, start, fields if within is not None else {}, within or "")
        results = {inside[output.ref.node] for output in inner.graph.outputs}
        return results.pop() if len(results) == 1 else None
    if output is None:  # a mistake, as an input of the wrong rank: the layer cannot say how far it reaches
        return None
    shape = next((x.shape for x in leaves(tree)), ())
    reach = op.layer.reach(shape)
    if reach == "all":
        return "all" if states and None not in states else None
    return _through(_joined(states), reach)


def _joined(states: list[State]) -> State:
    """The state of a value that is computed from several inputs."""
    if None in states or not states:
        return None
    if "all" in states:
        return "all"
    fields: list[tuple[AxisField, ...]] = [state for state in states if isinstance(state, tuple)]
    if len({len(field) for field in fields}) > 1:
        return None
    return tuple(
        AxisField(max(field.size for field in axis), axis[0].stride if len({field.stride for field in axis}) == 1 else None)
        for axis in zip(*fields, strict=True)
    )


def _through(state: State, reach: tuple[Slide, ...] | Literal["place"] | None) -> State:
    """The state after a layer that moves a window, upsamples, or keeps positions."""
    if state is None or state == "all" or reach == "place":
        return state
    if reach is None or len(reach) != len(state) or any(field.stride is None for field in state):
        return None
    return tuple(
        AxisField(field.size + (slide.window - 1) * field.stride, field.stride * slide.stride / slide.spread)
        for field, slide in zip(state, reach, strict=True)
        if field.stride is not None
    )


def _field(state: State, output: Any, first: bool) -> Field:
    tensor = next(leaves(output), None) if output is not None else None
    shape = tensor.shape if tensor is not None else ()
    maps = (shape[1] if first else shape[-1]) if len(shape) > 2 else None
    if not isinstance(state, tuple):
        return Field(state, None, maps)
    strides = tuple(_plain(field.stride) for field in state if field.stride is not None)
    return Field(tuple(ceil(field.size) for field in state), strides if len(strides) == len(state) else None, maps)


def _plain(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)

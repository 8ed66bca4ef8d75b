"""Why a layer refuses its input, where the cause lies further up: found by trying what would happen without it.

Each advice here has been tried: with the change, the layer accepts its input.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from layerctl.base.shapes import Shape, Tensor, text
from layerctl.base.source import Span
from layerctl.catalog.layers._base import Layer, Refusal
from layerctl.catalog.layers._codes import KernelDoesNotFit, ShapesDoNotMerge, WrongRank
from layerctl.diagnostics import Advice, Edit, Sink
from layerctl.graph.graph import Input, Op
from layerctl.graph.infer.inferred import Inferred
from layerctl.graph.typed import UNKNOWN, Typed

MOST_CANDIDATES = 20
"""So many layers before the one with the mistake are suspected."""
COLOURS = (1, 2, 3, 4)
"""The numbers of channels that an image may have."""
COST = 5
"""To infer a layer anew takes as long as to compare so many names."""
POWERS = (2, 4, 8, 16, 32, 64, 128)


class Change(NamedTuple):
    """A model that differs in some nodes.

    Attributes:
        layers: other layers, for nodes by their index.
        inputs: other inputs, likewise.
        skipped: nodes that return their input unchanged.
    """

    layers: Mapping[int, Layer] = {}
    inputs: Mapping[int, Input] = {}
    skipped: frozenset[int] = frozenset()


class Search:
    """The search for the cause of one refusal.

    Attributes:
        before: the nodes that the call depends on, nearest first.
    """

    def __init__(self, inferred: Inferred, op: Op, refusal: Refusal) -> None:
        self.inferred = inferred
        self.nodes = inferred.graph.nodes
        self.op = op
        self.refusal = refusal
        self.index = len(inferred.typed)
        self.before = self._before()

    def _before(self) -> list[int]:
        needed = {ref.node for ref in self.op.refs()} | ({self.op.shared} if self.op.shared is not None else set())
        for index in range(self.index - 1, -1, -1):
            node = self.nodes[index]
            if index in needed and isinstance(node, Op):
                needed |= {ref.node for ref in node.refs()} | ({node.shared} if node.shared is not None else set())
        return sorted(needed, reverse=True)

    def calls(self) -> Iterator[tuple[int, Op, Layer]]:
        """The calls that may be the cause, nearest first."""
        for index in self.before[:MOST_CANDIDATES]:
            node = self.nodes[index]
            if isinstance(node, Op) and node.layer is not None:
                yield index, node, node.layer

    def layer(self, index: int) -> Layer:
        """The layer of a call whose layer is known."""
        node = self.nodes[index]
        assert isinstance(node, Op)
        assert node.layer is not None
        return node.layer

    def inputs(self) -> Iterator[tuple[int, Input]]:
        for index in self.before:
            node = self.nodes[index]
            if isinstance(node, Input):
                yield index, node

    def accepts(self, change: Change) -> bool:
        """Whether the call is accepted in the changed model. A change in a block counts for all its uses before the call."""
        if not self.inferred.sink.effort.spend(COST * (self.index + 1)):
            return False
        sink = Sink()
        sink.effort.left = 0  # no search within the search
        trial = type(self.inferred)(self.inferred.graph, sink)
        needed = set(self.before)
        for index in range(self.index):
            node = change.inputs.get(index, self.nodes[index])
            if index not in needed:
                typed = UNKNOWN
            elif isinstance(node, Input):
                typed = Typed(Tensor(node.shape, node.dtype))
            elif index in change.skipped:
                typed = Typed(trial.tree(node.inputs))
            else:
                typed = trial.op(node._replace(layer=change.layers.get(index, node.layer)))
            if len(sink):
                return False
            trial.typed.append(typed)
        trial.op(self.op)
        return not len(sink)

    def alike(self, index: int) -> list[int]:
        """The calls before this one that come from the same line of the spec, or call the same layer: they change together."""
        node = self.nodes[index]
        assert isinstance(node, Op)
        others = ((other, self.nodes[other]) for other in self.before)
        return [at for at, other in others if isinstance(other, Op) and (other.place == node.place or other.layer is node.layer)]


def found(inferred: Inferred, op: Op, refusal: Refusal) -> Advice | None:
    """The advice that fits the cause of a refusal; None where no cause is found."""
    if not inferred.sink.effort.spend(len(inferred.typed) + 1):
        return None
    search = Search(inferred, op, refusal)
    for cause in (last_step_only, batch_in_shape, channels_in_front, uneven, cut_edges, flattened):
        if (advice := cause(search)) is not None:
            return advice
    return None


def last_step_only(search: Search) -> Advice | None:
    """A recurrent layer before the call that returns its last step only."""
    for index, node, layer in search.calls():
        if layer.with_all_steps is None:
            continue
        layers = {other: search.layer(other).with_all_steps or search.layer(other) for other in search.alike(index)}
        if not search.accepts(Change(layers=layers)):
            continue
        wrapped = layer.wrapped
        inner = f"the {wrapped.spec_name()} in `{node.name}`" if wrapped is not layer else f"`{node.name}`"
        words = f"give {inner} `return_sequences: true`: without it, it returns its last step only"
        return Advice(
            words, edits=with_argument(node.place, wrapped.spec_name(), wrapped.first_argument(), "return_sequences: true")
        )
    return None


def batch_in_shape(search: Search) -> Advice | None:
    """An input whose shape begins with the batch."""
    for index, node in search.inputs():
        shape = node.shape[1:]
        if len(shape) < 2 or not (shape[0] is None or (search.refusal.code is WrongRank and len(shape) > 3)):
            continue
        if search.accepts(Change(inputs={index: node._replace(shape=(node.shape[0], *shape[1:]))})):
            written = listed(shape[1:])
            words = f"the batch is no part of a shape: write `{node.name}: {written}`"
            if shape[0] is not None:
                words = f"if {shape[0]} is the batch, leave it out: `{node.name}: {written}`; steps go through TimeDistributed"
            return Advice(words, edits=with_shape(node.place, written))
    return None


def channels_in_front(search: Search) -> Advice | None:
    """An image that is written channels first, `[3, 224, 224]`, before a layer that takes them last."""
    if search.refusal.code is not KernelDoesNotFit:
        return None
    for index, node in search.inputs():
        channels, *sizes = (*node.shape[1:], None)[:-1] or (None,)
        if channels not in COLOURS or len(sizes) < 2 or any(size is not None and size <= max(COLOURS) for size in sizes):
            continue
        if search.accepts(Change(inputs={index: node._replace(shape=(node.shape[0], *sizes, channels))})):
            written = listed((*sizes, channels))
            words = f"`{node.name}` is written channels first: write `{node.name}: {written}`, or give its layers "
            return Advice(f"{words}`data_format: channels_first`", edits=with_shape(node.place, written))
    return None


def uneven(search: Search) -> Advice | None:
    """Paths of different sizes because a pooling has cut an uneven size."""
    every = differing(search)
    for axes in (every, every[:-1], every[1:]) if every else ():  # the channels may differ, in front or behind
        for index, node in search.inputs():
            if not axes or len(node.shape) <= max(axes) or any(node.shape[axis] is None for axis in axes):
                continue
            for power in POWERS:
                fitting = [rounded(node.shape, axes, power, up) for up in (False, True)]
                if all(0 not in fit and search.accepts(Change(inputs={index: node._replace(shape=fit)})) for fit in fitting):
                    low, high = (listed(fit[1:]) for fit in fitting)
                    words = (
                        f"give `{node.name}` sizes divisible by {power}, such as {low} or {high}, or bring the paths to one size"
                    )
                    return Advice(f"{culprit(search)}{words} with ZeroPadding{len(axes)}D or Cropping{len(axes)}D")
    return None


def differing(search: Search) -> list[int]:
    """The axes, other than the last, along which the tensors to be merged differ; empty where it is not that."""
    shapes = [tensor.shape for ref in search.op.refs() if isinstance(tensor := search.inferred.tree(ref), Tensor)]
    if search.refusal.code is not ShapesDoNotMerge or len(shapes) < 2 or len({len(shape) for shape in shapes}) > 1:
        return []
    return [
        axis for axis in range(1, len(shapes[0])) if len({shape[axis] for shape in shapes} - {None}) > 1 and len(shapes[0]) > 2
    ]


def rounded(shape: Shape, axes: list[int], to: int, up: bool) -> Shape:
    """The shape with sizes along some axes that are multiples of a number."""
    return tuple((dim + (to - 1 if up else 0)) // to * to if axis in axes and dim else dim for axis, dim in enumerate(shape))


def culprit(search: Search) -> str:
    """Which layer has cut what: "`pool` makes 89 of 179: "."""
    for index in reversed(search.before):
        node = search.nodes[index]
        if not isinstance(node, Op) or node.layer is None or not node.layer.moves_window:
            continue
        given, made = search.inferred.tree(node.inputs), search.inferred.typed[index].output
        slides = node.layer.reach(given.shape) if isinstance(given, Tensor) else None
        if not isinstance(slides, tuple) or not isinstance(made, Tensor) or not isinstance(given, Tensor):
            continue
        if any(slide.dim is not None and slide.dim % slide.stride for slide in slides):
            return f"`{node.name}` makes {text(made.shape)} of {text(given.shape)}, which is no even part: "
    return ""


def cut_edges(search: Search) -> Advice | None:
    """Paths of different sizes because convolutions have cut the edges off."""
    if not differing(search):
        return None
    same = {index: layer.with_same_size for index, _, layer in search.calls() if layer.with_same_size is not None}
    if not same or not search.accepts(Change(layers=same)):
        return None
    names = ", ".join(f"`{search.nodes[index].name}`" for index in sorted(same)[:4])
    words = (
        f"a convolution without padding cuts the edges off: give {names} `padding: same`, or bring the paths to one size with "
    )
    places = {search.nodes[index].place: search.layer(index) for index in same}
    edits = [with_argument(place, layer.spec_name(), layer.first_argument(), "padding: same") for place, layer in places.items()]
    return Advice(words + "Cropping or ZeroPadding", edits=tuple(chain(*edits)) if all(edits) else ())


def flattened(search: Search) -> Advice | None:
    """A Flatten in front of a layer that needs the axes."""
    if search.refusal.code is not WrongRank:
        return None
    for index, node, layer in search.calls():
        given = search.inferred.tree(node.inputs)
        made = search.inferred.typed[index].output
        loses = isinstance(given, Tensor) and isinstance(made, Tensor) and made.rank < given.rank
        if loses and layer.only_reshapes and not layer.given() and search.accepts(Change(skipped=frozenset((index,)))):
            return Advice(f"remove `{node.name}`, or move it behind this layer, which needs the axes that it joins")
    return None


def listed(shape: Shape) -> str:
    return f"[{', '.join('null' if dim is None else str(dim) for dim in shape)}]"


def with_shape(place: Span, written: str) -> tuple[Edit, ...]:
    """Writes another shape behind the name of an input; empty where the text has another form."""
    match = re.compile(r":\s*(?:\{\s*shape:\s*)?(\[[^\[\]{}#$]*\])").match(place.source.text, place.end)
    return (Edit(Span(place.source, *match.span(1)), written),) if match is not None else ()


def with_argument(place: Span, name: str, first: str | None, written: str) -> tuple[Edit, ...]:
    """Adds an argument to the layer at a place, or to the one of that name within it; empty where the text has another form."""
    source, at = place.source, place.end
    if place.text != name:
        inner = re.compile(rf"[^\n]{{0,200}}?\b{re.escape(name)}\b").match(source.text, at)
        if inner is None:
            return ()
        at = inner.end()
    if (flow := re.compile(r":\s*\{").match(source.text, at)) is not None:
        return (Edit(Span(source, flow.end(), flow.end()), f"{written}, "),)
    if (block := re.compile(r":[^\S\n]*\n(\s+)(?=\w+:)").match(source.text, at)) is not None:
        return (Edit(Span(source, block.end(), block.end()), f"{written}\n{block[1]}"),)
    if (bare := re.compile(r": *([\w$.]+)(?=\s|[,}\]#]|$)").match(source.text, at)) is not None and first is not None:
        return (Edit(Span(source, *bare.span(1)), f"{{{first}: {bare[1]}, {written}}}"),)
    return ()

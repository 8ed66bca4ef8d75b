"""The search for what lies behind a refused call: what would happen in a model that differs in some nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from layerctl.base.shapes import Shape, Tensor
from layerctl.catalog.layers._base import Layer, Refusal, Slide
from layerctl.diagnostics import Sink
from layerctl.graph.graph import Input, Op, Ref
from layerctl.graph.infer.inferred import Inferred
from layerctl.graph.typed import UNKNOWN, Typed

MOST_CANDIDATES = 20
"""So many calls before the one with the mistake are suspected."""
COST = 5
"""To infer a layer anew takes as long as to compare so many names."""


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

    def windows(self) -> Iterator[tuple[int, Tensor, tuple[Slide, ...]]]:
        """The calls that move a window over their input, nearest first: each with that input, and how the window moves."""
        for index in self.before:
            node = self.nodes[index]
            if not isinstance(node, Op) or node.layer is None or not node.layer.moves_window:
                continue
            given = self.inferred.tree(node.inputs)
            slides = node.layer.slides(given.shape) if isinstance(given, Tensor) else ()
            if isinstance(given, Tensor) and slides:
                yield index, given, slides

    def joining(self) -> list[int]:
        """The calls without weights or arguments that join or drop axes, such as a Flatten or a global pooling; nearest first."""
        joining = []
        for index, node, layer in self.calls():
            given, made = self.inferred.tree(node.inputs), self.inferred.typed[index].output
            loses = isinstance(given, Tensor) and isinstance(made, Tensor) and made.rank < given.rank
            if loses and not layer.given() and type(layer).weights is Layer.weights:
                joining.append(index)
        return joining

    def inputs(self) -> Iterator[tuple[int, Input]]:
        """The inputs that the call depends on."""
        for index in self.before:
            node = self.nodes[index]
            if isinstance(node, Input):
                yield index, node

    def layer(self, index: int) -> Layer:
        """The layer of a call whose layer is known."""
        node = self.nodes[index]
        assert isinstance(node, Op)
        assert node.layer is not None
        return node.layer

    def alike(self, index: int) -> list[int]:
        """The calls before this one that come from the same line of the spec, or call the same layer: they change together."""
        node = self.nodes[index]
        assert isinstance(node, Op)
        others = ((other, self.nodes[other]) for other in self.before)
        return [at for at, other in others if isinstance(other, Op) and (other.place == node.place or other.layer is node.layer)]

    def accepts_input(self, index: int, shape: Shape) -> bool:
        """Whether the call is accepted where an input has another shape."""
        node = self.nodes[index]
        assert isinstance(node, Input)
        return self.accepts(Change(inputs={index: node._replace(shape=shape)}))

    def accepts(self, change: Change, *, further: int = 0) -> bool:
        """Whether the call, and so many items that follow it, are accepted in the changed model."""
        if not self.inferred.sink.effort.spend(COST * (self.index + 1)):
            return False
        sink = Sink()
        sink.effort.left = 0  # no search within the search
        trial = type(self.inferred)(self.inferred.graph, sink)
        needed = {*self.before, *range(self.index, self.index + further + 1)}
        for index in range(self.index + further + 1):
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
        return not len(sink)

    def following(self) -> Iterator[tuple[int, Op, Layer]]:
        """The items that follow the call, each on the output of the one before; numbered from 1."""
        for number in range(1, MOST_CANDIDATES):
            node = self.nodes[self.index + number] if self.index + number < len(self.nodes) else None
            if not isinstance(node, Op) or node.layer is None or node.inputs != Ref(self.index + number - 1):
                return
            yield number, node, node.layer

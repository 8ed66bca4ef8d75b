"""What is inferred of a graph's nodes so far; inference adds to it node by node."""

from __future__ import annotations

from layerctl.catalog.layers._base import Tree
from layerctl.diagnostics import Sink
from layerctl.graph.graph import Graph, RefTree
from layerctl.graph.typed import Typed, gathered


class Inferred:
    """A graph, what is inferred of its first nodes, and where mistakes go.

    Attributes:
        typed: what is inferred of each node, in order.
        held: what nodes give when the model runs, where that is of another dtype than Keras promises.
    """

    def __init__(self, graph: Graph, sink: Sink) -> None:
        self.graph = graph
        self.sink = sink
        self.typed: list[Typed] = []
        self.held: dict[int, Tree] = {}

    def tree(self, ref: RefTree | None, *, run: bool = False) -> Tree | None:
        """The tensors that references stand for, or what they are when the model runs; None as soon as one is unknown."""
        return gathered(self.typed, ref, self.held if run else {})

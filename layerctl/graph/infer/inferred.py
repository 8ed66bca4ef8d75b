"""The state of an inference: what is inferred for the nodes of a graph so far."""

from __future__ import annotations

from abc import ABC, abstractmethod

from layerctl.catalog.layers._base import Tree
from layerctl.diagnostics import Sink
from layerctl.graph.graph import Graph, Op, RefTree
from layerctl.graph.typed import Typed, gathered


class Inferred(ABC):
    """A graph, what is inferred for its first nodes, and where mistakes go.

    Attributes:
        typed: what is inferred for each node, in order.
        held: the outputs of nodes when the model runs, where their dtype differs from the one that Keras declares.
    """

    def __init__(self, graph: Graph, sink: Sink) -> None:
        self.graph = graph
        self.sink = sink
        self.typed: list[Typed] = []
        self.held: dict[int, Tree] = {}

    @abstractmethod
    def op(self, op: Op) -> Typed:
        """Infers a call."""

    def tree(self, ref: RefTree | None, *, run: bool = False) -> Tree | None:
        """The tensors that references stand for, with `run` as they are when the model runs; None as soon as one is unknown."""
        return gathered(self.typed, ref, self.held if run else {})

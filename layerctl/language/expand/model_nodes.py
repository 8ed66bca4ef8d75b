"""Collects the nodes of one model: their names, their inputs, and the remaining budget."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping as MappingABC
from typing import Any

from layerctl.base.source import Span
from layerctl.catalog.layers._base import Layer
from layerctl.diagnostics import Sink
from layerctl.graph.graph import Frame, Group, Input, Op, Ref, RefTree
from layerctl.language.bind import Binder
from layerctl.language.expand.blocks import Block
from layerctl.language.expand.scope import Bound, Scope
from layerctl.language.expand.unit import Budget, Meant, Unit
from layerctl.language.expand.wiring import Inputs, Level, inputs, literals
from layerctl.language.syntax import Node


class Lowering(ABC):
    """Collects the nodes of one model; its subclass `ItemLowering` lowers each kind of item.

    Attributes:
        known: the blocks and models by name.
        dtype: the model's default dtype policy.
        used: the names of the blocks and models used so far.
        open: the blocks and models that are being expanded, outermost first.
        incomplete: whether some definitions could not be read, so that an unknown operation may be one of them.
        hidden: whether a mistake hides some of the items and their names.
        nodes: inputs and calls so far.
        paths: the full name of each node → its index.
        groups: the full name of each use of a block → the block and its output.
    """

    def __init__(self, sink: Sink, max_layers: int, known: MappingABC[str, Block], dtype: str) -> None:
        self.sink = sink
        self.max_layers = max_layers
        self.known = known
        self.dtype = dtype
        self.used: set[str] = set()
        self.open: list[str] = []
        self.nodes: list[Input | Op] = []
        self.paths: dict[str, int] = {}
        self.groups: dict[str, Group] = {}
        self.frames: tuple[Frame, ...] = ()
        self.incomplete = False
        self.meant: dict[Span, Meant] = {}
        self.hidden = False
        self.budget = Budget(sink, max_layers)

    def within(self, block: Block, frames: tuple[Frame, ...] = ()) -> Lowering:
        """A new Lowering for a nested model or an unused block; it shares the budget."""
        inner = type(self)(self.sink, self.max_layers, self.known, self.dtype)
        inner.used, inner.incomplete, inner.budget = self.used, self.incomplete, self.budget
        inner.open = [*self.open, block.name]
        inner.frames = frames
        return inner

    def binder(self, names: MappingABC[str, Any]) -> Binder:
        """A binder with these variables, and the models that a layer can wrap."""
        return Binder(self.sink, names, self)

    def add_input(self, node: Input) -> int:
        self.nodes.append(node)
        self.paths[node.name] = len(self.nodes) - 1
        return len(self.nodes) - 1

    @abstractmethod
    def items(self, node: Node, level: Level, binder: Binder) -> RefTree | None:
        """Lowers a list of items; returns the output of the last."""

    @abstractmethod
    def unit(self, unit: Unit, level: Level) -> None:
        """Lowers one item."""

    @abstractmethod
    def wrapped_model(self, binder: Binder, name: str, arguments: Node | None, place: Span) -> Any:
        """A model inside another layer; FAILED where it holds a mistake."""

    def is_model(self, name: str) -> bool:
        return name in self.known and self.known[name].kind == "model"

    def model_names(self) -> list[str]:
        return [name for name, block in self.known.items() if block.kind == "model"]

    def call(
        self,
        unit: Unit,
        level: Level,
        layer: Layer | None,
        base: str | None,
        *,
        shared: int | None = None,
        sources: Inputs | None = None,
        hides: bool = False,
    ) -> None:
        """Adds the node of one call; without `base` it is a further call, which has a name only if the spec gives one."""
        sources = sources or inputs(unit, level, layer)
        name, place = self.named(unit, level.scope, base)
        if not name:
            owner = self.nodes[shared].name if shared is not None else "call"
            self.add(unit, level, f"{owner}@{len(self.nodes)}", layer, sources, shared=shared)
            return
        index = self.add(unit, level, name, layer, sources, shared=shared)
        if index is not None:
            level.scope.names[name] = Bound(Ref(index), place, None, index, hides)

    def named(self, unit: Unit, scope: Scope, base: str | None) -> tuple[str, Span]:
        """The unit's name, which is entered in the scope, and its place; empty for a further call without a name."""
        name = unit.name
        place = unit.wiring["name"].value.span if name is not None else unit.key.span
        if name is not None and scope.valid(name, place) and scope.define(name, Bound(None, place)):
            return name, place
        if base is None:
            return "", place
        name = scope.automatic(base)
        scope.names[name] = Bound(None, place)
        return name, place

    def add(
        self,
        unit: Unit,
        level: Level,
        name: str,
        layer: Layer | None,
        sources: Inputs,
        *,
        shared: int | None = None,
        place: Span | None = None,
    ) -> int | None:
        """Appends a node, which becomes the next item's default input; None once the limit is reached."""
        index = len(self.nodes)
        if not self.budget.add_layer(unit.key):
            return None
        path = name if "@" in name else level.scope.prefix + name
        values = literals(unit, layer)
        at = place or unit.key.span
        op = Op(path, layer, sources.main, at, sources.by_default, sources.further, values, shared, self.frames, sources.places)
        self.nodes.append(op)
        self.paths[path] = index
        level.follow(Ref(index))
        return index

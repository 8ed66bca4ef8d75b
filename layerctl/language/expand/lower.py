"""Units to graph nodes: binds arguments, resolves inputs, gives names."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import Any

from layerctl.base.source import Span
from layerctl.catalog import CATALOGS, Arguments, snake_case
from layerctl.catalog.layers._base import Layer
from layerctl.diagnostics import Sink
from layerctl.graph.graph import Frame, Group, Input, Op, Ref, RefTree
from layerctl.language.bind import DECLARING, FAILED, Binder, UnknownKey, WrongType, is_custom, shown
from layerctl.language.expand._codes import CannotReuse
from layerctl.language.expand.blocks import Block
from layerctl.language.expand.items import WIRING, Budget, Unit, units, unknown_operation
from layerctl.language.expand.scope import Bound, Scope
from layerctl.language.expand.wiring import Inputs, Level, inputs, literals
from layerctl.language.syntax import Mapping, Node, Scalar, Sequence


class Lowering:
    """Collects the nodes of one model.

    Attributes:
        known: the blocks and models by name.
        dtype: the model's default dtype policy.
        used: the names of the blocks and models that were used.
        open: those that are being expanded, outermost first.
        incomplete: whether an include could not be read, so that an unknown operation may be one of its blocks.
        hidden: whether a mistake hides some of the items, and their names.
        nodes: inputs and calls so far.
        paths: the full name of each node → its index.
        groups: the full name of each block instance → which block it is, and what it gives.
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
        self.hidden = False
        self.budget = Budget(sink, max_layers)

    def within(self, block: Block, frames: tuple[Frame, ...] = ()) -> Lowering:
        """Another model's, for a definition that this one holds: what is left of the limits is shared."""
        inner = Lowering(self.sink, self.max_layers, self.known, self.dtype)
        inner.used, inner.incomplete, inner.budget = self.used, self.incomplete, self.budget
        inner.open = [*self.open, block.name]
        inner.frames = frames
        return inner

    def binder(self, names: MappingABC[str, Any]) -> Binder:
        """A binder that knows these variables, and the models that a layer can be wrapped around."""
        return Binder(self.sink, names, self)

    def add_input(self, node: Input) -> int:
        self.nodes.append(node)
        self.paths[node.name] = len(self.nodes) - 1
        return len(self.nodes) - 1

    def items(self, node: Node, level: Level, binder: Binder) -> RefTree | None:
        """Lowers a list of items; returns what the last of them gives."""
        if not isinstance(node, Sequence):
            found = shown(node.value) if isinstance(node, Scalar) else "a mapping"
            self.sink.add(WrongType, node.span, f"`layers` takes a list of items, got {found}", help="begin each item with `- `")
            return None
        listed, live = [], 0
        for unit in units(node.items, binder, self.known, self.budget):
            listed.append(unit)
            live += not unit.dropped
            if live > self.max_layers:  # enough to know that there are too many
                break
        for unit in listed:
            if unit.name is not None and not unit.dropped:
                level.scope.reserved.add(unit.name)
                level.later.setdefault(unit.name, unit.wiring["name"].value.span)
            elif not unit.dropped and unit.name_unknown:
                level.scope.hidden = self.hidden = True
        for unit in listed:
            if self.budget.full or self.budget.left < 0:
                break
            self.unit(unit, level)
        if live > self.max_layers and not self.budget.full:
            self.budget.spend(listed[-1].key.span, self.budget.left + 1)
        return level.value

    def unit(self, unit: Unit, level: Level) -> None:
        operation = unit.operation
        if not operation:
            self.malformed(unit, level)
            return
        if ":" in operation and is_custom(operation):
            self.custom(unit, level)
            return
        if unit.wiring:
            self.declares_nothing(unit)
        if operation == "reuse":
            self.reuse(unit, level)
        elif operation == "branches":
            from layerctl.language.expand.branches import branches

            branches(self, unit, level)
        elif operation in self.known:
            from layerctl.language.expand.uses import use

            use(self, unit, level, self.known[operation])
        elif operation.startswith("ops."):
            self.function(unit, level)
        else:
            self.layer(unit, level)

    def malformed(self, unit: Unit, level: Level) -> None:
        """An item with a mistake in its form: its name stands for something unknown, and what follows it is unknown."""
        if unit.name is not None:
            name, place = self.named(unit, level.scope, None)
            if name:
                level.scope.names[name] = Bound(None, place, hides=True)
        self.hidden |= unit.hides
        level.scope.hidden |= unit.hides
        level.follow(None)

    def layer(self, unit: Unit, level: Level) -> None:
        cls = CATALOGS["layers"].find(unit.operation)
        if unit.dropped:
            self.form_only(unit, cls)
            return
        layer: Layer | None = None
        if cls is None:
            meant = unknown_operation(unit, self.known, sure=not self.incomplete)
            base = meant if meant in self.known else snake_case(meant) or "layer"
        else:
            base = cls.automatic_name()  # type: ignore[attr-defined]
            layer = unit.binder.arguments(cls, with_astray(unit, cls), unit.key.span, what=unit.operation)  # type: ignore[assignment]
        self.call(unit, level, layer, base, hides=cls is None)

    def custom(self, unit: Unit, level: Level) -> None:
        """A layer of the user's own; its class is not looked at."""
        if not unit.dropped:
            layer: Layer = unit.binder.custom(unit.operation, unit.value, unit.key.span, unit.wiring)
            self.call(unit, level, layer, snake_case(type(layer).keras_name()) or "layer")

    def declares_nothing(self, unit: Unit) -> None:
        """What only a custom layer declares must not stand beside another operation."""
        for key in DECLARING if not unit.dropped else ():
            if (node := unit.wiring.get(key)) is not None:
                help = "it stands only beside a custom layer (`package.module:Class`)"
                self.sink.add(UnknownKey, node.key.span, f"`{key}` does not go with {unit.operation}", help=help)

    def function(self, unit: Unit, level: Level) -> None:
        """A function of `keras.ops`."""
        from layerctl.language.expand import operations

        cls = operations.find(unit)
        if unit.dropped:
            self.form_only(unit, cls, known=True)
            return
        layer: Any = None
        if cls is not None:
            layer = unit.binder.arguments(cls, with_astray(unit, cls), unit.key.span, what=unit.operation)
        unit = operations.without_call(unit)
        self.call(unit, level, layer, unit.operation.removeprefix("ops."), given=operations.operands(unit, level, layer))

    def form_only(self, unit: Unit, cls: Any, *, known: bool = False) -> None:
        """Of a dropped item: its operation, unless it is `known` or reported, and the names of its arguments."""
        if cls is None and known:
            return
        if cls is None:
            unknown_operation(unit, self.known, sure=not self.incomplete)
        elif isinstance(unit.value, Mapping) and not unit.binder.is_first_object(cls, unit.value):
            for key, entry in unit.value.entries.items():
                if key not in cls.model_fields:
                    unit.binder.unknown_key(cls, key, entry, unit.value.entries, unit.operation)

    def reuse(self, unit: Unit, level: Level) -> None:
        """A further call of a layer that has been called already."""
        if unit.dropped:
            return
        shared = self.reused(unit, level)
        original = self.nodes[shared] if shared is not None else None
        layer = original.layer if isinstance(original, Op) else None
        if isinstance(original, Op) and original.shared is not None:
            shared = original.shared
        self.call(unit, level, layer, None, shared=shared)

    def reused(self, unit: Unit, level: Level) -> int | None:
        """The node that `reuse` names; None after a diagnostic."""
        name = unit.binder.plain(unit.value) if unit.value is not None else None
        if name is FAILED:
            return None
        place = unit.value.span if unit.value is not None else unit.key.span
        if not isinstance(name, str):
            help = "write `reuse: NAME`, with the name of a layer before it"
            self.sink.add(WrongType, place, f"`reuse` takes the name of a layer, got {shown(name)}", help=help)
            return None
        bound = level.scope.lookup(name, place, later=level.place_later)
        if bound is not None and bound.op is None and not bound.hides:
            kind = "a group of layers" if bound.inner is not None else "an input"
            layers = bound.inner.layers(f"{name}.") if bound.inner is not None else level.scope.layers()
            help = f"name a layer: {layers}" if layers else f"write a layer with `inputs: {name}`"
            self.sink.add(CannotReuse, place, f"`{name}` is {kind}; only a layer can be called again", help=help)
        node = self.nodes[bound.op] if bound is not None and bound.op is not None else None
        if isinstance(node, Op) and node.layer is not None and node.layer.is_function:
            written = node.layer.spec_name()
            message = f"`{name}` is a call of `{written}`, which has no weights to share; only a layer can be called again"
            self.sink.add(CannotReuse, place, message, help=f"write `- {written}` with its arguments again")
            return None
        return bound.op if bound is not None else None

    def is_model(self, name: str) -> bool:
        return name in self.known and self.known[name].kind == "model"

    def model_names(self) -> list[str]:
        return [name for name, block in self.known.items() if block.kind == "model"]

    def wrapped_model(self, binder: Binder, name: str, arguments: Node | None, place: Span) -> Any:
        """A model inside another layer; FAILED where it holds a mistake."""
        from layerctl.language.expand.uses import wrapped_model

        return wrapped_model(self, binder, name, arguments, place)

    def check_unused(self) -> None:
        """Looks for mistakes in blocks and models that nothing uses."""
        if not self.used.issuperset(self.known):
            from layerctl.language.expand.uses import check_unused

            check_unused(self)

    def call(
        self,
        unit: Unit,
        level: Level,
        layer: Layer | None,
        base: str | None,
        *,
        shared: int | None = None,
        given: Inputs | None = None,
        hides: bool = False,
    ) -> None:
        """The node of one call; `base` None is a further call, which has a name only if it is given one."""
        given = given or inputs(unit, level, layer)
        name, place = self.named(unit, level.scope, base)
        if not name:
            owner = self.nodes[shared].name if shared is not None else "call"
            self.add(unit, level, f"{owner}@{len(self.nodes)}", layer, given, shared=shared)
            return
        index = self.add(unit, level, name, layer, given, shared=shared)
        if index is not None:
            level.scope.names[name] = Bound(Ref(index), place, None, index, hides)

    def named(self, unit: Unit, scope: Scope, base: str | None) -> tuple[str, Span]:
        """The unit's name, now taken in the scope, and where it was given; empty for a further call without one."""
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
        given: Inputs,
        *,
        shared: int | None = None,
        place: Span | None = None,
    ) -> int | None:
        """Appends a node, which the next item then takes; None once the limit is reached."""
        index = len(self.nodes)
        if not self.budget.add_layer(unit.key.span):
            return None
        path = name if "@" in name else level.scope.prefix + name
        arguments = literals(unit, layer)
        at = place or unit.key.span
        op = Op(path, layer, given.main, at, given.by_default, given.further, arguments, shared, self.frames, given.places)
        self.nodes.append(op)
        self.paths[path] = index
        level.follow(Ref(index))
        return index


def with_astray(unit: Unit, cls: type[Arguments]) -> Node | None:
    """The unit's arguments, with those that stand beside the operation for want of indentation (which is reported)."""
    astray = {key: entry for key, entry in unit.wiring.items() if key not in WIRING and key in cls.model_fields}
    given = unit.value
    if not astray or not (given is None or isinstance(given, Mapping) or (isinstance(given, Scalar) and given.value is None)):
        return given
    entries = {**given.entries, **astray} if isinstance(given, Mapping) else astray
    return Mapping(unit.key.source, unit.key.start, unit.key.end, entries)

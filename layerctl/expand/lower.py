"""Units to graph nodes: binds arguments, resolves inputs, gives names."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import Any

from layerctl.bind import FAILED, Binder, UnknownKey, WrongType, shown
from layerctl.catalog import CATALOGS, Arguments, Kind, snake_case
from layerctl.diagnostics import Sink
from layerctl.expand._codes import CannotReuse, MalformedItem, NotAMerge, NotYetSupported, Recursion, TooManyLayers
from layerctl.expand.blocks import Block, any_arguments, arguments, unknown_parameters
from layerctl.expand.items import WIRING, Budget, Unit, is_custom, misspelled, units, unknown_operation
from layerctl.expand.scope import Bound, Scope
from layerctl.expand.wiring import Inputs, Level, block_inputs, inputs, literals, reference
from layerctl.graph import Frame, Input, Op, Ref, RefTree
from layerctl.layers._base import Layer
from layerctl.source import Span
from layerctl.syntax import Entry, Mapping, Node, Scalar, Sequence

MAX_NESTING = 64
BLOCK_STEPS = 7
"""What a use of a block takes of the budget, besides its items."""


class Lowering:
    """Collects the nodes of one model.

    Attributes:
        known: the blocks by name.
        used: the names of the blocks that were used.
        incomplete: whether an include could not be read, so that an unknown operation may be one of its blocks.
        nodes: inputs and calls so far.
        paths: the full name of each node → its index.
    """

    def __init__(self, sink: Sink, max_layers: int, known: MappingABC[str, Block]) -> None:
        self.sink = sink
        self.max_layers = max_layers
        self.known = known
        self.used: set[str] = set()
        self.open: list[str] = []
        self.nodes: list[Input | Op] = []
        self.paths: dict[str, int] = {}
        self.frames: tuple[Frame, ...] = ()
        self.full = False
        self.incomplete = False
        self.budget = Budget(sink, max_layers)

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
        for unit in listed:
            if self.full or self.budget.left < 0:
                break
            self.unit(unit, level)
        if live > self.max_layers and not self.full:
            self.budget.spend(listed[-1].key.span, self.budget.left + 1)
        return level.value

    def unit(self, unit: Unit, level: Level) -> None:
        operation = unit.operation
        if operation == "for":
            return  # a loop that was dropped; the others have become their items
        if operation == "reuse":
            self.reuse(unit, level)
        elif operation == "branches":
            self.branches(unit, level)
        elif operation in self.known:
            self.block(unit, level, self.known[operation])
        elif operation.startswith("ops.") or is_custom(operation):
            message = f"`{operation}` is not supported by this version"
            self.sink.add(NotYetSupported, unit.key.span, message, help="use a Keras layer in its place")
            self.call(unit, level, None, "layer")
        else:
            self.layer(unit, level)

    def layer(self, unit: Unit, level: Level) -> None:
        cls = CATALOGS["layers"].find(unit.operation)
        if unit.dropped:
            self.form_only(unit, cls)
            return
        layer: Layer | None = None
        if cls is None:
            unknown_operation(unit, self.known, sure=not self.incomplete)
        else:
            layer = unit.binder.arguments(cls, with_astray(unit, cls), unit.key.span, what=unit.operation)  # type: ignore[assignment]
        for key in ("output_shape", "weights"):
            if (node := unit.wiring.get(key)) is not None:
                help = "it stands only beside a custom layer (`package.module:Class`)"
                self.sink.add(UnknownKey, node.key.span, f"`{key}` does not go with {unit.operation}", help=help)
        base = (cls.automatic_name() if cls is not None else snake_case(unit.operation)) or "layer"  # type: ignore[attr-defined]
        self.call(unit, level, layer, base)

    def form_only(self, unit: Unit, cls: Any) -> None:
        """Of a dropped item: its operation and the names of its arguments."""
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
            self.sink.add(WrongType, place, f"`reuse` takes the name of a layer, got {shown(name)}")
            return None
        bound = level.scope.lookup(name, place, later=level.place_later)
        if bound is not None and bound.op is None:
            kind = "a group of layers" if bound.inner is not None else "an input"
            self.sink.add(CannotReuse, place, f"`{name}` is {kind}; only a layer can be called again")
        return bound.op if bound is not None else None

    def branches(self, unit: Unit, level: Level) -> None:
        """Parallel paths from one point, joined by the layer under `merge`."""
        if unit.dropped:
            return
        layer, base = self.merge(unit)
        start = inputs(unit, level, None)
        name, place = self.named(unit, level.scope, base)
        inner = Scope(self.sink)
        ends: list[RefTree] = []
        whole = True
        for key, branch in self.paths_of(unit):
            scope = Scope(self.sink, f"{level.scope.prefix}{name}.{key}.", level.scope)
            inner.names[key] = Bound(None, branch.span, scope)
            empty = isinstance(branch, Sequence) and not branch.items
            end = start.main if empty else self.items(branch, Level(scope, start.main), unit.binder)
            if end is None:
                whole = False
            else:
                ends.append(end)
        joined = tuple(ends) if ends and whole else None
        index = self.add(unit, level, name, layer, Inputs(joined, {}, False), place=self.merge_place(unit))
        if index is not None:
            level.scope.names[name] = Bound(Ref(index), place, inner, index)

    def block(self, unit: Unit, level: Level, block: Block) -> None:
        """A block, expanded in place; its items are named `INSTANCE.inner`."""
        self.used.add(block.name)
        if unit.dropped and block.layers is not None and isinstance(unit.value, Mapping):
            unknown_parameters(block, unit.value.entries, unit.binder)
        if unit.dropped or self.too_deep(unit, block) or not self.budget.spend(unit.key.span, BLOCK_STEPS):
            level.follow(level.value if unit.dropped else None)
            return
        values = arguments(block, unit) if block.layers is not None else {}
        given = block_inputs(unit, level, block)
        name, place = self.named(unit, level.scope, block.name)
        outer = self.frames
        self.frames = (*outer, Frame(unit.key.span, f"in the block `{block.name}`, used here as `{level.scope.prefix}{name}`"))
        self.open.append(block.name)
        scope, value = self.body(block, f"{level.scope.prefix}{name}.", given, values)
        self.open.pop()
        self.frames = outer
        level.scope.names[name] = Bound(value, place, scope)
        level.follow(value)

    def body(
        self, block: Block, prefix: str, given: tuple[RefTree | None, ...], values: MappingABC[str, Any]
    ) -> tuple[Scope, RefTree | None]:
        """A block's items with these inputs and parameters: their names, and what the block returns."""
        scope = Scope(self.sink, prefix)
        binder = Binder(self.sink, block.names).extended(values)
        for name, ref in zip(block.inputs or (), given, strict=False):
            scope.names[name] = Bound(ref, block.place)
        level = Level(scope, given[0] if len(given) == 1 else None, several=len(given) > 1)
        if block.layers is None:
            return scope, None
        last = self.items(block.layers, level, binder)
        if block.outputs is None:
            return scope, last
        if isinstance(block.outputs, Mapping):
            named = {key: reference(binder, entry.value, level) for key, entry in block.outputs.entries.items()}
            return scope, None if any(ref is None for ref in named.values()) else named  # type: ignore[return-value]
        return scope, reference(binder, block.outputs, level)

    def too_deep(self, unit: Unit, block: Block) -> bool:
        """Whether a block uses itself, or blocks are nested beyond the limit; reported."""
        if block.name in self.open:
            way = " → ".join([*self.open[self.open.index(block.name) :], block.name])
            message = f"the block `{block.name}` uses itself: {way}"
            self.sink.add(Recursion, unit.key.span, message, help="use a loop, or another block")
            return True
        if len(self.open) >= MAX_NESTING:
            message = f"blocks are nested deeper than {MAX_NESTING} levels"
            self.sink.add(TooManyLayers, unit.key.span, message, help="use fewer levels of blocks")
            return True
        return False

    def check_unused(self) -> None:
        """Looks for mistakes in blocks that nothing uses; what depends on a use stays unknown."""
        for name, block in self.known.items():
            if name not in self.used:
                apart = Lowering(self.sink, self.max_layers, self.known)
                apart.budget = self.budget
                apart.open.append(name)
                apart.body(block, "", (None,) * len(block.inputs or (None,)), any_arguments(block))

    def paths_of(self, unit: Unit) -> list[tuple[str, Node]]:
        """The branches by name, or by position."""
        node = unit.value
        if isinstance(node, Mapping) and node.entries:
            return [(key, entry.value) for key, entry in node.entries.items() if level_name(unit, key, entry)]
        if isinstance(node, Sequence) and node.items:
            return [(str(number), item) for number, item in enumerate(node.items)]
        place = node.span if node is not None else unit.key.span
        self.sink.add(WrongType, place, "`branches` takes a list of lists of items, or a mapping of names to such lists")
        return []

    def merge(self, unit: Unit) -> tuple[Layer | None, str]:
        """The layer under `merge`, and its automatic name; None after a diagnostic."""
        entry = unit.wiring.get("merge")
        if entry is None and misspelled(unit, "merge"):
            return None, "merge"
        if entry is None:
            help = "add `merge: Add`, or another merge layer"
            self.sink.add(MalformedItem, unit.key.span, "`branches` needs `merge`", label="`merge` is missing", help=help)
            return None, "merge"
        help = "use Add, Average, Concatenate, Dot, Maximum, Minimum, Multiply or Subtract"
        name, at = named_layer(entry.value)
        cls = CATALOGS["layers"].find(name)
        if cls is not None and cls.category != "merging":  # type: ignore[attr-defined]
            self.sink.add(NotAMerge, at, f"{cls.keras_name()} is no merge layer", help=help)
            return None, "merge"
        layer = unit.binder.object(Kind("layers"), entry.value)
        if isinstance(layer, Layer) and layer.category == "merging":
            return layer, snake_case(type(layer).keras_name())
        if layer is not FAILED:
            words = type(layer).keras_name() if isinstance(layer, Layer) else shown(layer)
            self.sink.add(NotAMerge, at, f"{words} is no merge layer", help=help)
        return None, "merge"

    @staticmethod
    def merge_place(unit: Unit) -> Span:
        return unit.wiring["merge"].key.span if "merge" in unit.wiring else unit.key.span

    def call(self, unit: Unit, level: Level, layer: Layer | None, base: str | None, *, shared: int | None = None) -> None:
        """The node of one call; `base` None is a further call, which has a name only if it is given one."""
        given = inputs(unit, level, layer)
        name, place = self.named(unit, level.scope, base)
        if not name:
            owner = self.nodes[shared].name if shared is not None else "call"
            self.add(unit, level, f"{owner}@{len(self.nodes)}", layer, given, shared=shared)
            return
        index = self.add(unit, level, name, layer, given, shared=shared)
        if index is not None:
            level.scope.names[name] = Bound(Ref(index), place, None, index)

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
        if index >= self.max_layers:
            message = f"the spec expands to more than {self.max_layers:,} layers"
            help = "lower the counts, or raise the limit with `--max-layers`"
            self.sink.add(TooManyLayers, unit.key.span, message, help=help)
            self.full = True
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


def named_layer(node: Node) -> tuple[str, Span]:
    """The layer that a value names, before its arguments are read, and where; empty where it names none."""
    if isinstance(node, Mapping) and len(node.entries) == 1:
        ((name, entry),) = node.entries.items()
        return name, entry.key.span
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else "", node.span


def level_name(unit: Unit, key: str, entry: Entry) -> bool:
    """Whether a branch's name can be one."""
    return Scope(unit.binder.sink).valid(key, entry.key.span)

"""Units to graph nodes: binds arguments, resolves inputs, gives names."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass
from typing import Any

from layerctl.bind import FAILED, Binder, UnknownKey, WrongType, shown
from layerctl.catalog import CATALOGS, snake_case
from layerctl.diagnostics import Sink, suggestion
from layerctl.expand._codes import CannotReuse, InputsNeeded, MalformedItem, NotYetSupported, TooManyLayers
from layerctl.expand.items import Unit, units, unknown_operation
from layerctl.expand.scope import Bound, Scope
from layerctl.graph import Frame, Input, Op, Ref, RefTree
from layerctl.layers._base import Layer
from layerctl.source import Span
from layerctl.syntax import Mapping, Node, Scalar, Sequence


@dataclass(slots=True)
class Position:
    """Where a list of items stands: what the next item takes if it names no input.

    Attributes:
        value: the default input; None where it is unknown because of a mistake.
        several: whether the item has to name its inputs, because the scope has several.
    """

    value: RefTree | None
    several: bool = False


class Lowering:
    """Collects the nodes of one model.

    Attributes:
        nodes: inputs and calls so far.
        paths: the full name of each node → its index.
    """

    def __init__(self, sink: Sink, max_layers: int) -> None:
        self.sink = sink
        self.max_layers = max_layers
        self.nodes: list[Input | Op] = []
        self.paths: dict[str, int] = {}
        self.frames: tuple[Frame, ...] = ()
        self.full = False

    def add_input(self, node: Input) -> int:
        self.nodes.append(node)
        self.paths[node.name] = len(self.nodes) - 1
        return len(self.nodes) - 1

    def items(self, node: Node, scope: Scope, binder: Binder, default: RefTree | None, *, several: bool = False) -> RefTree | None:
        """Lowers a list of items; returns what the last of them gives."""
        if not isinstance(node, Sequence):
            found = shown(node.value) if isinstance(node, Scalar) else "a mapping"
            self.sink.add(WrongType, node.span, f"`layers` takes a list of items, got {found}", help="begin each item with `- `")
            return None
        if not node.items:
            self.sink.add(MalformedItem, node.span, "`layers` is empty", help="add a layer: `- Dense: 10`")
            return None
        found_units = list(units(node.items, binder, {}, self.max_layers))
        later: dict[str, Span] = {}
        for unit in found_units:
            if unit.name is not None and not unit.dropped:
                scope.reserved.add(unit.name)
                later.setdefault(unit.name, unit.wiring["name"].value.span)
        position = Position(default, several)
        for unit in found_units:
            if self.full:
                break
            self.unit(unit, scope, position, lambda name: later.get(name) if name not in scope.names else None)
        return position.value

    def unit(self, unit: Unit, scope: Scope, position: Position, later: Callable[[str], Span | None]) -> None:
        operation = unit.operation
        if operation == "reuse":
            self.reuse(unit, scope, position, later)
        elif operation in ("branches", "for", "merge", "layers") or operation.startswith("ops.") or ":" in operation:
            message = f"`{operation}` is not supported by this version"
            self.sink.add(NotYetSupported, unit.key.span, message, help="write the layers out")
            position.value, position.several = None, False
        else:
            self.layer(unit, scope, position, later)

    def layer(self, unit: Unit, scope: Scope, position: Position, later: Callable[[str], Span | None]) -> None:
        cls = CATALOGS["layers"].find(unit.operation)
        if unit.dropped:
            self.form_only(unit, cls)
            return
        layer: Layer | None = None
        if cls is None:
            unknown_operation(unit, {})
        else:
            layer = unit.binder.arguments(cls, unit.value, unit.key.span, what=unit.operation)  # type: ignore[assignment]
        for key in ("output_shape", "weights"):
            if (node := unit.wiring.get(key)) is not None:
                help = "it stands only beside a custom layer (`package.module:Class`)"
                self.sink.add(UnknownKey, node.key.span, f"`{key}` does not go with {unit.operation}", help=help)
        base = snake_case(cls.keras_name() if cls is not None else unit.operation) or "layer"
        self.call(unit, scope, position, later, layer, base, None)

    def form_only(self, unit: Unit, cls: Any) -> None:
        """Of a dropped item: its operation and the names of its arguments."""
        if cls is None:
            unknown_operation(unit, {})
        elif isinstance(unit.value, Mapping) and not unit.binder.is_first_object(cls, unit.value):
            for key, entry in unit.value.entries.items():
                if key not in cls.model_fields:
                    unit.binder.unknown_key(cls, key, entry, unit.value.entries, unit.operation)

    def reuse(self, unit: Unit, scope: Scope, position: Position, later: Callable[[str], Span | None]) -> None:
        if unit.dropped:
            return
        name = unit.binder.plain(unit.value) if unit.value is not None else None
        shared: int | None = None
        if not isinstance(name, str):
            if name is not FAILED:
                place = unit.value.span if unit.value is not None else unit.key.span
                self.sink.add(WrongType, place, f"`reuse` takes the name of a layer, got {shown(name)}")
        else:
            assert unit.value is not None
            bound = scope.lookup(name, unit.value.span, later=later)
            if bound is not None and bound.op is None:
                kind = "a group of layers" if bound.inner is not None else "an input"
                message = f"`{name}` is {kind}; only a layer can be called again"
                self.sink.add(CannotReuse, unit.value.span, message)
            elif bound is not None:
                shared = bound.op
        original = self.nodes[shared] if shared is not None else None
        layer = original.layer if isinstance(original, Op) else None
        if isinstance(original, Op) and original.shared is not None:
            shared = original.shared
        self.call(unit, scope, position, later, layer, None, shared)

    def call(
        self,
        unit: Unit,
        scope: Scope,
        position: Position,
        later: Callable[[str], Span | None],
        layer: Layer | None,
        base: str | None,
        shared: int | None,
    ) -> None:
        """Adds the node of one call, and names it; `base` None is a further call, which has a name only if it is given one."""
        if len(self.nodes) >= self.max_layers:
            message = f"the spec expands to more than {self.max_layers:,} layers"
            self.sink.add(TooManyLayers, unit.key.span, message, help="lower the counts, or raise the limit with `--max-layers`")
            self.full = True
            return
        inputs, arguments, by_default = self.inputs(unit, scope, position, later, layer)
        literals = self.literals(unit, layer)
        name = unit.name
        place = unit.wiring["name"].value.span if unit.name is not None and "name" in unit.wiring else unit.key.span
        index = len(self.nodes)
        bound = Bound(Ref(index), place, None, index)
        if name is not None and not (scope.valid(name, place) and scope.define(name, bound)):
            name = None
        if name is None and base is not None:
            name = scope.automatic(base)
            scope.names[name] = bound
        path = scope.prefix + name if name is not None else f"{self.nodes[shared].name if shared is not None else 'call'}@{index}"
        op = Op(
            path, layer, inputs, unit.key.span, by_default, arguments or {}, literals, shared, self.frames
        )
        self.nodes.append(op)
        self.paths[path] = index
        position.value, position.several = Ref(index), False

    def inputs(
        self,
        unit: Unit,
        scope: Scope,
        position: Position,
        later: Callable[[str], Span | None],
        layer: Layer | None,
    ) -> tuple[RefTree | None, dict[str, RefTree], bool]:
        """What a unit is called on, its further tensors, and whether it named no input."""
        node = unit.wired("inputs")
        if node is None:
            if position.several:
                known = ", ".join(f"`{name}`" for name in scope.names)
                self.sink.add(
                    InputsNeeded,
                    unit.key.span,
                    "there are several inputs; this item must say which it takes",
                    help=f"add `inputs:` below it, with one of {known}",
                )
            return position.value, {}, True
        if isinstance(node, Mapping):
            return self.mapped(unit, node, scope, later, layer)
        return self.reference(unit.binder, node, scope, later), {}, False

    def reference(self, binder: Binder, node: Node, scope: Scope, later: Callable[[str], Span | None]) -> RefTree | None:
        """A reference, or a list of them."""
        if isinstance(node, Sequence):
            parts = [self.reference(binder, item, scope, later) for item in node.items]
            return None if any(part is None for part in parts) else tuple(parts)  # type: ignore[arg-type]
        value = binder.plain(node)
        if value is FAILED:
            return None
        values = value if isinstance(value, tuple) else (value,)
        for part in values:
            if not isinstance(part, str):
                help = "write the name of an input or of an item before this one"
                self.sink.add(WrongType, node.span, f"`inputs` takes references, got {shown(part)}", help=help)
                return None
        refs = [scope.resolve(part, node.span, later) for part in values]
        if any(ref is None for ref in refs):
            return None
        return tuple(refs) if isinstance(value, tuple) else refs[0]  # type: ignore[arg-type]

    def mapped(
        self, unit: Unit, node: Mapping, scope: Scope, later: Callable[[str], Span | None], layer: Layer | None
    ) -> tuple[RefTree | None, dict[str, RefTree], bool]:
        """`inputs` by Keras's call arguments."""
        found: dict[str, RefTree | None] = {}
        for key, entry in node.entries.items():
            if layer is not None and key not in layer.call_arguments:
                message = f"{unit.operation} is not called with `{key}`"
                help = suggestion(key, layer.call_arguments, kind="it is called with")
                self.sink.add(UnknownKey, entry.key.span, message, help=help)
                continue
            found[key] = self.reference(unit.binder, entry.value, scope, later)
        first = layer.call_arguments[0] if layer is not None else next(iter(found), "")
        if layer is not None and first not in node.entries:
            message = f"`inputs` of {unit.operation} needs `{first}`"
            self.sink.add(InputsNeeded, node.span, message, help=f"add `{first}: NAME`")
        main = found.pop(first, None)
        others = {key: value for key, value in found.items() if value is not None}
        return (None if len(others) < len(found) else main), others, False

    def literals(self, unit: Unit, layer: Layer | None) -> MappingABC[str, Any]:
        """`call_args`: plain keyword arguments of the call."""
        node = unit.wired("call_args")
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            self.sink.add(WrongType, node.span, "`call_args` takes a mapping of the call's arguments", help="`{training: true}`")
            return {}
        values = {}
        for key, entry in node.entries.items():
            known = layer.call_arguments[1:] if layer is not None else (key,)
            if key not in known:
                message = f"{unit.operation} is not called with `{key}`"
                self.sink.add(UnknownKey, entry.key.span, message, help=suggestion(key, known, kind="further call arguments"))
                continue
            value = unit.binder.plain(entry.value)
            if value is not FAILED:
                values[key] = value
        return values

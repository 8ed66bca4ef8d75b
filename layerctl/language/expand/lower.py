"""Turns units into graph nodes: binds arguments, resolves inputs, assigns names."""

from __future__ import annotations

import re
from typing import Any

from layerctl.base.source import Span
from layerctl.catalog import Arguments, snake_case
from layerctl.catalog.layers._base import Layer, layer_class
from layerctl.diagnostics import Advice, Edit
from layerctl.graph.graph import Op, RefTree
from layerctl.language.bind import DECLARING, FAILED, Binder, UnknownKey, WrongType, is_custom, is_failed, shown
from layerctl.language.expand._codes import CannotReuse
from layerctl.language.expand.items import units
from layerctl.language.expand.model_nodes import Lowering
from layerctl.language.expand.scope import Bound
from layerctl.language.expand.unit import WIRING, Meant, Unit, unknown_operation
from layerctl.language.expand.wiring import Level
from layerctl.language.syntax import Mapping, Node, Scalar, Sequence

DASHES = ("-", "–", "—", "•")
MOST = 200
"""So many characters of a malformed item are searched for the name that it would have had."""


class ItemLowering(Lowering):
    """Lowers items of every kind."""

    def items(self, node: Node, level: Level, binder: Binder) -> RefTree | None:
        node = binder.spelled_out(node)
        if not isinstance(node, Sequence):
            level.scope.hidden = self.hidden = True
            if not is_failed(node):
                value = shown(node.value) if isinstance(node, Scalar) else "a mapping"
                help = written_as_mapping(node) if isinstance(node, Mapping) else Advice("begin each item with `- `")
                self.sink.add(WrongType, node.span, f"`layers` takes a list of items, got {value}", help=help)
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
            elif unit.wiring and not unit.dropped and unit.name_unknown:
                level.scope.hidden = self.hidden = True
        for unit in listed:
            if self.budget.full or self.budget.left < 0:
                break
            self.unit(unit, level)
        if live > self.max_layers and not self.budget.full:
            self.budget.spend(listed[-1].key, self.budget.left + 1)
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
        """A malformed item: the outputs that its name and the next item's default input stand for are unknown."""
        if unit.name is not None:
            name, place = self.named(unit, level.scope, None)
            if name:
                level.scope.names[name] = Bound(None, place, hides=True)
        self.hidden |= unit.hides
        level.scope.hidden |= unit.hides
        level.scope.unread |= names_in(unit.key.span.text)
        level.follow(None)

    def layer(self, unit: Unit, level: Level) -> None:
        cls = layer_class(unit.operation)
        if unit.dropped:
            self.form_only(unit, cls)
            return
        layer: Layer | None = None
        if cls is None:
            meant, is_sure = self.meant_by(unit)
            base = meant if meant in self.known else snake_case(meant) or "layer"
            level.scope.unread |= names_in(unit.operation)
            if is_sure and (other := layer_class(meant)) is not None:
                unit = self.with_inputs(unit._replace(operation=meant), other)
                unit.binder.arguments(other, with_astray(unit, other), unit.key.span, what=meant)  # reports its mistakes
        else:
            base = cls.automatic_name()
            unit = self.with_inputs(unit, cls)
            layer = unit.binder.arguments(cls, with_astray(unit, cls), unit.key.span, what=unit.operation)  # type: ignore[assignment]
        self.call(unit, level, layer, base, hides=cls is None)

    @staticmethod
    def with_inputs(unit: Unit, cls: type[Layer]) -> Unit:
        """The unit with its inputs beside it where a merge layer has them in place of its arguments (which is reported)."""
        if cls.input_kind != "list" or not isinstance(unit.value, Sequence) or "inputs" in unit.wiring:
            return unit
        from layerctl.language.expand.written import merged, names_inputs

        return merged(unit) if names_inputs(unit.value) else unit

    def custom(self, unit: Unit, level: Level) -> None:
        """A custom layer; its class is not imported."""
        if not unit.dropped:
            layer: Layer = unit.binder.custom(unit.operation, unit.value, unit.key.span, unit.wiring)
            self.call(unit, level, layer, snake_case(type(layer).keras_name()) or "layer")

    def declares_nothing(self, unit: Unit) -> None:
        """Reports keys of custom layers (`output_shape`, `weights`) beside another operation."""
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
        self.call(unit, level, layer, unit.operation.removeprefix("ops."), sources=operations.operands(unit, level, layer))

    def meant_by(self, unit: Unit) -> Meant:
        """The operation meant by one that does not exist, which is reported; for all turns of a loop this is worked out once."""
        place = unit.key.span
        if place not in self.meant or "$" in place.text:
            self.meant[place] = unknown_operation(unit, self.known, sure=not self.incomplete)
        return self.meant[place]

    def form_only(self, unit: Unit, cls: Any, *, known: bool = False) -> None:
        """Checks a dropped item: its operation, unless that is `known` to exist or reported, and the names of its arguments."""
        if cls is None and known:
            return
        if cls is None:
            self.meant_by(unit)
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

    def wrapped_model(self, binder: Binder, name: str, arguments: Node | None, place: Span) -> Any:
        from layerctl.language.expand.uses import wrapped_model

        return wrapped_model(self, binder, name, arguments, place)

    def check_unused(self) -> None:
        """Looks for mistakes in blocks and models that nothing uses."""
        if not self.used.issuperset(self.known):
            from layerctl.language.expand.uses import check_unused

            check_unused(self)


def names_in(text: str) -> set[str]:
    """The names that an item with this text may have had if its layer could be read."""
    return set(map(snake_case, re.findall(r"[A-Za-z_]\w*", text[:MOST])))


def written_as_mapping(node: Mapping) -> Advice:
    """Advice on items without their dashes, or without the space behind them."""
    from layerctl.language.bind.edits import span_of

    spans = [span_of(entry) for entry in node.entries.values()]
    dashes = all(str(entry.key.value).startswith(DASHES) for entry in node.entries.values())
    in_lines = not node.span.text.startswith("{") and (dashes or not any("\n" in span.text for span in spans))
    places = [span._replace(start=span.start + dashes, end=span.start + dashes) for span in spans] if in_lines else []
    words = "put a space behind the dash: `- Dense: 10`" if dashes else "begin each item with `- `"
    if dashes and not all(str(entry.key.value).startswith("-") for entry in node.entries.values()):
        return Advice("begin each item with `- `, a hyphen and a space")
    return Advice(words, edits=tuple(Edit(place, " " if dashes else "- ") for place in places))


def with_astray(unit: Unit, cls: type[Arguments]) -> Node | None:
    """The unit's arguments, with those that stand beside the operation because indentation is missing (which is reported)."""
    value = unit.value
    if not unit.wiring:
        return value
    astray = {key: entry for key, entry in unit.wiring.items() if key not in WIRING and key in cls.model_fields}
    if not astray or not (value is None or isinstance(value, Mapping) or (isinstance(value, Scalar) and value.value is None)):
        return value
    entries = {**value.entries, **astray} if isinstance(value, Mapping) else astray
    return Mapping(unit.key.source, unit.key.start, unit.key.end, entries)

"""The items of a list as they are after `if`, `repeat` and `for`: a flat list of units, each with its variables."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingABC
from collections.abc import Sequence as SequenceABC
from itertools import chain
from typing import Any, NamedTuple

from layerctl.bind import FAILED, Binder, UnknownKey, UnknownLayer, WrongType, shown
from layerctl.catalog import CATALOGS
from layerctl.diagnostics import Sink, did_you_mean
from layerctl.expand._codes import InvalidControl, MalformedItem, TooManyLayers
from layerctl.expand.variables import valid_variable
from layerctl.source import Span
from layerctl.syntax import Entry, Mapping, Node, Scalar, Sequence

WIRING = ("name", "inputs", "call_args", "if", "repeat", "output_shape", "weights")
CONTROL = ("reuse", "branches", "for")
COMPANIONS = {"merge": "branches", "layers": "for"}
"""Keys that belong to one operation only."""


class Unit(NamedTuple):
    """One item, once: an operation with its arguments and wiring.

    Attributes:
        operation: the operation key as written.
        key: its node.
        value: the arguments' node, or None.
        wiring: the other keys.
        name: the name as given, with `repeat`'s suffix; None for an automatic one.
        dropped: whether `if` or `repeat: 0` dropped it; then only its form is checked.
    """

    operation: str
    key: Scalar
    value: Node | None
    wiring: MappingABC[str, Entry]
    binder: Binder
    name: str | None = None
    dropped: bool = False

    def wired(self, key: str) -> Node | None:
        entry = self.wiring.get(key)
        return entry.value if entry is not None else None


NODES_A_STEP = 10
"""A copy of a large item takes more than one step."""


class Budget:
    """How far a spec may still expand: turns of loops, dropped items and uses of blocks count, also where they give no layer.

    Attributes:
        limit: the most layers.
        left: steps; negative once there were too many.
    """

    def __init__(self, sink: Sink, limit: int) -> None:
        self.sink = sink
        self.limit = limit
        self.most = self.left = 4 * limit + 1000

    def spend(self, place: Span, steps: int = 1) -> bool:
        """False, the first time with a diagnostic, once there were too many steps."""
        was = self.left
        self.left -= steps
        if self.left < 0 <= was:
            message = f"the spec expands to more than {self.limit:,} items, dropped ones and turns of loops among them"
            help = "lower the counts, or raise the limit with `--max-layers`"
            self.sink.add(TooManyLayers, place, message, help=help)
        return self.left >= 0


def units(items: list[Node], binder: Binder, known: MappingABC[str, Any], budget: Budget) -> Iterator[Unit]:
    """The units of a list of items, in order, while the budget lasts."""
    for item in items:
        unit = parse(item, binder, known)
        if unit is None:
            continue
        for copy in copies(unit, budget.limit):
            if not budget.spend(copy.key.span, 1 + getattr(item, "size", 1) // NODES_A_STEP):
                return
            if copy.operation == "for" and not copy.dropped:
                yield from turns(copy, known, budget)
            else:
                yield copy


def parse(item: Node, binder: Binder, known: MappingABC[str, Any]) -> Unit | None:
    """An item's operation and wiring; None after a diagnostic."""
    if isinstance(item, Scalar):
        if isinstance(item.value, str) and item.value:
            return Unit(item.value, item, None, {}, binder)
        binder.sink.add(MalformedItem, item.span, f"an item is a layer, got {shown(item.value)}", help="write `- Dense: 10`")
        return None
    if not isinstance(item, Mapping):
        message = "an item is a layer's name, or a mapping with one operation; got a list"
        binder.sink.add(MalformedItem, item.span, message, help="put one dash before each item")
        return None
    key = operation_key(item, binder, known)
    if key is None:
        return None
    entry = item.entries[key]
    wiring = {name: other for name, other in item.entries.items() if name != key}
    return Unit(key, entry.key, entry.value, wiring, binder)


def operation_key(item: Mapping, binder: Binder, known: MappingABC[str, Any]) -> str | None:
    """The one key of an item that is its operation; other keys that are no wiring are reported."""
    candidates = [key for key in item.entries if key not in WIRING and key not in COMPANIONS]
    if len(candidates) == 1 and not any(key in COMPANIONS for key in item.entries):
        return candidates[0]
    sure = [key for key in candidates if is_operation(key, known)]
    if len(sure) > 1:
        second = item.entries[sure[1]].key
        message = f"an item has one operation; this one has `{sure[0]}` and `{sure[1]}`"
        help = f"begin `{sure[1]}` with a dash of its own, or indent it under `{sure[0]}` if it is an argument"
        binder.sink.add(MalformedItem, second.span, message, help=help)
        return None
    if not candidates:
        place = next(iter(item.entries.values())).key.span if item.entries else item.span
        message = "this item has no operation, only wiring" if item.entries else "this item is empty"
        binder.sink.add(MalformedItem, place, message, help="add a layer: `- Dense: 10`")
        return None
    operation = (sure or candidates)[0]
    for key, entry in item.entries.items():
        if key == operation or key in WIRING or COMPANIONS.get(key) == operation or (key in COMPANIONS and not sure):
            continue
        unknown_wiring(key, entry, operation, binder)
    return operation


def companions(operation: str) -> list[str]:
    """The keys that an operation has beside it, and no other has."""
    return [key for key, owner in COMPANIONS.items() if owner == operation]


def misspelled(unit: Unit, key: str) -> bool:
    """Whether another key of the item, which is reported, is probably meant as this one."""
    others = [name for name in unit.wiring if name not in WIRING and name not in COMPANIONS]
    return any(did_you_mean(name, [key, *WIRING]) == key for name in others)


def unknown_wiring(key: str, entry: Entry, operation: str, binder: Binder) -> None:
    near = did_you_mean(key, [*companions(operation), *WIRING])
    function = operation.removeprefix("ops.")
    layer = CATALOGS["layers"].find(operation) if function == operation else CATALOGS["ops"].find(function)
    if layer is not None and key in layer.model_fields:
        help = f"`{key}` is an argument: indent it under `{operation}`, or write `{operation}: {{{key}: …}}`"
    else:
        help = f"did you mean `{near}`?" if near else f"beside an operation stand {', '.join(f'`{k}`' for k in WIRING)}"
    binder.sink.add(UnknownKey, entry.key.span, f"an item has no key `{key}`", help=help)


def is_custom(operation: str) -> bool:
    """Whether an operation is written as `package.module:Class` is."""
    module, colon, name = operation.partition(":")
    return bool(colon) and name.isidentifier() and all(part.isidentifier() for part in module.split("."))


def is_operation(key: str, known: MappingABC[str, Any]) -> bool:
    return key in CONTROL or key in known or is_custom(key) or key.startswith("ops.") or CATALOGS["layers"].find(key) is not None


def copies(unit: Unit, limit: int) -> Iterator[Unit]:
    """The unit as often as `repeat` says, or once, marked as dropped."""
    name = given_name(unit)
    count = repeat_count(unit, limit)
    if not keeps(unit) or count == 0:
        yield Unit(unit.operation, unit.key, unit.value, unit.wiring, unit.binder, None, dropped=True)
    elif count is None:
        yield unit if name is None else _named(unit, name)
    else:
        for number in range(1, count + 1):
            copy = _named(unit, f"{name}_{number}") if name is not None else unit
            yield copy if number == 1 else _chained(copy)


def _named(unit: Unit, name: str) -> Unit:
    return Unit(unit.operation, unit.key, unit.value, unit.wiring, unit.binder, name)


def _chained(unit: Unit) -> Unit:
    """A further turn of `repeat`: its input is the turn before."""
    wiring = {key: entry for key, entry in unit.wiring.items() if key != "inputs"}
    return Unit(unit.operation, unit.key, unit.value, wiring, unit.binder, unit.name)


def turns(unit: Unit, known: MappingABC[str, Any], budget: Budget) -> Iterator[Unit]:
    """A loop's items, once for each turn, with the loop's variables."""
    for key in ("name", "inputs", "call_args"):
        if key in unit.wiring:
            help = f"write `{key}` on the items inside"
            unit.binder.sink.add(UnknownKey, unit.wiring[key].key.span, f"`{key}` does not go with `for`", help=help)
    body = unit.wired("layers")
    if body is None and misspelled(unit, "layers"):
        return
    if not isinstance(body, Sequence) or not body.items:
        place = unit.key.span if body is None else body.span
        unit.binder.sink.add(MalformedItem, place, "a loop needs items", help="put `layers:` beside `for:`, with a list of items")
        return
    for values in loop_values(unit, budget.most + 1):
        if not budget.spend(unit.key.span):
            return
        yield from units(body.items, unit.binder.extended(values), known, budget)


def loop_values(unit: Unit, limit: int) -> Iterator[dict[str, Any]]:
    """The variables of each turn: lists go in step, an integer n stands for 0 … n-1. More turns than `limit` are not made."""
    sink = unit.binder.sink
    if not isinstance(unit.value, Mapping) or not unit.value.entries:
        place = unit.key.span if unit.value is None else unit.value.span
        sink.add(InvalidControl, place, "`for` takes a mapping of names to lists", help="write `for: {filters: [32, 64]}`")
        return
    columns: dict[str, SequenceABC[Any]] = {}
    for name, entry in unit.value.entries.items():
        if not valid_variable(name, entry.key.span, sink):
            return
        value = unit.binder.plain(entry.value)
        if value is FAILED:
            return
        if type(value) is int and value >= 0:
            columns[name] = range(min(value, limit))
        elif isinstance(value, tuple):
            columns[name] = value
        else:
            sink.add(InvalidControl, entry.value.span, f"`for` takes lists or counts, got {shown(value)}")
            return
        first, column = next(iter(columns.items()))
        if len(columns[name]) != len(column):
            message = f"the lists of a loop have one length: `{first}` has {len(column)}, `{name}` has {len(columns[name])}"
            sink.add(InvalidControl, entry.value.span, message)
            return
    for row in zip(*columns.values(), strict=True):
        yield dict(zip(columns, row, strict=True))


def given_name(unit: Unit) -> str | None:
    node = unit.wired("name")
    if node is None:
        return None
    value = unit.binder.plain(node)
    if value is FAILED:
        return None
    if not isinstance(value, str):
        unit.binder.sink.add(WrongType, node.span, f"`name` takes text, got {shown(value)}", help="quote it, or use a word")
        return None
    return value


def keeps(unit: Unit) -> bool:
    node = unit.wired("if")
    if node is None:
        return True
    value = unit.binder.plain(node)
    if isinstance(value, bool):
        return value
    if value is not FAILED:
        unit.binder.sink.add(InvalidControl, node.span, f"`if` takes `true` or `false`, got {shown(value)}")
    return True


def repeat_count(unit: Unit, limit: int) -> int | None:
    node = unit.wired("repeat")
    if node is None:
        return None
    value = unit.binder.plain(node)
    if type(value) is int and value >= 0:
        return min(value, limit + 1)
    if value is not FAILED:
        unit.binder.sink.add(InvalidControl, node.span, f"`repeat` takes a count from 0, got {shown(value)}")
    return None


def unknown_operation(unit: Unit, known: MappingABC[str, Any], *, sure: bool = True) -> None:
    """Says that a name is no layer, and what is near it; where that is not `sure`, only if it is written as layers are."""
    if (refused := CATALOGS["layers"].not_expressible.get(unit.operation)) is not None:
        why, instead = refused
        unit.binder.sink.add(UnknownLayer, unit.key.span, f"`{unit.operation}` cannot be written in a spec: {why}", help=instead)
        return
    if not sure and unit.operation[0].islower():
        return
    near = did_you_mean(unit.operation, chain(CATALOGS["layers"].names(), CONTROL, known))
    help = f"did you mean `{near}`?" if near else "`layerctl layers` lists all layers"
    unit.binder.sink.add(UnknownLayer, unit.key.span, f"there is no layer `{unit.operation}`", help=help)

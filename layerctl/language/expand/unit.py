"""One item of a list: its operation, the keys beside it, and its copies by `if` and `repeat`."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingABC
from itertools import chain
from typing import Any, NamedTuple

from layerctl.base.source import Span
from layerctl.catalog import CATALOGS
from layerctl.diagnostics import Sink
from layerctl.language.bind import DECLARING, FAILED, NAME_HELP, Binder, UnknownKey, UnknownLayer, WrongType, is_custom, shown
from layerctl.language.expand._codes import InvalidControl, MalformedItem, TooManyLayers
from layerctl.language.syntax import Entry, Mapping, Node, Partial, Scalar

WIRING = ("name", "inputs", "call_args", "if", "repeat", *DECLARING)
CONTROL = ("reuse", "branches", "for")
COMPANIONS = {"merge": "branches", "layers": "for"}
"""Keys that stand beside one operation only."""


class Unit(NamedTuple):
    """One copy of an item: an operation with its arguments and wiring.

    Attributes:
        operation: the operation key as written.
        key: its node.
        value: the arguments' node, or None.
        wiring: the other keys.
        name: the given name, with `repeat`'s suffix; None for an automatic one.
        dropped: whether `if` or `repeat: 0` drops it or an item around it; then only its form is checked.
        hides: whether a mistake hides some items here and their names.
    """

    operation: str
    key: Scalar
    value: Node | None
    wiring: MappingABC[str, Entry]
    binder: Binder
    name: str | None = None
    dropped: bool = False
    hides: bool = False

    @property
    def name_unknown(self) -> bool:
        """Whether it has a given name that a mistake leaves unknown."""
        node = self.wired("name")
        value = node.value if isinstance(node, Scalar) else None
        return self.name is None and (value is FAILED or isinstance(value, str))

    def wired(self, key: str) -> Node | None:
        entry = self.wiring.get(key)
        return entry.value if entry is not None else None


class Budget:
    """Limits how far a spec may expand: in layers, and in steps, which turns of loops, dropped items and uses of blocks cost too.

    Attributes:
        limit: the most layers.
        left: the remaining steps; negative once there were too many.
        layers: how many layers there are so far, including those of nested models.
        full: whether there were too many layers.
    """

    def __init__(self, sink: Sink, limit: int) -> None:
        self.sink = sink
        self.limit = limit
        self.most = self.left = 4 * limit + 1000
        self.layers = 0
        self.full = False

    def add_layer(self, place: Span) -> bool:
        """Counts a layer; False once there are too many, which is reported the first time."""
        self.layers += 1
        if self.layers > self.limit and not self.full:
            self.full = True
            message = f"the spec expands to more than {self.limit:,} layers"
            self.sink.add(TooManyLayers, place, message, help="lower the counts, or raise the limit with `--max-layers`")
        return not self.full

    def spend(self, place: Span, steps: int = 1) -> bool:
        """Counts steps; False once there are too many, which is reported the first time."""
        was = self.left
        self.left -= steps
        if self.left < 0 <= was:
            message = f"the spec expands to more than {self.limit:,} items, dropped ones and turns of loops among them"
            help = "lower the counts, or raise the limit with `--max-layers`"
            self.sink.add(TooManyLayers, place, message, help=help)
        return self.left >= 0


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
    key = next(iter(item.entries)) if len(item.entries) == 1 else None
    if key is None or key in WIRING or key in COMPANIONS:
        key = operation_key(item, binder, known)
    if key is None:
        return None
    entry = item.entries[key]
    if len(item.entries) == 1 and item.whole:
        return Unit(key, entry.key, entry.value, {}, binder)
    wiring = type(item.entries)((name, other) for name, other in item.entries.items() if name != key)
    unit = Unit(key, entry.key, entry.value, wiring, binder)
    if "name" not in wiring and (other := misspelling(unit, "name")) is not None:
        wiring["name"] = wiring[other]
    return unit


def malformed(item: Node, binder: Binder) -> Unit:
    """A unit in place of an item whose mistake is reported: its operation is unknown, its name is kept."""
    wiring = {"name": item.entries["name"]} if isinstance(item, Mapping) and "name" in item.entries else {}
    hides = not item.whole if isinstance(item, Mapping) else isinstance(item, Scalar) and item.value is FAILED
    return Unit("", Scalar(item.source, item.start, item.end, ""), None, wiring, binder, hides=hides)


def operation_key(item: Mapping, binder: Binder, known: MappingABC[str, Any]) -> str | None:
    """The key of an item that is its operation; other keys that are not wiring are reported."""
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
    if not candidates and not item.whole:
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


def misspelled(unit: Unit, key: str) -> bool:
    """Whether the item probably misspells this key (which is reported)."""
    return type(unit.wiring) is Partial or misspelling(unit, key) is not None


def misspelling(unit: Unit, key: str) -> str | None:
    """The key of the item that probably misspells this one (which is reported); None where there is none."""
    others = [name for name in unit.wiring if name not in WIRING and name not in COMPANIONS]
    return next((name for name in others if unit.binder.sink.did_you_mean(name, [key, *WIRING]) == key), None)


def unknown_wiring(key: str, entry: Entry, operation: str, binder: Binder) -> None:
    beside = [name for name in WIRING if name not in DECLARING or is_custom(operation)]
    companions = [name for name, owner in COMPANIONS.items() if owner == operation]
    near = binder.sink.did_you_mean(key, [*companions, *beside, operation])
    function = operation.removeprefix("ops.")
    layer = CATALOGS["layers"].find(operation) if function == operation else CATALOGS["ops"].find(function)
    if is_custom(operation) and near is None:
        help = f"if `{key}` is an argument, indent it under `{operation}`"
    elif layer is not None and key in layer.model_fields:
        help = f"`{key}` is an argument: indent it under `{operation}`, or write `{operation}: {{{key}: …}}`"
    else:
        help = f"did you mean `{near}`?" if near else f"beside an operation stand {', '.join(f'`{k}`' for k in beside)}"
    binder.sink.add(UnknownKey, entry.key.span, f"an item has no key `{key}`", help=help)


def is_operation(key: str, known: MappingABC[str, Any]) -> bool:
    return key in CONTROL or key in known or is_custom(key) or key.startswith("ops.") or CATALOGS["layers"].find(key) is not None


def copies(unit: Unit, limit: int) -> Iterator[Unit]:
    """As many copies of the unit as `repeat` says; one marked as dropped where `if` or `repeat: 0` drops it."""
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
    """A further copy by `repeat`, whose input is the copy before."""
    wiring = {key: entry for key, entry in unit.wiring.items() if key != "inputs"}
    return Unit(unit.operation, unit.key, unit.value, wiring, unit.binder, unit.name)


CONDITION = "write a comparison, such as `if: $(depth > 1)`, or leave out `if`"
COUNT = "write an integer, such as `repeat: 3`; 0 drops the item"


def given_name(unit: Unit) -> str | None:
    node = unit.wired("name")
    if node is None:
        return None
    value = unit.binder.plain(node)
    if value is FAILED:
        return None
    if not isinstance(value, str):
        unit.binder.sink.add(WrongType, node.span, f"`name` takes text, got {shown(value)}", help=NAME_HELP)
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
        unit.binder.sink.add(InvalidControl, node.span, f"`if` takes `true` or `false`, got {shown(value)}", help=CONDITION)
    return True


def repeat_count(unit: Unit, limit: int) -> int | None:
    node = unit.wired("repeat")
    if node is None:
        return None
    value = unit.binder.plain(node)
    if type(value) is int and value >= 0:
        return min(value, limit + 1)
    if value is not FAILED:
        unit.binder.sink.add(InvalidControl, node.span, f"`repeat` takes a count from 0, got {shown(value)}", help=COUNT)
    return None


def unknown_operation(unit: Unit, known: MappingABC[str, Any], *, sure: bool = True) -> str:
    """Reports an operation that does not exist; returns the operation that is probably meant.

    Where definitions could not be read (not `sure`), a name in lower case may be one of them and is not reported.
    """
    if (refused := CATALOGS["layers"].not_expressible.get(unit.operation)) is not None:
        why, instead = refused
        unit.binder.sink.add(UnknownLayer, unit.key.span, f"`{unit.operation}` cannot be written in a spec: {why}", help=instead)
        return unit.operation
    if not sure and unit.operation[0].islower():
        return unit.operation
    near = unit.binder.sink.did_you_mean(unit.operation, chain(CATALOGS["layers"].names(), CONTROL, known))
    help = f"did you mean `{near}`?" if near else "`layerctl layers` lists all layers"
    if ":" in unit.operation:
        help = "a layer of your own is named by its module and class: `package.module:Class`"
    unit.binder.sink.add(UnknownLayer, unit.key.span, f"there is no layer `{unit.operation}`", help=help)
    return near or unit.operation

"""One item of a list: its operation, the keys beside it, and its copies by `if` and `repeat`."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingABC
from itertools import chain
from typing import Any, NamedTuple

from layerctl.catalog import CATALOGS
from layerctl.diagnostics import Advice, Sink, meant
from layerctl.language.bind import (
    DECLARING,
    FAILED,
    NAME_HELP,
    Binder,
    UnknownLayer,
    WrongType,
    is_custom,
    shown,
)
from layerctl.language.expand._codes import InvalidControl, TooManyLayers
from layerctl.language.syntax import Entry, Node, Partial, Scalar

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

    def add_layer(self, item: Node) -> bool:
        """Counts a layer; False once there are too many, which is reported the first time."""
        self.layers += 1
        if self.layers > self.limit and not self.full:
            self.full = True
            message = f"the spec expands to more than {self.limit:,} layers"
            self.sink.add(TooManyLayers, item.span, message, help="lower the counts, or raise the limit with `--max-layers`")
        return not self.full

    def spend(self, item: Node, steps: int = 1) -> bool:
        """Counts steps; False once there are too many, which is reported the first time."""
        was = self.left
        self.left -= steps
        if self.left < 0 <= was:
            message = f"the spec expands to more than {self.limit:,} items, dropped ones and turns of loops among them"
            help = "lower the counts, or raise the limit with `--max-layers`"
            self.sink.add(TooManyLayers, item.span, message, help=help)
        return self.left >= 0


def companions(operation: str) -> list[str]:
    """The keys that stand beside this operation only."""
    return [key for key, owner in COMPANIONS.items() if owner == operation]


def misspelled(unit: Unit, key: str) -> bool:
    """Whether the item probably misspells this key (which is reported)."""
    return type(unit.wiring) is Partial or misspelling(unit, key) is not None


def misspelling(unit: Unit, key: str) -> str | None:
    """The key of the item that probably misspells this one (which is reported); None where there is none."""
    others = [name for name in unit.wiring if name not in WIRING and name not in COMPANIONS]
    if not others:
        return None
    from layerctl.catalog.renamings import renamed

    free = [name for name in (key, *WIRING) if name not in unit.wiring]
    for name in others:
        row = renamed(("beside",), name, free)
        meant = row.name(free) if row is not None else unit.binder.sink.did_you_mean(name, [key, *WIRING])
        if meant == key:
            return name
    return None


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


def spelled_out(unit: Unit) -> Unit:
    """The unit, with values in place of variables that stand for the whole of an argument; FAILED in a dropped one."""

    def value(node: Node) -> Node:
        if not unit.dropped:
            return unit.binder.spelled_out(node)
        unknown = isinstance(node, Scalar) and "$" in str(node.value)
        return Scalar(node.source, node.start, node.end, FAILED) if unknown else node

    argument = unit.value and value(unit.value)
    if not unit.wiring:
        return unit if argument is unit.value else unit._replace(value=argument)
    kind = Partial if type(unit.wiring) is Partial else dict
    beside = ((key, entry if key in OF_COPIES else Entry(entry.key, value(entry.value))) for key, entry in unit.wiring.items())
    return unit._replace(value=argument, wiring=kind(beside))


OF_COPIES = ("name", "if", "repeat")
"""The keys that are read before it is known how many copies of an item there are."""
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
        help = control_advice(unit, "if", node, CONDITION)
        unit.binder.sink.add(InvalidControl, node.span, f"`if` takes `true` or `false`, got {shown(value)}", help=help)
    return True


def repeat_count(unit: Unit, limit: int) -> int | None:
    node = unit.wired("repeat")
    if node is None:
        return None
    value = unit.binder.plain(node)
    if type(value) is int and value >= 0:
        return min(value, limit + 1)
    if value is not FAILED:
        help = control_advice(unit, "repeat", node, COUNT)
        unit.binder.sink.add(InvalidControl, node.span, f"`repeat` takes a count from 0, got {shown(value)}", help=help)
    return None


def control_advice(unit: Unit, key: str, node: Node, otherwise: str) -> Advice:
    """Advice on a value of `if` or `repeat`: an expression that lacks its `$(…)`, or the value in another form."""
    from layerctl.language.bind.mending import near_values

    text = node.value if isinstance(node, Scalar) and isinstance(node.value, str) else ""
    kind = bool if key == "if" else int
    value = next((value for value in near_values(text, real=False) if type(value) is kind), None) if text else None
    written = str(value).lower()
    if text and value is None:
        silent = unit.binder.silent()
        written = f"${text}" if text in unit.binder.names else f"$({text})"
        value = silent.plain(Scalar(node.source, node.start, node.end, written))
    return Advice(f"write `{key}: {written}`", written) if type(value) is kind else Advice(otherwise)


class Meant(NamedTuple):
    """The operation that is probably meant by one that does not exist; `sure` where it is another name for it."""

    name: str
    sure: bool = False


def unknown_operation(unit: Unit, known: MappingABC[str, Any], *, sure: bool = True) -> Meant:
    """Reports an operation that does not exist; returns the operation that is probably meant.

    Where definitions could not be read (not `sure`), a name in lower case may be one of them and is not reported.
    """
    if (refused := CATALOGS["layers"].not_expressible.get(unit.operation)) is not None:
        why, instead = refused
        unit.binder.sink.add(UnknownLayer, unit.key.span, f"`{unit.operation}` cannot be written in a spec: {why}", help=instead)
        return Meant(unit.operation)
    if not sure and unit.operation[0].islower():
        return Meant(unit.operation)
    from layerctl.language.bind.forms import class_of
    from layerctl.language.bind.object_advice import for_item, for_name

    if (advice := for_item(unit.binder.sink, unit.operation, unit.value)) is not None:
        unit.binder.sink.add(UnknownLayer, unit.key.span, f"there is no layer `{unit.operation}`", help=advice)
        return Meant(unit.operation)
    near = None
    layers = CATALOGS["layers"]
    alone = unit.value is None or (isinstance(unit.value, Scalar) and unit.value.value is None)
    help = for_name(
        unit.binder, "layers", unit.operation, layers, alone=alone, dash="- ", entry=Entry(unit.key, unit.value or unit.key)
    )
    if help is not None:
        near = help.instead if help.instead in layers else None
        if near is None and help.edits and (cls := class_of("layers", unit.operation)) is not None:
            near = cls.spec_name()
    elif ":" in unit.operation:
        help = Advice("a layer of your own is named by its module and class: `package.module:Class`")
    else:
        near = unit.binder.sink.did_you_mean(unit.operation, chain(layers.names(), CONTROL, known))
        help = meant(near, "`layerctl layers` lists all layers")
        if near is not None and near.replace("_", "").lower() == unit.operation.replace("_", "").lower():
            help = help._replace(safe=True)
    unit.binder.sink.add(UnknownLayer, unit.key.span, f"there is no layer `{unit.operation}`", help=help)
    return Meant(near or unit.operation, sure=near is not None and help is not None and help.safe)

"""`for`: the items of a loop, and the values of its variables."""

from __future__ import annotations

from collections.abc import Sequence as SequenceABC
from typing import Any

from layerctl.language.bind import DECLARING, FAILED, UnknownKey, is_failed, shown
from layerctl.language.expand._codes import InvalidControl, MalformedItem
from layerctl.language.expand.unit import Unit, misspelled
from layerctl.language.expand.variables import valid_variable
from layerctl.language.syntax import Entry, Mapping, Node, Sequence


def body(unit: Unit) -> list[Node]:
    """A loop's items; empty after a diagnostic."""
    for key in ("name", "inputs", "call_args", *DECLARING):
        if key in unit.wiring:
            help = f"write `{key}` on the items inside"
            unit.binder.sink.add(UnknownKey, unit.wiring[key].key.span, f"`{key}` does not go with `for`", help=help)
    body = unit.wired("layers")
    if body is None and misspelled(unit, "layers"):
        return []
    if is_failed(body):
        return []
    if not isinstance(body, Sequence) or not body.items:
        place = unit.key.span if body is None else body.span
        unit.binder.sink.add(MalformedItem, place, "a loop needs items", help="put `layers:` beside `for:`, with a list of items")
        return []
    return body.items


def columns_of(unit: Unit, limit: int) -> dict[str, SequenceABC[Any]] | None:
    """The values of each variable, all equally many; an integer n stands for 0 … n-1 (up to `limit`). None after a mistake."""
    sink = unit.binder.sink
    if is_failed(unit.value):
        return None
    if not isinstance(unit.value, Mapping) or not unit.value.entries:
        place = unit.key.span if unit.value is None else unit.value.span
        sink.add(InvalidControl, place, "`for` takes a mapping of names to lists", help="write `for: {filters: [32, 64]}`")
        return None
    columns = {name: column_of(unit, name, entry, limit) for name, entry in unit.value.entries.items()}
    known = {name: column for name, column in columns.items() if column is not None}
    first, column = next(iter(known.items()), ("", ()))
    for name, other in known.items():
        if len(other) != len(column):
            message = f"the lists of a loop have one length: `{first}` has {len(column)}, `{name}` has {len(other)}"
            help = "make them equally long; a count n stands for 0 … n-1"
            sink.add(InvalidControl, unit.value.entries[name].value.span, message, help=help)
            return None
    return known if unit.value.whole and len(known) == len(columns) else None


def column_of(unit: Unit, name: str, entry: Entry, limit: int) -> SequenceABC[Any] | None:
    """The values of one variable of a loop; None after a diagnostic."""
    sink = unit.binder.sink
    if not valid_variable(name, entry.key.span, sink):
        return None
    value = unit.binder.plain(entry.value)
    if type(value) is int and value >= 0:
        return range(min(value, limit))
    if isinstance(value, tuple):
        return value
    if value is not FAILED:
        message = f"`for` takes lists or counts, got {shown(value)}"
        sink.add(InvalidControl, entry.value.span, message, help=f"write `{name}: [32, 64]`, or `{name}: 3` for 0, 1, 2")
    return None

"""Expands `if`, `repeat` and `for` in a list of items to a flat list of units, each with its variables."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingABC
from typing import Any

from layerctl.language.bind import FAILED, Binder
from layerctl.language.expand.reading import malformed, parse
from layerctl.language.expand.unit import Budget, Unit, copies, spelled_out
from layerctl.language.syntax import Mapping, Node

NODES_A_STEP = 10
"""How many nodes of an item cost one step of the budget."""


def units(items: list[Node], binder: Binder, known: MappingABC[str, Any], budget: Budget) -> Iterator[Unit]:
    """The units of a list of items, in order, while the budget lasts."""
    for written in items:
        item = binder.spelled_out(written)
        unit = parse(item, binder, known) or malformed(item, binder)
        for copy in copies(unit, budget.limit) if unit.wiring else (unit,):
            if not budget.spend(copy.key, 1 + getattr(item, "size", 1) // NODES_A_STEP):
                return
            copy = spelled_out(copy)
            if copy.operation != "for":
                yield copy
            else:
                yield from turns(copy, known, budget)


def dropped(items: list[Node], binder: Binder, known: MappingABC[str, Any], budget: Budget) -> Iterator[Unit]:
    """The units of all items inside a dropped item, marked as dropped; loops are entered once."""
    for item in items:
        unit = parse(item, binder, known)
        if unit is None:
            continue
        if not budget.spend(unit.key):
            return
        if unit.operation == "for":
            from layerctl.language.expand.loops import body

            yield from dropped(body(unit), binder, known, budget)
        else:
            yield spelled_out(Unit(unit.operation, unit.key, unit.value, unit.wiring, binder, None, dropped=True))


def turns(unit: Unit, known: MappingABC[str, Any], budget: Budget) -> Iterator[Unit]:
    """A loop's items for each turn, with the loop's variables; once with unknown variables after a mistake in these.

    The items of a dropped loop are dropped.
    """
    from layerctl.language.expand.loops import body, columns_of

    items = body(unit)
    if unit.dropped:
        yield from dropped(items, unit.binder, known, budget)
        return
    columns = columns_of(unit, budget.most + 1)
    if columns is None or not items:
        names = unit.value.entries if isinstance(unit.value, Mapping) else ()
        yield from units(items, unit.binder.extended(dict.fromkeys(names, FAILED)), known, budget)
        yield Unit("", unit.key, None, {}, unit.binder, hides=True)
        return
    for row in zip(*columns.values(), strict=True):
        if not budget.spend(unit.key):
            return
        yield from units(items, unit.binder.extended(dict(zip(columns, row, strict=True))), known, budget)
    if not all(columns.values()):
        yield from dropped(items, unit.binder, known, budget)

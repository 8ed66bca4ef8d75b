"""Reads one item of a list: which of its keys is the operation, and which stand beside it."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import Any

from layerctl.base.source import Span
from layerctl.catalog import CATALOGS
from layerctl.catalog.layers._base import layer_class
from layerctl.diagnostics import Advice, Edit, meant
from layerctl.language.bind import DECLARING, Binder, UnknownKey, is_custom, is_failed, shown
from layerctl.language.expand._codes import MalformedItem
from layerctl.language.expand.unit import COMPANIONS, WIRING, Unit, companions, is_operation, misspelling
from layerctl.language.syntax import Entry, Mapping, Node, Scalar


def parse(item: Node, binder: Binder, known: MappingABC[str, Any]) -> Unit | None:
    """An item's operation and wiring; None after a diagnostic."""
    if isinstance(item, Scalar):
        if is_failed(item) or "$" in str(item.value):  # a variable of a dropped item has no value
            return None
        if isinstance(item.value, str) and item.value:
            return (None if item.value.isidentifier() else other_form(item, binder, known)) or Unit(
                item.value, item, None, {}, binder
            )
        binder.sink.add(MalformedItem, item.span, f"an item is a layer, got {shown(item.value)}", help="write `- Dense: 10`")
        return None
    if not isinstance(item, Mapping):
        message = "an item is a layer's name, or a mapping with one operation; got a list"
        binder.sink.add(MalformedItem, item.span, message, help="put one dash before each item")
        return None
    key = next(iter(item.entries)) if len(item.entries) == 1 else None
    if key is None or key in WIRING or key in COMPANIONS:
        if (
            item.entries
            and not any(is_operation(name, known) for name in item.entries)
            and (other := other_form(item, binder, known)) is not None
        ):
            return other
        key = operation_key(item, binder, known)
    if key is None:
        return None
    if ":" in key and (other := other_form(item, binder, known)) is not None:
        return other
    entry = item.entries[key]
    if len(item.entries) == 1 and item.whole and "name" not in getattr(entry.value, "entries", ()):
        return Unit(key, entry.key, entry.value, {}, binder)
    wiring = type(item.entries)((name, other) for name, other in item.entries.items() if name != key)
    unit = Unit(key, entry.key, entry.value, wiring, binder)
    if "name" not in wiring and (near := misspelling(unit, "name")) is not None:
        wiring["name"] = wiring[near]
    if (
        isinstance(entry.value, Mapping)
        and "name" in entry.value.entries
        and "name" not in wiring
        and layer_class(key) is not None
    ):
        wiring["name"] = entry.value.entries["name"]  # that it stands among the arguments is reported with these
    return unit


def other_form(item: Scalar | Mapping, binder: Binder, known: MappingABC[str, Any]) -> Unit | None:
    """An item in the form of another program (`Dense:10`, `Conv2D(32, 3)`, `{type: Dense, units: 10}`), which is reported."""
    name = str(item.value) if isinstance(item, Scalar) else next(iter(item.entries))
    if is_custom(name) and not is_operation(name.partition(":")[0], known):
        return None
    from layerctl.language.expand.written import of_mapping, of_text

    return of_text(item, binder, known) if isinstance(item, Scalar) else of_mapping(item, binder, known)


def malformed(item: Node, binder: Binder) -> Unit:
    """A unit in place of an item whose mistake is reported: its operation is unknown, its name is kept."""
    wiring = {"name": item.entries["name"]} if isinstance(item, Mapping) and "name" in item.entries else {}
    hides = not item.whole if isinstance(item, Mapping) else is_failed(item)
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
        loop = "a loop is written `- for: {i: 3}`, with `layers` below it" if "layers" in item.entries else None
        binder.sink.add(MalformedItem, place, message, help=loop or "add a layer: `- Dense: 10`")
        return None
    operation = (sure or candidates)[0]
    for key, entry in item.entries.items():
        if key == operation or key in WIRING or COMPANIONS.get(key) == operation or (key in COMPANIONS and not sure):
            continue
        unknown_wiring(key, entry, operation, item.entries, binder)
    return operation


def indented(operation: str, keys: list[str], item: MappingABC[str, Entry]) -> tuple[Edit, ...]:
    """Moves lines that stand beside an operation to the right, below it; empty where the item is in another form."""
    from layerctl.language.bind.edits import span_of, text_of

    source, edits = item[operation].key.source, []
    if text_of(item[operation].value) or list(item)[list(item).index(operation) + 1 :][: len(keys)] != keys:
        return ()
    for key in keys:
        start, end = span_of(item[key])[1:]
        line = source.text.rfind("\n", 0, start) + 1
        if source.text[line:start].strip():
            return ()
        starts = [line, *(at + 1 for at in range(start, end) if source.text[at] == "\n")]
        edits += [Edit(Span(source, at, at), "  ") for at in starts]
    return tuple(edits)


def unknown_wiring(key: str, entry: Entry, operation: str, item: MappingABC[str, Entry], binder: Binder) -> None:
    """Reports a key of an item that is neither its operation nor one of those beside it."""
    from layerctl.catalog.renamings import renamed

    beside = [name for name in WIRING if name not in DECLARING or is_custom(operation)]
    near = binder.sink.did_you_mean(key, [*companions(operation), *beside, operation])
    function = operation.removeprefix("ops.")
    layer = CATALOGS["layers"].find(operation) if function == operation else CATALOGS["ops"].find(function)
    if is_custom(operation) and near is None:
        help = Advice(f"if `{key}` is an argument, indent it under `{operation}`")
    elif layer is not None and key in layer.model_fields:
        words = f"`{key}` is an argument: indent it under `{operation}`, or write `{operation}: {{{key}: …}}`"
        help = Advice(words, edits=indented(operation, [name for name in item if name in layer.model_fields], item))
    elif (row := renamed(("beside",), key, [name for name in beside if name not in item])) is not None:
        new = row.name(beside)
        help = Advice(f"write `{new}`; `{key}` is {row.why}", new, safe=True) if new is not None else Advice(row.words)
    else:
        help = meant(near) or Advice(f"beside an operation stand {', '.join(f'`{k}`' for k in beside)}")
    binder.sink.add(UnknownKey, entry.key.span, f"an item has no key `{key}`", help=help)

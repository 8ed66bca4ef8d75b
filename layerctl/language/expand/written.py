"""Items in the form of other programs, which are reported and then read as they are meant."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingABC
from typing import Any

from layerctl.base.source import Source, Span
from layerctl.catalog import Arguments
from layerctl.catalog.layers._base import Layer, layer_class
from layerctl.diagnostics import Advice, Edit, Sink
from layerctl.language.bind import Binder, UnknownLayer, WrongType
from layerctl.language.bind.edits import as_flow, text_of
from layerctl.language.bind.forms import Called, as_item, called, class_of, comments, named_item, naming
from layerctl.language.expand._codes import MalformedItem
from layerctl.language.expand.unit import WIRING, Unit, is_operation
from layerctl.language.syntax import Entry, Mapping, Node, Scalar, Sequence, parse, walk

NO_COLON = re.compile(r"(?P<name>[A-Za-z_][\w.]*)(?P<between>:|\s*[=,：]\s*|\s*->\s*|\s+-?\s*)(?P<value>[^\s(=].*)")
"""An operation and its argument without `: ` between them: `Dense:10`, `Dense 10`, `Dense = 10`."""


def of_text(item: Scalar, binder: Binder, known: MappingABC[str, Any]) -> Unit | None:
    """An item such as `Dense:10` or `Conv2D(32, 3)`; None for any other text, of which nothing is reported."""
    text = str(item.value)
    if item.span.text[:1] in ("'", '"'):
        text = item.span.text[1:-1]
    match = NO_COLON.fullmatch(text)
    if match is not None and is_operation(match["name"], known):
        return _without_colon(item, match, binder)
    call = called(text)
    cls = class_of("layers", call.name) if call is not None else None
    if call is None or cls is None:
        return None
    if (names := call.inputs or inputs_of(call, cls)) != ():
        message = f"what a layer is called on stands beside it: `{text}`"
        help = f"write `- {cls.spec_name()}:`, and below it `inputs: [{', '.join(names)}]`, with the names of items"
        binder.sink.add(UnknownLayer, item.span, message, help=help)
        return Unit("", item, None, {}, binder)
    meant = as_item("layers", call)
    written = settled(meant.text, binder) if meant is not None and meant.whole else None
    if written is None:
        return None
    message = f"arguments stand behind a colon, not in brackets: `{text}`"
    binder.sink.add(UnknownLayer, item.span, message, help=Advice(f"write `- {written}`", written, safe=True))
    return _read(item, written, binder)


def inputs_of(call: Called, cls: type[Arguments]) -> tuple[str, ...]:
    """The names in a call of a merge layer on a list of tensors, `add([a, b])`; empty for any other call."""
    first = call.positional[0] if call.positional else None
    several = issubclass(cls, Layer) and cls.input_kind == "list" and isinstance(first, tuple)
    return tuple(map(str, first)) if several and first is not None else ()


def _without_colon(item: Scalar, match: re.Match[str], binder: Binder) -> Unit:
    name, value = match["name"], match["value"]
    written = f"{name}: {value}"
    help = Advice(f"put a colon and a space behind the name: `- {written}`", written, safe=True)
    binder.sink.add(MalformedItem, item.span, f"there is no `: ` between `{name}` and its argument", help=help)
    return _read(item, written, binder)


def settled(written: str, binder: Binder) -> str | None:
    """The text of an item with the fixes of its further mistakes; None where one has no fix."""
    for _ in range(10):
        node = parse(Source("", written), Sink())
        entry = next(iter(node.entries.values()), None) if isinstance(node, Mapping) else None
        cls = layer_class(entry.key.span.text if entry is not None else written)
        silent = binder.silent()
        if cls is not None:
            silent.arguments(
                cls, entry.value if entry is not None else None, node.span if node else Span(Source("", ""), 0, 0), what=""
            )
        mistakes = silent.sink.sorted()
        if cls is None or not mistakes:
            return written if cls is not None else None
        if mistakes[0].fix is None:
            return None
        written = mistakes[0].fix.applied(written)
    return None


def _read(item: Scalar, written: str, binder: Binder) -> Unit:
    """The item that is meant, if it holds no further mistake; else one whose output is unknown."""
    source = Source(item.source.path, written)
    node = parse(source, Sink())
    if isinstance(node, Scalar):
        return Unit(str(node.value), item, None, {}, binder)
    if not isinstance(node, Mapping) or len(node.entries) != 1:
        return Unit("", item, None, {}, binder)
    ((name, entry),) = node.entries.items()
    for part in walk(node):
        part.source, part.start, part.end = item.source, item.start, item.end
    cls = layer_class(name)
    if cls is not None and binder.silent().arguments(cls, entry.value, item.span, what=name) is None:
        return Unit("", item, None, {}, binder)
    return Unit(name, item, entry.value, {}, binder)


def of_mapping(item: Mapping, binder: Binder, known: MappingABC[str, Any]) -> Unit | None:
    """An item that names its class under a key: `{type: Conv2D, filters: 8}`, or lacks a space; None for any other mapping."""
    first = next(iter(item.entries.values()))
    if ":" in str(first.key.value) and not text_of(first.value):
        return of_text(first.key, binder, known)
    name, colon, _ = str(first.key.value).partition(":")
    if colon and is_operation(name, known):
        at = first.key.start + len(name) + 1
        help = Advice(f"put a space behind the colon: `{name}: `", edits=(Edit(Span(item.source, at, at), " "),), safe=True)
        binder.sink.add(MalformedItem, first.key.span, f"there is no `: ` between `{name}` and its arguments", help=help)
        return Unit("", first.key, None, {}, binder)
    named = naming(item, lambda name: name in known or class_of("layers", name) is not None)
    if named is None or (named.key.key.value == "name" and not set(item.entries) - set(WIRING)):
        return None
    name = named.name
    if name not in known:
        cls = class_of("layers", name)
        assert cls is not None
        name = cls.spec_name()
    wiring = {key: entry for key, entry in named.arguments.items() if key in WIRING}
    arguments = {key: entry for key, entry in named.arguments.items() if key not in WIRING}
    written = named_item(name, arguments)
    beside = [f"{key}: {as_flow(entry.value)}" for key, entry in wiring.items()]
    text, key = text_of(item), named.key.key
    if text.startswith("{"):
        joined = ", ".join([written if ":" in written or not beside else f"{written}: ", *beside])
        new = f"{{{joined}}}"
    else:
        indent = "\n" + " " * (item.span.begin.column - 1)
        new = indent.join([written if ":" in written or not beside else f"{written}:", *beside])
    edits = () if comments(item) else (Edit(Span(item.source, item.start, item.start + len(text)), new),)
    message = f"an item begins with the name of its layer; got `{key.value}: {named.name}`"
    binder.sink.add(MalformedItem, key.span, message, help=Advice(f"write `- {written}`", edits=edits, safe=True))
    place = named.key.value
    operation = Scalar(place.source, place.start, place.end, name)
    value = Mapping(item.source, item.start, item.end, arguments) if arguments else None
    return Unit(name, operation, value, wiring, binder)


def merged(unit: Unit) -> Unit:
    """A merge layer with its inputs in the place of arguments, `Add: [a, b]`, which is reported, with them as its inputs."""
    node = unit.value
    assert node is not None
    inputs = text_of(node)
    edits = _put_beside(unit, node, inputs) if "\n" not in inputs else ()
    help = Advice(f"write `inputs: {as_flow(node)}` below `- {unit.operation}:`", edits=edits, safe=True)
    message = f"what {unit.operation} joins stands beside it, under `inputs`"
    unit.binder.sink.add(WrongType, node.span, message, help=help)
    return unit._replace(value=None, wiring={**unit.wiring, "inputs": Entry(unit.key, node)})


def _put_beside(unit: Unit, node: Node, inputs: str) -> tuple[Edit, ...]:
    line = unit.key.source.line(unit.key.span.begin.line)
    column = unit.key.span.begin.column - 1
    between = Span(node.source, unit.key.end, node.start + len(inputs))
    if re.fullmatch(r" *(- )?", line[:column]):
        return (Edit(between, f":\n{' ' * column}inputs: {inputs}"),)
    return (Edit(between, f": , inputs: {inputs}"),) if line[:column].endswith("{") else ()


def names_inputs(node: Node | None) -> bool:
    """Whether a value is a list of names, as under `inputs`."""
    return (
        isinstance(node, Sequence)
        and bool(node.items)
        and all(isinstance(item, Scalar) and isinstance(item.value, str) for item in node.items)
    )

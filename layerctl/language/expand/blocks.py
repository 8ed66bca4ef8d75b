"""The sections `blocks`, whose entries expand in place, and `models`, whose entries become one layer each."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator
from collections.abc import Mapping as MappingABC
from typing import Any, Literal, NamedTuple

from layerctl.base.source import Span
from layerctl.catalog import CATALOGS
from layerctl.diagnostics import Advice, Related, Sink
from layerctl.language.bind import (
    ANY_NAME,
    FAILED,
    VALID_NAME,
    Binder,
    InvalidName,
    MissingArgument,
    UnknownKey,
    WrongType,
    is_failed,
    shown,
)
from layerctl.language.expand._codes import DuplicateName, TooManyLayers
from layerctl.language.expand.unit import COMPANIONS, CONTROL, WIRING, Unit
from layerctl.language.expand.variables import valid_variable
from layerctl.language.syntax import Entry, Mapping, Node, Partial, Scalar, Sequence, is_null

Kind = Literal["block", "model"]
PARAMETERS = 2
"""How many parameters take as long as a step of an expression."""
KEYS = ("description", "params", "inputs", "layers", "outputs")
NEEDED: dict[Kind, dict[str, str]] = {
    "block": {"layers": "a list of items"},
    "model": {"inputs": "names and shapes, such as `inputs: {x: [784]}`", "layers": "a list of items"},
}
"""The keys that a definition must have, and what their values are."""


class Block(NamedTuple):
    """The definition of a block or a model.

    Attributes:
        kind: what messages call it.
        params: name → the node of its default, or None for a required parameter.
        inputs: the names of its inputs; None for a single input without a name.
        shapes: a model's section `inputs`; None for a block.
        layers: its items; None where the definition is malformed: that is reported here, and not again at each use.
        outputs: its outputs as written; None for the last item's output.
        names: the variables of the file that defines it.
        place: the place of its name.
    """

    kind: Kind
    name: str
    params: MappingABC[str, Node | None]
    inputs: tuple[str, ...] | None
    shapes: Node | None
    layers: Node | None
    outputs: Node | None
    names: MappingABC[str, Any]
    place: Span


def read_definitions(root: Mapping, names: MappingABC[str, Any], sink: Sink) -> Iterator[Block]:
    """The blocks and models of a document; a malformed definition has no items."""
    yield from _section("block", root.get("blocks"), names, sink)
    yield from _section("model", root.get("models"), names, sink)


def enter(known: dict[str, Block], block: Block, place: Span, sink: Sink) -> None:
    """Adds a definition; reports at `place` where another definition has its name."""
    first = known.setdefault(block.name, block)
    if first.place != block.place:
        message = f"there is another {first.kind} `{block.name}`"
        sink.add(DuplicateName, place, message, help="rename one of them", related=(Related(first.place, "first here"),))


def _section(kind: Kind, node: Node | None, names: MappingABC[str, Any], sink: Sink) -> Iterator[Block]:
    if node is None or is_null(node) or is_failed(node):
        return
    if not isinstance(node, Mapping):
        help = f"write `{kind}s:` and below it a name, with `layers` below that"
        sink.add(WrongType, node.span, f"`{kind}s` takes a mapping of names to {kind}s", help=help)
        return
    for name, entry in node.entries.items():
        if _usable_name(kind, name, entry.key.span, sink):
            yield _read(kind, name, entry, names, sink)


def _usable_name(kind: Kind, name: str, place: Span, sink: Sink) -> bool:
    if not VALID_NAME.fullmatch(name):
        sink.add(InvalidName, place, f"`{name}` cannot be a name", help="use letters, digits, `_` and `-`")
        return False
    reserved = name in (*WIRING, *CONTROL, *COMPANIONS)
    if reserved or CATALOGS["layers"].find(name) is not None:
        what = "a keyword of the spec language" if reserved else "a Keras layer"
        message = f"`{name}` is {what}; a {kind} needs a name of its own"
        sink.add(InvalidName, place, message, help=f"for example `my_{name.lower()}`")
        return False
    return True


def _read(kind: Kind, name: str, entry: Entry, names: MappingABC[str, Any], sink: Sink) -> Block:
    binder, place = Binder(sink, names), entry.key.span
    node = binder.spelled_out(entry.value)
    if is_failed(node):
        return Block(kind, name, {ANY_NAME: None}, None, None, None, None, names, place)
    if not isinstance(node, Mapping):
        sink.add(WrongType, node.span, f"the {kind} `{name}` takes a mapping with `layers`", help="write `layers:` below it")
        return Block(kind, name, {}, None, None, None, None, names, place)
    complete = True
    for key, inner in node.entries.items():
        if key not in KEYS:
            free = [name for name in KEYS if name not in node.entries]
            sink.add(UnknownKey, inner.key.span, f"a {kind} has no key `{key}`", help=_instead(key, free, sink))
    for key, needed in NEEDED[kind].items():
        if node.get(key) is None:
            complete = False
            others = [other for other in node.entries if other not in KEYS]
            if node.whole and not any(_instead(other, [key], sink).instead == key for other in others):
                sink.add(MissingArgument, place, f"the {kind} `{name}` needs `{key}`", help=f"add {needed}")
    written, section = (part and binder.spelled_out(part) for part in (node.get("params"), node.get("inputs")))
    params = _params(written, sink)
    layers = node.get("layers") if complete else None
    if kind == "block":
        return Block(kind, name, params, _input_names(section, sink), None, layers, node.get("outputs"), names, place)
    inputs = tuple(section.entries) if isinstance(section, Mapping) else ()
    return Block(kind, name, params, inputs, section, layers, node.get("outputs"), names, place)


def _instead(key: str, free: list[str], sink: Sink) -> Advice:
    """What to write in place of a key that a definition does not have."""
    from layerctl.catalog.renamings import renamed

    row = renamed(("definition",), key, free)
    new = row.name(free) if row is not None else None
    return Advice(f"write `{new}`{row.because(key)}", new, safe=True) if row and new else sink.suggestion(key, free)


def _params(node: Node | None, sink: Sink) -> dict[str, Node | None]:
    """The parameters and their defaults: null marks a required one, `{default: null}` is the default null.

    `ANY_NAME` is among them after a mistake that hides some of them.
    """
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return {}
    if not isinstance(node, Mapping):
        message = "`params` takes a mapping of names to defaults"
        sink.add(WrongType, node.span, message, help="write `params: {filters: null, stride: 1}`; null is required")
        return {ANY_NAME: None}
    params: dict[str, Node | None] = {}
    for name, entry in node.entries.items():
        valid_variable(name, entry.key.span, sink)
        value = entry.value
        if isinstance(value, Mapping) and list(value.entries) == ["default"]:
            params[name] = value.entries["default"].value
        else:
            params[name] = None if isinstance(value, Scalar) and value.value is None else value
    return params if node.whole else {**params, ANY_NAME: None}


def _input_names(node: Node | None, sink: Sink) -> tuple[str, ...] | None:
    if node is None:
        return None
    values = [item.value if isinstance(item, Scalar) else None for item in node.items] if isinstance(node, Sequence) else [None]
    names = tuple(value for value in values if isinstance(value, str) and VALID_NAME.fullmatch(value))
    if not names or len(set(names)) < len(values):
        sink.add(
            WrongType, node.span, "`inputs` of a block takes a list of different names", help="write `inputs: [query, memory]`"
        )
        return None
    return names


def arguments(block: Block, unit: Unit) -> dict[str, Any]:
    """The values of a block's parameters for one use; FAILED for a value with a mistake, which is reported."""
    binder = unit.binder
    node = unit.value and binder.spelled_out(unit.value)
    given: dict[str, Entry] = {}
    if is_failed(node) or not _affordable(block, unit):
        return any_arguments(block)
    if isinstance(node, Mapping):
        given = node.entries
    elif node is not None and not (isinstance(node, Scalar) and node.value is None):
        if not block.params:
            value = binder.plain(node)
            if value is not FAILED:
                message = f"the {block.kind} `{block.name}` takes no parameters, got {shown(value)}"
                help = f"write `- {block.name}`, or give the {block.kind} `params`"
                binder.sink.add(WrongType, node.span, message, help=help)
        else:
            given = {next(iter(block.params)): Entry(unit.key, node)}
    misspelled = unknown_parameters(block, given, binder)
    values: dict[str, Any] = {}
    inside = Binder(binder.sink, ChainMap(values, block.names))  # type: ignore[arg-type]  # it sees each value as soon as it is there
    for name, default in block.params.items():
        if name in given:
            values[name] = binder.plain(given[name].value)
        elif default is not None and type(given) is not Partial:
            values[name] = inside.plain(default)
        else:
            values[name] = FAILED
            if name in misspelled or name == ANY_NAME or type(given) is Partial:
                continue
            message = f"the {block.kind} `{block.name}` needs `{name}`"
            binder.sink.add(MissingArgument, unit.key.span, message, label=f"`{name}` is missing", help=f"add `{name}`")
    return values


def _affordable(block: Block, unit: Unit) -> bool:
    """Whether the spec may use a block with so many parameters once more; otherwise reports it."""
    meter = unit.binder.sink.meter
    if meter.spend(len(block.params) // PARAMETERS):
        return True
    message = f"with this use, the {block.kind}s of this spec take more than {meter.MOST * PARAMETERS:,} parameters together"
    help = f"give `{block.name}` fewer parameters, or use it less often"
    unit.binder.sink.add(TooManyLayers, unit.key.span, message, help=help)
    return False


def unknown_parameters(block: Block, given: MappingABC[str, Entry], binder: Binder) -> set[str | None]:
    """Reports arguments that are not parameters; returns the parameters that they probably misspell."""
    misspelled: set[str | None] = set()
    if ANY_NAME in block.params:
        return misspelled
    for key, entry in given.items():
        if key not in block.params:
            misspelled.add(binder.sink.did_you_mean(key, (name for name in block.params if name not in given)))
            message = f"the {block.kind} `{block.name}` has no parameter `{key}`"
            binder.sink.add(
                UnknownKey, entry.key.span, message, help=binder.sink.suggestion(key, block.params, kind="parameters")
            )
    return misspelled


def any_arguments(block: Block) -> dict[str, Any]:
    """Unknown values for all parameters, to check a block that nothing uses."""
    return dict.fromkeys(block.params, FAILED)

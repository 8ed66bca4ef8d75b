"""The section `blocks`: pieces with parameters that expand in place."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import Any, NamedTuple

from layerctl.bind import FAILED, VALID_NAME, Binder, InvalidName, MissingArgument, UnknownKey, WrongType, shown
from layerctl.catalog import CATALOGS
from layerctl.diagnostics import Sink, did_you_mean, suggestion
from layerctl.expand.items import COMPANIONS, CONTROL, WIRING, Unit
from layerctl.expand.variables import valid_variable
from layerctl.source import Span
from layerctl.syntax import Entry, Mapping, Node, Partial, Scalar, Sequence

FORM = "write `NAME: {layers: [{Dense: 8}]}`"
KEYS = ("description", "params", "inputs", "layers", "outputs")


class Block(NamedTuple):
    """A definition.

    Attributes:
        params: name → the node of its default, or None where the use has to give a value.
        inputs: the names of its inputs; None for one that has no name.
        layers: its items; None where the definition is malformed, which is reported, so that its uses stay silent.
        outputs: what it returns, as written; None for the last item's output.
        names: the variables of the file that it stands in.
        place: where its name stands.
    """

    name: str
    params: MappingABC[str, Node | None]
    inputs: tuple[str, ...] | None
    layers: Node | None
    outputs: Node | None
    names: MappingABC[str, Any]
    place: Span


def read_blocks(node: Node | None, names: MappingABC[str, Any], sink: Sink) -> dict[str, Block]:
    """The blocks by name; one whose form is wrong has no items."""
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return {}
    if not isinstance(node, Mapping):
        sink.add(WrongType, node.span, "`blocks` takes a mapping of names to blocks", help=FORM)
        return {}
    found = {}
    for name, entry in node.entries.items():
        if _usable_name(name, entry.key.span, sink):
            found[name] = _read(name, entry, names, sink)
    return found


def _usable_name(name: str, place: Span, sink: Sink) -> bool:
    if not VALID_NAME.fullmatch(name):
        sink.add(InvalidName, place, f"`{name}` cannot be a name", help="use letters, digits, `_` and `-`")
        return False
    reserved = name in (*WIRING, *CONTROL, *COMPANIONS)
    if reserved or CATALOGS["layers"].find(name) is not None:
        kind = "a keyword of the spec language" if reserved else "a Keras layer"
        sink.add(
            InvalidName, place, f"`{name}` is {kind}; a block needs a name of its own", help=f"for example `my_{name.lower()}`"
        )
        return False
    return True


def _read(name: str, entry: Entry, names: MappingABC[str, Any], sink: Sink) -> Block:
    node, place = entry.value, entry.key.span
    if not isinstance(node, Mapping):
        sink.add(WrongType, node.span, f"the block `{name}` takes a mapping with `layers`", help=FORM)
        return Block(name, {}, None, None, None, names, place)
    for key, inner in node.entries.items():
        if key not in KEYS:
            sink.add(UnknownKey, inner.key.span, f"a block has no key `{key}`", help=suggestion(key, KEYS))
    layers = node.get("layers")
    if layers is None and node.whole and not any(did_you_mean(key, KEYS) == "layers" for key in node.entries if key not in KEYS):
        sink.add(MissingArgument, place, f"the block `{name}` needs `layers`", help="add a list of items")
    inputs = _input_names(node.get("inputs"), sink)
    params = _params(node.get("params"), sink)
    known = layers if params is not None else None
    return Block(name, params or {}, inputs, known, node.get("outputs"), names, place)


def _params(node: Node | None, sink: Sink) -> dict[str, Node | None] | None:
    """Parameters and their defaults: null is required, `{default: null}` spells out any default; None after a diagnostic."""
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return {}
    if not isinstance(node, Mapping):
        message = "`params` takes a mapping of names to defaults"
        sink.add(WrongType, node.span, message, help="write `params: {filters: null, stride: 1}`; null is required")
        return None
    found: dict[str, Node | None] = {}
    for name, entry in node.entries.items():
        valid_variable(name, entry.key.span, sink)
        value = entry.value
        if isinstance(value, Mapping) and list(value.entries) == ["default"]:
            found[name] = value.entries["default"].value
        else:
            found[name] = None if isinstance(value, Scalar) and value.value is None else value
    return found


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
    """The block's parameters for one use; FAILED for what holds a mistake, which is reported."""
    binder = unit.binder
    node = unit.value
    given: dict[str, Entry] = {}
    if isinstance(node, Mapping):
        given = node.entries
    elif node is not None and not (isinstance(node, Scalar) and node.value is None):
        if not block.params:
            value = binder.plain(node)
            if value is not FAILED:
                message = f"the block `{block.name}` takes no parameters, got {shown(value)}"
                binder.sink.add(WrongType, node.span, message, help=f"write `- {block.name}`, or give the block `params`")
        else:
            given = {next(iter(block.params)): Entry(unit.key, node)}
    misspelled = unknown_parameters(block, given, binder)
    values: dict[str, Any] = {}
    inside = Binder(binder.sink, block.names)
    for name, default in block.params.items():
        if name in given:
            values[name] = binder.plain(given[name].value)
        elif default is not None:
            values[name] = inside.extended(values).plain(default)
        else:
            values[name] = FAILED
            if name in misspelled or type(given) is Partial:
                continue
            message = f"the block `{block.name}` needs `{name}`"
            binder.sink.add(MissingArgument, unit.key.span, message, label=f"`{name}` is missing", help=f"add `{name}`")
    return values


def unknown_parameters(block: Block, given: MappingABC[str, Entry], binder: Binder) -> set[str | None]:
    """Reports arguments that are no parameters; returns the parameters that they probably misspell."""
    misspelled: set[str | None] = set()
    free = [name for name in block.params if name not in given]
    for key, entry in given.items():
        if key not in block.params:
            misspelled.add(did_you_mean(key, free))
            message = f"the block `{block.name}` has no parameter `{key}`"
            binder.sink.add(UnknownKey, entry.key.span, message, help=suggestion(key, block.params, kind="parameters"))
    return misspelled


def any_arguments(block: Block) -> dict[str, Any]:
    """Parameters of which nothing is known, to look for mistakes in a block that nothing uses."""
    return dict.fromkeys(block.params, FAILED)

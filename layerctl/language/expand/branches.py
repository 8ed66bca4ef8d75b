"""Parallel paths from one point, and the layer that joins them."""

from __future__ import annotations

from layerctl.base.source import Span
from layerctl.catalog import Kind, snake_case
from layerctl.catalog.layers._base import Layer, layer_class
from layerctl.graph.graph import Ref, RefTree
from layerctl.language.bind import FAILED, WrongType, shown
from layerctl.language.expand._codes import MalformedItem, NotAMerge
from layerctl.language.expand.items import dropped
from layerctl.language.expand.model_nodes import Lowering
from layerctl.language.expand.scope import Bound, Scope
from layerctl.language.expand.unit import Unit, misspelled
from layerctl.language.expand.wiring import Inputs, Level, inputs
from layerctl.language.syntax import Mapping, Node, Scalar, Sequence


def branches(lowering: Lowering, unit: Unit, level: Level) -> None:
    """Parallel paths from one point, joined by the layer under `merge`."""
    if unit.dropped:
        for _, branch in paths_of(unit):
            items = branch.items if isinstance(branch, Sequence) else []
            for item in dropped(items, unit.binder, lowering.known, lowering.budget):
                lowering.unit(item, level)
        return
    layer, base = merge(unit)
    start = inputs(unit, level, None)
    name, place = lowering.named(unit, level.scope, base)
    inner = Scope(lowering.sink)
    ends: list[RefTree] = []
    complete = True
    for key, branch in paths_of(unit):
        scope = Scope(lowering.sink, f"{level.scope.prefix}{name}.{key}.", level.scope)
        inner.names[key] = Bound(None, branch.span, scope, is_branch=True)
        empty = isinstance(branch, Sequence) and not branch.items
        end = start.main if empty else lowering.items(branch, Level(scope, start.main), unit.binder)
        if end is None:
            complete = False
        else:
            ends.append(end)
    joined = tuple(ends) if ends and complete else None
    at = unit.wiring["merge"].key.span if "merge" in unit.wiring else None
    index = lowering.add(unit, level, name, layer, Inputs(joined, {}, False), place=at)
    if index is not None:
        level.scope.names[name] = Bound(Ref(index), place, inner, index)


def paths_of(unit: Unit) -> list[tuple[str, Node]]:
    """The branches by name, or by position."""
    node = unit.value
    if isinstance(node, Mapping) and node.entries:
        scope = Scope(unit.binder.sink)  # reports a name that is not valid
        return [(key, entry.value) for key, entry in node.entries.items() if scope.valid(key, entry.key.span)]
    if isinstance(node, Sequence) and node.items:
        return [(str(number), item) for number, item in enumerate(node.items)]
    place = node.span if node is not None else unit.key.span
    help = "write `branches: [[], [{Dense: 8}]]`: a list for each path, empty for the unchanged input"
    unit.binder.sink.add(WrongType, place, "`branches` takes a list of lists of items, or a mapping of names", help=help)
    return []


def merge(unit: Unit) -> tuple[Layer | None, str]:
    """The layer under `merge`, and its automatic name; None after a diagnostic."""
    entry = unit.wiring.get("merge")
    if entry is None and misspelled(unit, "merge"):
        return None, "merge"
    if entry is None:
        help = "add `merge: Add`, or another merge layer"
        unit.binder.sink.add(MalformedItem, unit.key.span, "`branches` needs `merge`", label="`merge` is missing", help=help)
        return None, "merge"
    help = "use Add, Average, Concatenate, Dot, Maximum, Minimum, Multiply or Subtract"
    name, at = named_layer(entry.value)
    cls = layer_class(name)
    if cls is not None and not cls.joins_branches:
        unit.binder.sink.add(NotAMerge, at, f"{cls.keras_name()} is no merge layer", help=help)
        return None, "merge"
    layer = unit.binder.object(Kind("layers"), entry.value)
    if isinstance(layer, Layer) and layer.joins_branches:
        return layer, snake_case(type(layer).keras_name())
    if layer is not FAILED:
        words = type(layer).keras_name() if isinstance(layer, Layer) else shown(layer)
        unit.binder.sink.add(NotAMerge, at, f"{words} is no merge layer", help=help)
    return None, "merge"


def named_layer(node: Node) -> tuple[str, Span]:
    """The layer that a value names, and the place of the name; an empty name where it names none. Arguments are not read."""
    if isinstance(node, Mapping) and len(node.entries) == 1:
        ((name, entry),) = node.entries.items()
        return name, entry.key.span
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else "", node.span

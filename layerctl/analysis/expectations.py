"""Checks the section `expect` against the model."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingABC

from layerctl.analysis._codes import ExpectationFailed, UnexpectedShape, UnknownExpectation
from layerctl.analysis.costs import WeightRow, calls_of, summarize, undeclared, weights_of
from layerctl.base.shapes import Tensor, add, is_index, text
from layerctl.diagnostics import Sink
from layerctl.graph.typed import TypedGraph, pick
from layerctl.language.spec.expect import Expect, Range
from layerctl.language.syntax import Entry, Mapping, Node

OF_WEIGHT: dict[str, Callable[[WeightRow], int]] = {
    "params": lambda weight: weight.size,
    "trainable_params": lambda weight: weight.size if weight.trainable else 0,
    "weight_memory": lambda weight: weight.bytes,
}
LIMITED = ("params", "trainable_params", "macs", "weight_memory")
NOUNS = {"params": "parameters", "trainable_params": "trainable parameters", "macs": "MACs", "weight_memory": "bytes of weights"}

LEAVE_OUT = "remove the expectation, or make the dimensions known"


def check_expectations(expect: Expect, root: Node, typed: TypedGraph, sink: Sink) -> None:
    """Reports every expectation that fails; figures that a mistake elsewhere leaves unknown are not checked."""
    section = root.get("expect") if isinstance(root, Mapping) else None
    if not isinstance(section, Mapping):
        return
    known = typed.complete or not sink.has_errors  # without a mistake only a custom layer leaves anything unknown
    if known:
        for name in LIMITED:
            limits = getattr(expect, name)
            if isinstance(limits, Range):
                _limit(name, limits, section.entries[name], typed, sink)
    shapes = section.get("shapes")
    if isinstance(shapes, Mapping):
        for name, wanted in (expect.shapes or {}).items():
            _shape(name, wanted, shapes.entries, typed, sink, known=known)


def _limit(name: str, limits: Range, entry: Entry, typed: TypedGraph, sink: Sink) -> None:
    figures = _figures(name, typed)
    unknown = next((layer for layer, value in figures.items() if value is None), None)
    total = sum(value or 0 for value in figures.values())
    if unknown is not None:
        message = f"the {NOUNS[name]} of `{typed.graph.nodes[unknown].name}` are unknown, so this cannot be checked"
        help = (_undeclared(typed) if name != "macs" else None) or LEAVE_OUT
        sink.add(UnknownExpectation, entry.key.span, message, help=help)
    elif not limits.allows(total):
        message = f"expected {limits.words()} {NOUNS[name]}, found {total:,}"
        sink.add(ExpectationFailed, entry.key.span, message, label=f"found {total:,}", help=_largest(name, typed))


def _undeclared(typed: TypedGraph) -> str | None:
    """Help that names the missing declaration of a custom layer; None where none is missing."""
    for name, keys in undeclared(summarize(typed).rows):
        return f"declare {' and '.join(f'`{key}`' for key in keys)} beside `{name}`"
    return None


def _figures(name: str, typed: TypedGraph) -> dict[int, int | None]:
    """Each layer's part of a figure, by its node; None where that is unknown."""
    figures: dict[int, int | None] = {}
    for layer, calls in calls_of(typed).items():
        if name == "macs":
            figures[layer] = add(*(typed.nodes[call].macs for call in calls))
        else:
            weights = weights_of(typed, layer)
            figures[layer] = sum(map(OF_WEIGHT[name], weights)) if weights is not None else None
    return figures


def _largest(name: str, typed: TypedGraph) -> str:
    """Help that names the layer with the largest part of a figure."""
    counted = _figures("macs" if name == "macs" else "params", typed)
    advice = "change the model, or the limit if the new figure is meant"
    if len(counted) > 1 and name != "weight_memory":
        value, layer = max((value or 0, typed.graph.nodes[layer].name) for layer, value in counted.items())
        if value:
            return f"the largest part is `{layer}` with {value:,}; {advice}"
    return advice


def _shape(
    name: str, wanted: tuple[int | None, ...], entries: MappingABC[str, Entry], typed: TypedGraph, sink: Sink, *, known: bool
) -> None:
    entry = entries[name]
    base, *parts = name.replace("]", "").split("[")
    graph = typed.graph
    if base not in graph.names and base not in graph.groups:
        names = [name for name in (*graph.names, *graph.groups) if "@" not in name]
        if graph.hidden and sink.did_you_mean(base, names) is None:
            return
        help = sink.suggestion(base, names, kind="known names")
        if parts or help.instead in entries:  # the name is a part of the key, or has an expectation already
            help = help._replace(instead=None)
        sink.add(UnknownExpectation, entry.key.span, f"there is no item `{base}`", help=help)
        return
    tree = typed.nodes[graph.names[base]].output if base in graph.names else typed.tree(graph.groups[base].value)
    if tree is None:
        if known:
            message = f"the shape of `{name}` is unknown, so this cannot be checked"
            sink.add(UnknownExpectation, entry.key.span, message, help=_undeclared(typed) or LEAVE_OUT)
        return
    tensor = pick(tree, tuple(int(part) if is_index(part) else part for part in parts))
    if not isinstance(tensor, Tensor):
        if isinstance(tree, Tensor):
            message, instead = f"`{base}` has one output", f"write `{base}`"
        else:
            steps = list(tree) if isinstance(tree, MappingABC) else [str(number) for number in range(len(tree))]
            message = f"`{base}` has {len(steps)} outputs" + (f", and none is `{name}`" if parts else "")
            instead = "write " + ", ".join(f"`{base}[{step}]`" for step in steps)
        sink.add(UnknownExpectation, entry.key.span, message, help=instead)
    elif tensor.shape[1:] != wanted:
        message = f"expected the shape {text(wanted, batch=False)}, found {text(tensor.shape[1:], batch=False)}"
        dims = ", ".join("null" if dim is None else str(dim) for dim in tensor.shape[1:])
        sink.add(UnexpectedShape, entry.key.span, message, help=f"write `{name}: [{dims}]` if that is meant")

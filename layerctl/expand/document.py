"""The top level: variables, inputs, layers, outputs."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from layerctl.bind import FAILED, Binder, InvalidExpression, WrongType, shown
from layerctl.diagnostics import Sink
from layerctl.expand._codes import MalformedItem, NotYetSupported
from layerctl.expand.blocks import read_blocks
from layerctl.expand.lower import Lowering
from layerctl.expand.scope import Bound, Scope
from layerctl.expand.wiring import Level
from layerctl.graph import Graph, Input, Output, Ref
from layerctl.spec.document import Document, bind_document
from layerctl.syntax import Mapping, Node, Scalar, Sequence

MAX_LAYERS = 100_000


class Expanded(NamedTuple):
    """A spec with every name resolved.

    Attributes:
        graph: the model; None where the document is no spec at all.
        document: its sections.
        variables: the values of `vars`.
    """

    graph: Graph | None
    document: Document | None
    variables: dict[str, Any]


def variables(root: Mapping, sink: Sink) -> dict[str, Any]:
    """The section `vars`, each entry of which may use the ones before it; FAILED for one with a mistake."""
    node = root.get("vars")
    values: dict[str, Any] = {}
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return values
    if not isinstance(node, Mapping):
        sink.add(WrongType, node.span, "`vars` takes a mapping of names to values")
        return values
    binder = Binder(sink, values)
    for name, entry in node.entries.items():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            message = f"`{name}` cannot be a variable's name"
            sink.add(
                InvalidExpression, entry.key.span, message, help="use letters, digits and `_`, beginning with a letter or `_`"
            )
            continue
        if isinstance(entry.value, Mapping):
            sink.add(WrongType, entry.value.span, f"the variable `{name}` is a scalar or a list, got a mapping")
            values[name] = FAILED
            continue
        values[name] = binder.plain(entry.value)
    return values


def expand(root: Node, sink: Sink, *, stem: str, max_layers: int = MAX_LAYERS) -> Expanded:
    """The document as a graph. What cannot be resolved is in the sink, and unknown in the graph."""
    if not isinstance(root, Mapping):
        found = shown(root.value) if isinstance(root, Scalar) else "a list"
        message = f"a spec is a mapping with `inputs` and `layers`, got {found}"
        sink.add(WrongType, root.span, message, help="`layerctl init` writes a spec to start from")
        return Expanded(None, None, {})
    values = variables(root, sink)
    binder = Binder(sink, values)
    document = bind_document(binder, root)
    for section in ("include", "models"):
        if getattr(document, section) is not None:
            message = f"`{section}` is not supported by this version"
            sink.add(NotYetSupported, root.entries[section].key.span, message, help="write the layers out under `layers`")
    scope = Scope(sink)
    lowering = Lowering(sink, max_layers, read_blocks(document.blocks, values, sink))
    for name, spec in (document.inputs or {}).items():
        place = root.entries["inputs"].value.entries[name].key.span  # type: ignore[attr-defined]
        usable = scope.valid(name, place)
        shape = (spec.batch_size, *spec.shape) if spec is not None else None
        index = lowering.add_input(Input(name, shape or (), spec.dtype if spec is not None else "float32", place))
        if usable:
            scope.define(name, Bound(Ref(index) if spec is not None else None, place))
    names = list(scope.names.values())
    default = names[0].value if len(names) == 1 else None
    last = None
    if document.layers is not None:
        if isinstance(document.layers, Sequence) and not document.layers.items:
            sink.add(MalformedItem, document.layers.span, "`layers` is empty", help="add a layer: `- Dense: 10`")
        last = lowering.items(document.layers, Level(scope, default, several=len(names) > 1), binder)
    lowering.check_unused()
    outputs, keyed = _outputs(document, scope, binder, lowering, last)
    graph = Graph(
        name=document.name or stem,
        dtype=document.dtype or "float32",
        nodes=tuple(lowering.nodes),
        outputs=tuple(outputs),
        names=lowering.paths,
        keyed_outputs=keyed,
    )
    return Expanded(graph, document, values)


def _outputs(document: Document, scope: Scope, binder: Binder, lowering: Lowering, last: Any) -> tuple[list[Output], bool]:
    """The model's outputs: those named, or the last item's."""
    node = document.outputs
    if node is None or (isinstance(node, Scalar) and node.value is None):
        if isinstance(last, Ref):
            op = lowering.nodes[last.node]
            return [Output(op.name, last, op.place)], False
        return [], False
    if isinstance(node, Mapping):
        named = [(key, entry.value) for key, entry in node.entries.items()]
        found = [_output(key, value, scope, binder, lowering) for key, value in named]
    else:
        values = node.items if isinstance(node, Sequence) else [node]
        found = [_output(None, value, scope, binder, lowering) for value in values]
    return [output for output in found if output is not None], isinstance(node, Mapping)


def _output(key: str | None, node: Node, scope: Scope, binder: Binder, lowering: Lowering) -> Output | None:
    value = binder.plain(node)
    if value is FAILED:
        return None
    if not isinstance(value, str):
        binder.sink.add(WrongType, node.span, f"an output is a reference to an item, got {shown(value)}")
        return None
    ref = scope.resolve(value, node.span, lambda name: None)
    return Output(key or value, ref, node.span) if isinstance(ref, Ref) else None

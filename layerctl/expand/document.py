"""The top level: variables, inputs, layers, outputs."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from layerctl.bind import FAILED, Binder, WrongType, shown
from layerctl.diagnostics import Sink
from layerctl.expand._codes import MalformedItem, NotYetSupported
from layerctl.expand.blocks import Block, read_blocks
from layerctl.expand.lower import Lowering
from layerctl.expand.scope import Bound, Scope
from layerctl.expand.variables import variables
from layerctl.expand.wiring import Level
from layerctl.graph import Graph, Input, Output, Ref, leaves
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


class Settings(NamedTuple):
    """What a caller can set.

    Attributes:
        max_layers: how many layers the spec may expand to.
        include_root: the directory that includes may not leave; the spec's own by default.
    """

    max_layers: int = MAX_LAYERS
    include_root: str | None = None


def expand(root: Node, sink: Sink, path: str, settings: Settings) -> Expanded:
    """The document as a graph. What cannot be resolved is in the sink, and unknown in the graph.

    Args:
        root: the document.
        sink: where mistakes go.
        path: of the spec's file; its stem is the default name, and includes are relative to it.
        settings: limits.
    """
    if not isinstance(root, Mapping):
        found = shown(root.value) if isinstance(root, Scalar) else "a list"
        message = f"a spec is a mapping with `inputs` and `layers`, got {found}"
        sink.add(WrongType, root.span, message, help="`layerctl init` writes a spec to start from")
        return Expanded(None, None, {})
    values = variables(root, sink)
    binder = Binder(sink, values)
    document = bind_document(binder, root)
    if document.models is not None:
        message = "`models` is not supported by this version"
        sink.add(NotYetSupported, root.entries["models"].key.span, message, help="use `blocks`, or write the layers out")
    scope = Scope(sink)
    before = len(sink)
    lowering = Lowering(sink, settings.max_layers, _library(root, sink, path, settings, values))
    lowering.incomplete = root.get("include") is not None and len(sink) > before
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
        name=document.name or os.path.splitext(os.path.basename(path))[0],
        dtype=document.dtype or "float32",
        nodes=tuple(lowering.nodes),
        outputs=tuple(outputs),
        names=lowering.paths,
        keyed_outputs=keyed,
    )
    return Expanded(graph, document, values)


def _library(root: Mapping, sink: Sink, path: str, settings: Settings, values: dict[str, Any]) -> dict[str, Block]:
    """The blocks that the document can use; nested models, which are refused, as blocks without items: their uses stay silent."""
    models = root.get("models")
    entries = models.entries if isinstance(models, Mapping) else {}
    unusable = {name: Block(name, {}, None, None, None, {}, entry.key.span) for name, entry in entries.items()}
    return unusable | _blocks(root, sink, path, settings, values)


def _blocks(root: Mapping, sink: Sink, path: str, settings: Settings, values: dict[str, Any]) -> dict[str, Block]:
    """The document's blocks and those of its includes."""
    if root.get("include") is None:
        return read_blocks(root.get("blocks"), values, sink)
    from layerctl.expand.include import Includer

    here = "" if path.startswith("<") else path
    within = settings.include_root or os.path.dirname(here) or "."
    return Includer(sink, within).library(root, here, values).blocks


def _outputs(document: Document, scope: Scope, binder: Binder, lowering: Lowering, last: Any) -> tuple[list[Output], bool]:
    """The model's outputs: those named, or the last item's."""
    node = document.outputs
    if node is None or (isinstance(node, Scalar) and node.value is None):
        refs = [] if last is None else list(leaves(last))
        nodes = lowering.nodes  # a further call without a name goes by its layer's
        return [Output(nodes[ref.node].name.partition("@")[0], ref, nodes[ref.node].place) for ref in refs], False
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

"""Expands a whole document: variables, definitions, and the model."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from layerctl.diagnostics import Sink
from layerctl.graph.graph import Graph
from layerctl.language.bind import Binder, WrongType, shown
from layerctl.language.expand.blocks import Block, enter, read_definitions
from layerctl.language.expand.lower import ItemLowering
from layerctl.language.expand.settings import Settings
from layerctl.language.expand.variables import spelled_out, variables
from layerctl.language.expand.whole import Parts, whole
from layerctl.language.spec.document import Document, bind_document
from layerctl.language.syntax import Mapping, Node, Scalar, Sequence


class Expanded(NamedTuple):
    """A spec with every name resolved.

    Attributes:
        root: the document, with values in place of the variables in its sections.
        graph: the model; None where the document is not a mapping.
        document: its sections.
        variables: the values of `vars`.
        included: the included documents, each once.
    """

    root: Node
    graph: Graph | None
    document: Document | None
    variables: dict[str, Any]
    included: tuple[Mapping, ...] = ()


def expand(root: Node, sink: Sink, path: str, settings: Settings) -> Expanded:
    """The graph of a document. What cannot be resolved is reported, and is unknown in the graph.

    Args:
        root: the document.
        sink: where mistakes go.
        path: the spec's file; its stem is the default name, and includes are relative to it.
        settings: limits.
    """
    if not isinstance(root, Mapping):
        value = shown(root.value) if isinstance(root, Scalar) else "a list"
        message = f"a spec is a mapping with `inputs` and `layers`, got {value}"
        help = "`layerctl init` writes a spec to start from"
        if isinstance(root, Sequence):
            help = "put the items below `layers:`, and declare what they begin with: `inputs: {x: [8]}`"
        sink.add(WrongType, root.span, message, help=help)
        return Expanded(root, None, None, {})
    if "class_name" in root.entries and "config" in root.entries:
        message = "this is Keras's own configuration of a model, not a spec"
        help = "name its inputs in `inputs`, and list its layers in `layers`, as `- Dense: {units: 10}`"
        sink.add(WrongType, root.entries["class_name"].key.span, message, help=help)
        return Expanded(root, None, None, {})
    values = variables(root, sink)
    binder = Binder(sink, values)
    root = spelled_out(root, binder)
    document = bind_document(binder, root)
    before = len(sink)
    definitions, included = _definitions(root, sink, path, settings, values)
    lowering = ItemLowering(sink, settings.max_layers, definitions, document.dtype or "float32")
    unread = root.get("include") is not None and len(sink) > before
    lowering.incomplete = unread or not all(readable(root.get(section)) for section in ("blocks", "models")) or not root.whole
    lowering.hidden = not root.whole
    graph = whole(
        lowering,
        document.name or os.path.splitext(os.path.basename(path))[0],
        Parts(document.inputs or {}, root.get("inputs"), document.layers, root.get("outputs")),
        lowering.binder(values),
    )
    lowering.check_unused()
    return Expanded(root, graph, document, values, included)


def _definitions(
    root: Mapping, sink: Sink, path: str, settings: Settings, values: dict[str, Any]
) -> tuple[dict[str, Block], tuple[Mapping, ...]]:
    """The blocks and models of the document and its includes, and the included documents."""
    if root.get("include") is None:
        known: dict[str, Block] = {}
        for block in read_definitions(root, values, sink):
            enter(known, block, block.place, sink)
        return known, ()
    from layerctl.language.expand.include import Includer

    here = "" if path.startswith("<") else path
    within = settings.include_root or os.path.dirname(here) or "."
    includer = Includer(sink, within)
    return includer.library(root, here, values), tuple(includer.roots)


def readable(node: Node | None) -> bool:
    """Whether all names in a section of definitions could be read."""
    return node.whole if isinstance(node, Mapping) else node is None or (isinstance(node, Scalar) and node.value is None)

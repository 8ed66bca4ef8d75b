"""The static path from end to end: text in, a typed graph and diagnostics out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from layerctl.diagnostics import Diagnostic, Sink
from layerctl.expand import expand
from layerctl.expand.document import MAX_LAYERS
from layerctl.infer import TypedGraph, infer
from layerctl.source import Source
from layerctl.spec.document import Document
from layerctl.syntax import Node, decode, parse


@dataclass(frozen=True, slots=True)
class Compiled:
    """One spec after the static path.

    Attributes:
        path: as messages show it.
        model: the typed graph; None where the text is no spec.
        document: the spec's sections; None likewise.
        diagnostics: what was found, in the order of the text.
    """

    path: str
    model: TypedGraph | None
    document: Document | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        return not any(diagnostic.is_error for diagnostic in self.diagnostics)


def compile_bytes(path: str, data: bytes, *, max_layers: int = MAX_LAYERS) -> Compiled:
    """Compiles what a file holds."""
    sink = Sink()
    source = decode(path, data, sink)
    root = parse(source, sink) if source is not None else None
    return compile_tree(path, root, sink, max_layers=max_layers)


def compile_text(text: str, path: str = "<text>", *, max_layers: int = MAX_LAYERS) -> Compiled:
    """Compiles a text that is already decoded."""
    sink = Sink()
    return compile_tree(path, parse(Source(path, text), sink), sink, max_layers=max_layers)


def compile_tree(path: str, root: Node | None, sink: Sink, *, max_layers: int = MAX_LAYERS) -> Compiled:
    if root is None:
        return Compiled(path, None, None, sink.sorted())
    expanded = expand(root, sink, stem=PurePath(path).stem, max_layers=max_layers)
    model = infer(expanded.graph, sink) if expanded.graph is not None else None
    return Compiled(path, model, expanded.document, sink.sorted())

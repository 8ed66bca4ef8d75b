"""The static path from end to end: text in, a typed graph and diagnostics out."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from layerctl.base.source import Source
from layerctl.diagnostics import Diagnostic, Sink
from layerctl.graph.infer import infer
from layerctl.graph.typed import TypedGraph
from layerctl.language.expand import expand
from layerctl.language.expand.document import Settings
from layerctl.language.spec.document import Document
from layerctl.language.syntax import Node, decode, parse
from layerctl.lint._run import lint

DEFAULTS = Settings()


class Checked(NamedTuple):
    """What `check` says of one spec: small to keep, and to hand from process to process.

    Attributes:
        path: as messages show it.
        name: of the model; None where the text is no spec.
        diagnostics: what was found, in the order of the text.
    """

    path: str
    name: str | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        return not any(diagnostic.is_error for diagnostic in self.diagnostics)


class Compiled(NamedTuple):
    """One spec after the static path.

    Attributes:
        path: as messages show it.
        model: the typed graph; None where the text is no spec.
        document: the spec's sections; None likewise.
        diagnostics: what was found, in the order of the text.
        root: the document's tree with the overrides in it, for places that later stages point at.
        custom_code: whether the classes of custom layers may be imported.
    """

    path: str
    model: TypedGraph | None
    document: Document | None
    diagnostics: tuple[Diagnostic, ...]
    root: Node | None = None
    custom_code: bool = False

    @property
    def ok(self) -> bool:
        return not any(diagnostic.is_error for diagnostic in self.diagnostics)

    @property
    def optimizer(self) -> Any:
        """The optimizer that the spec names, with its arguments; None for the default one."""
        train = self.document.train if self.document is not None else None
        return train.rule if train is not None else None

    @property
    def checked(self) -> Checked:
        return Checked(self.path, self.model.graph.name if self.model is not None else None, self.diagnostics)


def compile_bytes(path: str, data: bytes, *, overrides: tuple[str, ...] = (), settings: Settings = DEFAULTS) -> Compiled:
    """Compiles what a file holds.

    Args:
        path: as messages show it; its stem is the model's default name, and includes are relative to it.
        data: the file's bytes.
        overrides: `KEY=VALUE` texts that change the spec before it is read.
        settings: limits.
    """
    sink = Sink()
    with collector_paused():
        return _compile(path, decode(path, data, sink), sink, overrides, settings)


def compile_text(text: str, path: str = "<text>", *, overrides: tuple[str, ...] = (), settings: Settings = DEFAULTS) -> Compiled:
    """Compiles a text that is already decoded; arguments as for `compile_bytes`."""
    with collector_paused():
        return _compile(path, Source(path, text), Sink(), overrides, settings)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without the garbage collector: what a spec becomes holds no cycles, and looking for some costs more than the check."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _compile(path: str, source: Source | None, sink: Sink, overrides: tuple[str, ...], settings: Settings) -> Compiled:
    root = parse(source, sink) if source is not None else None
    if root is None:
        return Compiled(path, None, None, sink.sorted(path))
    if overrides:
        from layerctl.language.overrides import apply

        root = apply(root, overrides, sink)
    expanded = expand(root, sink, path, settings)
    model = infer(expanded.graph, sink) if expanded.graph is not None else None
    lint(model, root, sink, expanded.included)
    if settings.memory_budget is not None and model is not None and model.complete and not sink.has_errors:
        from layerctl.lint.memory_budget import check

        train = expanded.document.train if expanded.document is not None else None
        check(model, train, settings.memory_budget, settings.batch_size, sink)
    if model is not None and expanded.document is not None and expanded.document.expect is not None:
        from layerctl.analysis.expectations import check_expectations

        check_expectations(expanded.document.expect, root, model, sink)
    if model is not None and expanded.document is not None and expanded.document.train is not None:
        from layerctl.analysis.trainability import check_training

        check_training(expanded.document.train, root, model, sink)
    return Compiled(path, model, expanded.document, sink.sorted(path), root)

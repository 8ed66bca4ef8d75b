"""Compiles a spec, without a framework, from its text to a typed graph and diagnostics."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from layerctl.base.source import Source
from layerctl.diagnostics import Diagnostic, Sink
from layerctl.diagnostics.checked import Checked
from layerctl.diagnostics.errors import SpecError
from layerctl.graph.infer import infer
from layerctl.graph.typed import TypedGraph
from layerctl.language.expand import expand
from layerctl.language.expand.settings import Settings
from layerctl.language.spec.document import Document
from layerctl.language.syntax import Node, decode, parse
from layerctl.lint._run import lint

DEFAULTS = Settings()
MANY = 100_000
"""More new objects than this make a compilation large: those of some 4,000 layers."""


class Accepted(NamedTuple):
    """A spec without errors, which can be built, trained and converted.

    Attributes:
        path: as messages show it.
        model: the typed graph.
        document: the spec's sections.
        root: the document's tree with the overrides in it, for the places of later diagnostics.
        custom_code: whether the classes of custom layers may be imported.
    """

    path: str
    model: TypedGraph
    document: Document
    root: Node
    custom_code: bool = False


class Compiled(NamedTuple):
    """A compiled spec, with or without errors.

    Attributes:
        path: as messages show it.
        model: the typed graph; None where the text is not a spec.
        document: the spec's sections; None where the text is not a spec.
        diagnostics: in the order of the text.
        root: the document's tree with the overrides in it, for the places of later diagnostics.
    """

    path: str
    model: TypedGraph | None
    document: Document | None
    diagnostics: tuple[Diagnostic, ...]
    root: Node | None = None

    @property
    def ok(self) -> bool:
        """Whether there are no errors."""
        return not any(diagnostic.is_error for diagnostic in self.diagnostics)

    def accepted(self) -> Accepted:
        """The spec as `Accepted`.

        Raises:
            SpecError: it has errors, other than in the data that it names: a model can be built without them.
        """
        wrong = any(diagnostic.is_error and not diagnostic.code.of_data for diagnostic in self.diagnostics)
        if wrong or self.model is None or self.document is None or self.root is None:
            raise SpecError(self.diagnostics)
        return Accepted(self.path, self.model, self.document, self.root)

    @property
    def checked(self) -> Checked:
        return Checked(self.path, self.model.graph.name if self.model is not None else None, self.diagnostics)


def compile_bytes(path: str, data: bytes, *, overrides: tuple[str, ...] = (), settings: Settings = DEFAULTS) -> Compiled:
    """Compiles a file's bytes.

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
    """Pauses the garbage collector: a compilation makes no cycles, and searching for them takes longer than the compilation.

    After a large one all objects count as old, so that the collector does not begin with a search of everything that was made.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if gc.get_count()[0] > MANY and gc.get_freeze_count() == 0:  # objects that the program has frozen stay so
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def _compile(path: str, source: Source | None, sink: Sink, overrides: tuple[str, ...], settings: Settings) -> Compiled:
    compiled = _read(path, source, sink, overrides, settings)
    wrong = {diagnostic.span.source.path: diagnostic.span.source for diagnostic in compiled.diagnostics if diagnostic.is_error}
    if not any("(" in source.text for source in wrong.values()):
        return compiled
    from layerctl.language.syntax.brackets import split, tell_of

    if places := split(compiled.diagnostics):
        again = _read(path, source, Sink(places), overrides, settings)
        if tell_of(again.diagnostics, places):
            return compiled._replace(diagnostics=again.diagnostics)
    return compiled


def _read(path: str, source: Source | None, sink: Sink, overrides: tuple[str, ...], settings: Settings) -> Compiled:
    root = parse(source, sink) if source is not None else None
    if root is None:
        return Compiled(path, None, None, sink.sorted(path))
    if overrides:
        from layerctl.language.overrides import apply

        root = apply(root, overrides, sink)
    expanded = expand(root, sink, path, settings)
    model = infer(expanded.graph, sink) if expanded.graph is not None else None
    document = expanded.document
    train = document.train if document is not None else None
    resolved = expanded.root
    lint(model, resolved, sink, written=root, included=expanded.included, train=train, settings=settings)
    if model is not None and document is not None and document.expect is not None:
        from layerctl.analysis.expectations import check_expectations

        check_expectations(document.expect, resolved, model, sink)
    if model is not None and train is not None:
        from layerctl.analysis.trainability import check_training

        check_training(train, resolved, model, sink)
    return Compiled(path, model, document, sink.sorted(path), resolved)

"""The names that a document uses: variables in its texts, blocks and models among its items."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from itertools import chain

from layerctl.catalog import CATALOGS
from layerctl.diagnostics import Sink
from layerctl.language.expand.unit import COMPANIONS, CONTROL, WIRING
from layerctl.language.expressions import DOLLAR, closing
from layerctl.language.expressions.values import Malformed
from layerctl.language.syntax import Entry, Mapping, Node, Scalar, Sequence

NAME = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|(?<![\w.])[A-Za-z_]\w*")
DEFINITIONS = ("blocks", "models")
MANY = 20
"""At most this many undefined words are compared with known names."""


class Uses:
    """The names used in a document's texts and items, including items that `if` or an empty loop drops.

    Attributes:
        root: the document.
        faults: the offsets of its errors.
        variables: names after a `$`, without parameters and loop variables; also where a fix puts them.
        operations: the operations of items.
        words: texts and keys among arguments, since a wrapped layer may be a model.
    """

    def __init__(self, root: Mapping, sink: Sink) -> None:
        self.root = root
        self.sink = sink
        errors = [diagnostic for diagnostic in sink.sorted() if diagnostic.is_error]
        self.faults = sorted(error.span.start for error in errors if error.span.source is root.source)
        edits = chain.from_iterable(error.fix.edits for error in errors if error.fix is not None)
        self.variables: set[str] = set(chain.from_iterable(named(edit.text) for edit in edits))
        self.operations: set[str] = set()
        self.words: set[str] = set()
        for key, entry in root.entries.items():
            if key in DEFINITIONS:
                self.definitions(entry.value)
            elif key == "layers":
                self.items(entry.value, frozenset())
            else:
                self.texts(entry.value, frozenset(), words=key == "vars")

    def section(self, name: str) -> Iterable[tuple[str, Entry]]:
        """The entries of a section; none where it is not a mapping."""
        node = self.root.get(name)
        return node.entries.items() if isinstance(node, Mapping) else ()

    def meant(self, words: Iterable[str], known: Iterable[str]) -> set[str | None]:
        """The known names that undefined words probably misspell; they count as used, as the misspelling is reported."""
        names = list(known)
        return {self.sink.did_you_mean(word, names) for word in sorted(words)[:MANY]}

    def faulty(self, entry: Entry) -> bool:
        """Whether an entry contains an error; then it gets no warnings."""
        if entry.key.source is not self.root.source:
            return False
        first = bisect_left(self.faults, entry.key.start)
        return first < len(self.faults) and self.faults[first] <= entry.value.end

    def unknown_operations(self) -> list[str]:
        """Operations that are neither layers nor keywords nor defined here."""
        defined = {name for section in DEFINITIONS for name, _ in self.section(section)}
        rest = self.operations - defined - set(CONTROL)
        return [name for name in rest if not name.startswith("ops.") and ":" not in name and not CATALOGS["layers"].find(name)]

    def definitions(self, node: Node) -> None:
        if isinstance(node, Scalar):
            self.texts(node, frozenset())
        for entry in node.entries.values() if isinstance(node, Mapping) else ():
            if isinstance(entry.value, Mapping):
                self.definition(entry.value)
            else:
                self.texts(entry.value, frozenset())

    def definition(self, node: Mapping) -> None:
        hidden: frozenset[str] = frozenset()
        params = node.get("params")
        for name, entry in params.entries.items() if isinstance(params, Mapping) else ():
            self.texts(entry.value, hidden)
            hidden |= {name}
        for key, entry in node.entries.items():
            if key == "layers":
                self.items(entry.value, hidden)
            elif key != "params":
                self.texts(entry.value, hidden)

    def items(self, node: Node, hidden: frozenset[str]) -> None:
        if isinstance(node, Scalar):
            self.texts(node, hidden)
        for item in node.items if isinstance(node, Sequence) else ():
            if isinstance(item, Scalar):
                self.operations.add(str(item.value))
                self.texts(item, hidden)
            elif isinstance(item, Mapping):
                self.item(item, hidden)

    def item(self, item: Mapping, hidden: frozenset[str]) -> None:
        loop = item.get("for")
        inside = hidden | set(loop.entries) if isinstance(loop, Mapping) else hidden
        for key, entry in item.entries.items():
            if key == "layers":
                self.items(entry.value, inside)
            elif key == "branches":
                for branch in branches(entry.value):
                    self.items(branch, hidden)
                if isinstance(entry.value, Scalar):
                    self.texts(entry.value, hidden)
            else:
                self.texts(entry.value, hidden, words=key not in WIRING and key != "for")
                if key not in WIRING and key not in COMPANIONS:
                    self.operations.add(key)

    def texts(self, node: Node, hidden: frozenset[str], *, words: bool = False) -> None:
        """Collects the variables in all texts of a node; with `words` also the texts and keys themselves."""
        rest = [node]
        while rest:
            part = rest.pop()
            if isinstance(part, Scalar):
                if isinstance(part.value, str):
                    if "$" in part.value:
                        self.variables |= named(part.value) - hidden
                    if words:
                        self.words.add(part.value)
            elif isinstance(part, Sequence):
                rest += part.items
            elif isinstance(part, Mapping):
                rest += [entry.value for entry in part.entries.values()]
                if words:
                    self.words |= part.entries.keys()


def branches(node: Node) -> list[Node]:
    """The lists of items under `branches`."""
    if isinstance(node, Mapping):
        return [entry.value for entry in node.entries.values()]
    return node.items if isinstance(node, Sequence) else []


def named(text: str) -> set[str]:
    """The names in the `$name` and `$(…)` of a text."""
    names: set[str] = set()
    at = 0
    while (match := DOLLAR.search(text, at)) is not None:
        at = match.end()
        if match["name"]:
            names.add(match["name"])
        elif match["open"]:
            try:
                end = closing(text, match.start())
            except Malformed:
                end = len(text)
            names |= {name for name in NAME.findall(text[at:end]) if name[0] not in "'\""}
            at = end
    return names

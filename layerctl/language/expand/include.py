"""The section `include`: blocks from other files, which stay inside the spec's own directory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from collections.abc import Mapping as MappingABC
from typing import Any

from layerctl.diagnostics import Sink
from layerctl.language.bind import FAILED, Binder, UnknownKey, WrongType, shown
from layerctl.language.expand._codes import IncludeFailed, Recursion
from layerctl.language.expand.blocks import Block, enter, read_definitions
from layerctl.language.expand.variables import variables
from layerctl.language.spec.document import SECTIONS
from layerctl.language.syntax import MAX_CHARACTERS, Mapping, Node, Scalar, Sequence, decode, parse

MAX_FILES = 1000
Definitions = dict[str, Block]
"""The blocks and models of a file and its includes, by name."""


class Includer:
    """Reads included files, each once.

    Attributes:
        within: the directory that no include may leave, with links resolved.
        roots: the documents read so far.
    """

    def __init__(self, sink: Sink, within: str) -> None:
        self.sink = sink
        self.within = os.path.realpath(within)
        self.read: dict[str, Definitions] = {}
        self.open: list[str] = []
        self.roots: list[Mapping] = []

    def library(self, root: Mapping, path: str, names: MappingABC[str, Any]) -> Definitions:
        """The blocks and models of a document and its includes.

        Args:
            root: the document.
            path: its file; includes are relative to it.
            names: its own variables.
        """
        blocks: Definitions = {}
        self.open.append(os.path.realpath(path))
        for entry, target in self.targets(root, path, names):
            for block in self.file(entry, target).values():
                enter(blocks, block, entry.span, self.sink)
        self.open.pop()
        for block in read_definitions(root, names, self.sink):
            enter(blocks, block, block.place, self.sink)
        return blocks

    def targets(self, root: Mapping, path: str, names: MappingABC[str, Any]) -> Iterator[tuple[Node, str]]:
        """The entries of `include`, each with its path relative to the current directory."""
        node = root.get("include")
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return
        if not isinstance(node, Sequence):
            self.sink.add(WrongType, node.span, "`include` takes a list of paths", help="write `include: [blocks.yaml]`")
            return
        binder = Binder(self.sink, names)
        for entry in node.items:
            value = binder.plain(entry)
            if isinstance(value, str) and value and "\0" not in value:
                yield entry, os.path.normpath(os.path.join(os.path.dirname(path), value))
            elif value is not FAILED:
                message = f"`include` takes paths, got {shown(value)}"
                self.sink.add(WrongType, entry.span, message, help="write `include: [blocks.yaml]`")

    def file(self, entry: Node, path: str) -> Definitions:
        """The definitions of one included file; empty after a diagnostic."""
        real = os.path.realpath(path)
        if os.path.commonpath([self.within, real]) != self.within:
            self.fail(
                entry, f"{path} is outside of {_shown(self.within)}", "move it there, or allow it with `--include-root DIR`"
            )
        elif real in self.open:
            circle = " → ".join(os.path.basename(step) for step in [*self.open[self.open.index(real) :], real])
            self.sink.add(Recursion, entry.span, f"the files include each other: {circle}", help="remove one of these includes")
        elif real in self.read:
            return self.read[real]
        elif len(self.read) >= MAX_FILES:
            self.fail(entry, f"the spec includes more than {MAX_FILES:,} files", "join some of them")
        elif (data := self.bytes(entry, path)) is not None:
            source = decode(path, data, self.sink)
            root = parse(source, self.sink) if source is not None else None
            if isinstance(root, Mapping):
                self.known_keys(root)
                self.roots.append(root)
                self.read[real] = self.library(root, path, variables(root, self.sink))
                return self.read[real]
            if root is not None:
                message = "an included file is a mapping with `blocks`"
                self.sink.add(WrongType, root.span, message, help="write `blocks: {NAME: {layers: [{Dense: 8}]}}` into it")
        return {}

    def bytes(self, entry: Node, path: str) -> bytes | None:
        try:
            if not os.path.isfile(path):
                self.fail(entry, f"there is no file {path}", "the path is relative to the file that names it")
                return None
            with open(path, "rb") as file:
                return file.read(4 * MAX_CHARACTERS)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self.fail(entry, f"cannot read {path}: {reason}", "check the path and its permissions")
            return None

    def fail(self, entry: Node, message: str, help: str) -> None:
        self.sink.add(IncludeFailed, entry.span, message, help=help)

    def known_keys(self, root: Mapping) -> None:
        for key, entry in root.entries.items():
            if key not in SECTIONS:
                self.sink.add(UnknownKey, entry.key.span, f"a spec has no key `{key}`", help=self.sink.suggestion(key, SECTIONS))


def _shown(folder: str) -> str:
    """A directory as a message shows it."""
    relative = os.path.relpath(folder)
    return "this directory" if relative == "." else folder if relative.startswith("..") else relative

"""The section `include`: blocks from other files, which stay inside the spec's own directory."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from collections.abc import Mapping as MappingABC
from itertools import dropwhile
from typing import Any, TypeAlias

from layerctl.base.reading import TEXTS, advice, reason, resolved, whole
from layerctl.diagnostics import Sink
from layerctl.language.bind import FAILED, Binder, UnknownKey, WrongType, is_failed, shown
from layerctl.language.expand._codes import IncludeFailed, Recursion
from layerctl.language.expand.blocks import Block, enter, read_definitions
from layerctl.language.expand.variables import spelled_out, variables
from layerctl.language.spec.document import SECTIONS
from layerctl.language.syntax import Mapping, Node, Sequence, decode, is_null, parse

MAX_FILES = 1000
Definitions = dict[str, Block]
"""The blocks and models of a file and its includes, by name."""
Collecting: TypeAlias = Generator[tuple[Node, str], Definitions | None, Definitions]


class Includer:
    """Reads included files, each once.

    Attributes:
        within: the directory that no include may leave, with links resolved.
        read: the definitions of each file that is read, by its path with links resolved.
        open: the files that include each other on the way to the current one, from the first on.
        size: of the files that are read, in bytes.
        roots: the documents read so far.
    """

    def __init__(self, sink: Sink, within: str) -> None:
        self.sink = sink
        self.within = os.path.realpath(within)
        self.read: dict[str, Definitions] = {}
        self.open: dict[str, None] = {}
        self.size = 0
        self.roots: list[Mapping] = []

    def library(self, root: Mapping, path: str, names: MappingABC[str, Any]) -> Definitions:
        """The blocks and models of a document and its includes.

        Args:
            root: the document.
            path: its file; includes are relative to it.
            names: its own variables.
        """
        libraries = [self.collected(root, path, names)]  # of the files that include each other: a stack in place of recursion
        found: Definitions | None = None
        while libraries:
            try:
                entry, target = libraries[-1].send(found)
            except StopIteration as finished:
                libraries.pop()
                found = finished.value
            else:
                opened = self.file(entry, target)
                found = opened if isinstance(opened, dict) else None
                if not isinstance(opened, dict):
                    libraries.append(opened)
        return found or {}

    def collected(self, root: Mapping, path: str, names: MappingABC[str, Any]) -> Collecting:
        """As `library`, a step at a time: gives each include, with its place, and is sent its definitions."""
        blocks: Definitions = {}
        root = spelled_out(root, Binder(self.sink, names))
        real = os.path.realpath(path)
        self.open[real] = None
        for entry, target in self.targets(root, path, names):
            for block in ((yield entry, target) or {}).values():
                enter(blocks, block, entry.span, self.sink)
        del self.open[real]
        for block in read_definitions(root, names, self.sink):
            enter(blocks, block, block.place, self.sink)
        self.read[real] = blocks
        return blocks

    def targets(self, root: Mapping, path: str, names: MappingABC[str, Any]) -> Iterator[tuple[Node, str]]:
        """The entries of `include`, each with its path relative to the current directory."""
        node = root.get("include")
        if node is None or is_null(node) or is_failed(node):
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

    def file(self, entry: Node, path: str) -> Definitions | Collecting:
        """The definitions of one included file, or what collects them; empty after a diagnostic."""
        real = resolved(path)
        if os.path.commonpath([self.within, real]) != self.within:
            self.fail(
                entry, f"{path} is outside of {_shown(self.within)}", "move it there, or allow it with `--include-root DIR`"
            )
        elif real in self.open:
            steps = [*dropwhile(lambda step: step != real, self.open), real]
            circle = " → ".join(os.path.basename(step) for step in steps)
            self.sink.add(Recursion, entry.span, f"the files include each other: {circle}", help="remove one of these includes")
        elif real in self.read:
            return self.read[real]
        elif len(self.roots) >= MAX_FILES:
            self.fail(entry, f"the spec includes more than {MAX_FILES:,} files", "join some of them")
        elif (data := self.bytes(entry, path)) is not None:
            source = decode(path, data, self.sink)
            root = parse(source, self.sink) if source is not None else None
            if isinstance(root, Mapping):
                self.known_keys(root)
                self.roots.append(root)
                return self.collected(root, path, variables(root, self.sink))
            if root is not None:
                message = "an included file is a mapping with `blocks`"
                self.sink.add(WrongType, root.span, message, help="write `blocks: {NAME: {layers: [{Dense: 8}]}}` into it")
        return {}

    def bytes(self, entry: Node, path: str) -> bytes | None:
        try:
            data = whole(path, TEXTS)
            self.size += len(data)
            TEXTS.check(self.size, "the included files have together")
        except (FileNotFoundError, IsADirectoryError):
            self.fail(entry, f"there is no file {path}", "the path is relative to the file that names it")
        except OSError as error:
            self.fail(entry, f"cannot read {path}: {reason(error)}", advice(error))
        else:
            return data
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

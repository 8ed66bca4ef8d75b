"""The tree of a document: scalars, lists and mappings with their places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from layerctl.base.source import Source, Span

SPAN: Callable[[type[Span], tuple[Source, int, int]], Span] = tuple.__new__
"""Makes a Span from its parts in half the time of calling Span; each layer needs several."""


class Node:
    """A part of the document and its place, as offsets into its source."""

    __slots__ = ("end", "source", "start")

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        self.start = start
        self.end = end

    @property
    def span(self) -> Span:
        return SPAN(Span, (self.source, self.start, self.end))


class Scalar(Node):
    """Text, a number, a boolean or null; FAILED where a reported mistake leaves the value unknown."""

    __slots__ = ("value",)

    def __init__(self, source: Source, start: int, end: int, value: str | int | float | bool | None) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.value = value


class Sequence(Node):
    """A list."""

    __slots__ = ("height", "items", "size")

    def __init__(self, source: Source, start: int, end: int, items: list[Node], size: int = 1, height: int = 1) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.items = items
        self.size = size
        self.height = height


class Entry:
    """One key of a mapping and its value."""

    __slots__ = ("key", "value")

    def __init__(self, key: Scalar, value: Node) -> None:
        self.key = key
        self.value = value


class Partial(dict[str, Entry]):
    """Entries of a mapping of which some keys could not be read, which is reported; a key missing here may be one of those."""


class Mapping(Node):
    """A mapping; keys are text, in the order of the document."""

    __slots__ = ("entries", "height", "size")

    def __init__(self, source: Source, start: int, end: int, entries: dict[str, Entry], size: int = 1, height: int = 1) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.entries = entries
        self.size = size
        self.height = height

    def get(self, key: str) -> Node | None:
        entry = self.entries.get(key)
        return entry.value if entry is not None else None

    @property
    def whole(self) -> bool:
        """Whether every key could be read; otherwise an absent key may be an unread one."""
        return type(self.entries) is not Partial


def is_null(node: Node) -> bool:
    """Whether the value is empty or `null`."""
    return isinstance(node, Scalar) and node.value is None


def as_node(value: Any, place: Node) -> Node:
    """The node of a plain value (lists as tuples), as if it were written at `place`."""
    if isinstance(value, tuple):
        return Sequence(place.source, place.start, place.end, [as_node(item, place) for item in value])
    if isinstance(value, dict):
        entries = {
            key: Entry(Scalar(place.source, place.start, place.end, key), as_node(item, place)) for key, item in value.items()
        }
        return Mapping(place.source, place.start, place.end, entries)
    return Scalar(place.source, place.start, place.end, value.replace("$", "$$") if isinstance(value, str) else value)


def is_copied(node: Node) -> bool:
    """Whether a variable is written in its place, so that the texts of its parts are not theirs but the variable's."""
    parts = node.items if isinstance(node, Sequence) else []
    if isinstance(node, Mapping):
        parts = [entry.value for entry in node.entries.values()]
    return any((part.start, part.end) == (node.start, node.end) for part in parts)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    if isinstance(node, Sequence):
        for item in node.items:
            yield from walk(item)
    elif isinstance(node, Mapping):
        for entry in node.entries.values():
            yield entry.key
            yield from walk(entry.value)

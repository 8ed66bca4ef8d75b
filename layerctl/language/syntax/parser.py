"""Builds the tree of one document from the events of a YAML parser: anchors and aliases, `<<`, duplicate keys, limits.

The events come from libyaml through PyYAML. PyYAML's own tree is not used: this one keeps every place, and building goes on
after a duplicate key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from layerctl.base.numbers import MAX_DIGITS
from layerctl.base.source import Source, Span
from layerctl.diagnostics import Advice, Code, Edit, Related, Sink, meant
from layerctl.language.expressions.values import FAILED
from layerctl.language.syntax._codes import DuplicateKey, InvalidAlias, InvalidKey, LimitExceeded, NotOneDocument, TagNotAllowed
from layerctl.language.syntax.nodes import Entry, Mapping, Node, Partial, Scalar, Sequence
from layerctl.language.syntax.scalars import NOT_PLAINLY_TEXT, scalar_value

MAX_DEPTH = 100
MAX_NODES = 4_000_000
MAX_ALIASED_NODES = 200_000
SHORTER = "use `for`, `repeat` and `blocks` for repetition"
FLATTER = "close brackets where they end; a block can hold what is nested"

EVENTS: Any = yaml.cyaml.CParser if yaml.__with_libyaml__ else yaml.SafeLoader  # type: ignore[attr-defined]
"""The source of events: libyaml, or PyYAML's own parser where PyYAML was installed without libyaml."""
NOT_A_KEY = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")
"""A variable as other programs write it."""


def place(event: Any) -> tuple[int, int]:
    """The start and end offsets of an event."""
    return event.start_mark.index, event.end_mark.index


class Stop(Exception):
    """Parsing cannot go on; the diagnostic is in the sink."""


class Parser:
    """Builds the tree of one document from libyaml's events."""

    def __init__(self, source: Source, sink: Sink) -> None:
        self.source = source
        self.sink = sink
        self.anchors: dict[str, Node | None] = {}
        self.nodes = 0
        self.aliased = 0
        self.next: Callable[[], Any] = EVENTS(source.text).get_event
        if sink.in_brackets:
            from layerctl.language.syntax.brackets import joined

            self.next = joined(source, sink.in_brackets, EVENTS)

    def fail(self, code: type[Code], start: int, end: int, message: str, *, help: str | None = None) -> NoReturn:
        self.sink.add(code, Span(self.source, start, max(end, start)), message, help=help)
        raise Stop

    def document(self) -> Node | None:
        self.next()
        event: Any = self.next()
        if type(event) is StreamEndEvent:
            self.fail(NotOneDocument, 0, 0, "the file is empty", help="`layerctl init` writes a spec to start from")
        node = self.node(self.next(), 0)
        self.next()
        event = self.next()
        if isinstance(event, DocumentStartEvent):
            start = event.start_mark.index if event.start_mark is not None else 0
            self.sink.add(
                NotOneDocument,
                Span(self.source, start, start + 3),
                "a second document begins here; a file holds one spec",
                help="put the second document into a file of its own",
            )
        return node

    def node(self, event: Any, depth: int) -> Node:
        kind = type(event)
        if kind is ScalarEvent:
            return self.scalar(event)
        if kind is AliasEvent:
            return self.alias(event, depth)
        if depth >= MAX_DEPTH:
            self.fail(LimitExceeded, *place(event), f"values are nested deeper than {MAX_DEPTH} levels", help=FLATTER)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.too_many(event)
        if event.tag is not None:
            self.tag(event)
        build = self.mapping if kind is MappingStartEvent else self.sequence
        anchor = event.anchor
        if anchor is None and event.tag is None:
            return build(event, depth)
        if anchor is not None:
            self.anchors[anchor] = None
        node: Node = build(event, depth)
        node.start = self.past_properties(node.start, node.end)
        if event.tag is not None:
            node = self.hidden(node.start, node.end)
        if anchor is not None:
            self.anchors[anchor] = node
        return node

    def hidden(self, start: int, end: int) -> Scalar:
        """A value that a reported mistake leaves unknown; nothing else is reported at its place."""
        node = Scalar(self.source, start, end, FAILED)
        self.sink.hush(node.span)
        return node

    def too_many(self, event: Any) -> NoReturn:
        self.fail(LimitExceeded, *place(event), f"the document holds more than {MAX_NODES:,} values", help=SHORTER)

    def scalar(self, event: Any) -> Scalar:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.too_many(event)
        value = event.value
        if value[:1] in NOT_PLAINLY_TEXT and event.implicit[0]:
            try:
                value = scalar_value(value)
            except OverflowError:
                message = f"a number of {len(value):,} characters; the limit is {MAX_DIGITS}"
                self.sink.add(LimitExceeded, Span(self.source, *place(event)), message, help="write fewer digits")
                value = FAILED
        node = Scalar(self.source, event.start_mark.index, event.end_mark.index, value)
        if event.tag is not None:
            self.tag(event)
            node.value = value = FAILED
        if event.anchor is not None:
            self.anchors[event.anchor] = node
            node.start = self.past_properties(node.start, node.end)
        if value is FAILED:
            self.sink.hush(node.span)
        return node

    def past_properties(self, start: int, end: int) -> int:
        """The offset of the value itself after `&anchor`, which libyaml counts as part of it."""
        text = self.source.text
        while start < end and text[start] in "&! \t\r\n":
            if text[start] in "&!":
                while start < end and not text[start].isspace():
                    start += 1
            else:
                start += 1
        return start

    def tag(self, event: Any) -> None:
        start = event.start_mark.index
        text = self.source.text
        start = text.find("!", start)
        end = next((i for i in range(start, len(text)) if text[i].isspace() or text[i] in ",]}"), len(text))
        after = end + (text[end : end + 1] == " ")
        self.sink.add(
            TagNotAllowed,
            Span(self.source, start, end),
            f"the tag `{text[start:end][:60]}` is not allowed",
            help=Advice("remove the tag; a spec holds plain values only", edits=(Edit(Span(self.source, start, after), ""),)),
        )

    def alias(self, event: Any, depth: int) -> Node:
        start, end = place(event)
        name = event.anchor
        node = self.anchors.get(name)
        if node is None:
            self.invalid_alias(name, Span(self.source, start, end))
            return self.hidden(start, end)
        self.aliased += getattr(node, "size", 1)
        if self.aliased > MAX_ALIASED_NODES:
            message = f"the aliases of this document expand to more than {MAX_ALIASED_NODES:,} values"
            self.fail(LimitExceeded, start, end, message, help=SHORTER)
        if depth + getattr(node, "height", 0) > MAX_DEPTH:
            message = f"with its aliases this document is nested deeper than {MAX_DEPTH} levels"
            self.fail(LimitExceeded, start, end, message, help=FLATTER)
        return node

    def invalid_alias(self, name: str, place: Span) -> None:
        if name in self.anchors:
            message = f"the alias `*{name}` stands within the value that it repeats"
            help = Advice("write out what is meant here")
        else:
            message = f"there is no anchor `&{name}` before this alias"
            near = self.sink.did_you_mean(name, self.anchors)
            help = meant(near and f"*{near}", f"put `&{name}` before the value that is to be repeated")
        self.sink.add(InvalidAlias, place, message, help=help)

    def sequence(self, event: Any, depth: int) -> Sequence:
        items: list[Node] = []
        size = height = 1
        following, scalar = self.next, self.scalar  # these two loops take most of the time of a parse
        while (kind := type(event_ := following())) is not SequenceEndEvent:
            if kind is ScalarEvent:
                items.append(scalar(event_))
                size += 1
                continue
            item = self.node(event_, depth + 1)
            size += getattr(item, "size", 1)
            height = max(height, getattr(item, "height", 0) + 1)
            items.append(item)
        return Sequence(self.source, event.start_mark.index, event_.end_mark.index, items, size, height)

    def mapping(self, event: Any, depth: int) -> Mapping:
        entries: dict[str, Entry] = {}
        merged: list[Entry] = []
        size = height = 1
        whole = True
        following, scalar = self.next, self.scalar
        while (kind := type(event_ := following())) is not MappingEndEvent:
            key = scalar(event_) if kind is ScalarEvent else self.node(event_, depth + 1)
            of_value = following()
            if type(of_value) is ScalarEvent:
                value: Node = scalar(of_value)
                size += 2
            else:
                value = self.node(of_value, depth + 1)
                size += 1 + getattr(value, "size", 1)
                height = max(height, getattr(value, "height", 0) + 1)
            if not isinstance(key, Scalar):
                message = "a key is a name, not a list or a mapping"
                self.sink.add(InvalidKey, key.span, message, help=self.meant_by(event.start_mark.index))
                whole = False
                continue
            name = key.value
            if name is FAILED:
                whole = False
                continue
            if type(name) is not str:
                name = self.source.text[key.start : key.end]
            entry = Entry(key, value)
            if name == "<<" and kind is ScalarEvent and event_.implicit[0]:
                if merged:
                    self.duplicate(name, entry, merged[0])
                merged.append(entry)
            elif entries.setdefault(name, entry) is not entry:
                self.duplicate(name, entry, entries[name])
        for entry in merged:
            whole = self.merge(entries, entry.value) and whole
        end = event_.end_mark.index
        return Mapping(self.source, event.start_mark.index, end, entries if whole else Partial(entries), size, height)

    def meant_by(self, start: int) -> Advice:
        """Advice on a mapping whose key is no name; `{{ width }}` is how other programs write a variable."""
        match = NOT_A_KEY.match(self.source.text, start)
        if match is None:
            return Advice("quote it if it is meant as text")
        return Advice(f"write `${match[1]}`", edits=(Edit(Span(self.source, *match.span()), f"${match[1]}"),))

    def duplicate(self, name: str, entry: Entry, first: Entry) -> None:
        self.sink.add(
            DuplicateKey,
            entry.key.span,
            f"the key `{name}` stands twice in this mapping",
            help="remove one of the two",
            related=(Related(first.key.span, "first here"),),
        )

    def merge(self, entries: dict[str, Entry], value: Node) -> bool:
        """`<<`: adds the entries of one or several other mappings whose keys are absent here; whether all could be read."""
        whole = True
        for mapping in value.items if isinstance(value, Sequence) else (value,):
            if not isinstance(mapping, Mapping):
                help = "write `<<: *NAME`, where `&NAME` stands before a mapping; quote a key that is meant as text"
                self.sink.add(InvalidKey, mapping.span, "`<<` merges mappings; this is none", help=help)
                whole = False
                continue
            whole = whole and mapping.whole
            for name, entry in mapping.entries.items():
                entries.setdefault(name, entry)
        return whole

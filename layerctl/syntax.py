"""Text to a tree of nodes that know their place: YAML 1.2 scalars, no tags, no duplicate keys, limits on everything.

The parser is libyaml's (through PyYAML's events); what is built from its events is ours, because the tree has to keep every
place, to go on after a duplicate key, and to read scalars by the YAML 1.2 core schema, where PyYAML reads YAML 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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

from layerctl.diagnostics import Code, Related, Sink, did_you_mean
from layerctl.expressions import FAILED
from layerctl.source import Source, Span

MAX_CHARACTERS = 32 * 1024 * 1024
MAX_DEPTH = 100
MAX_NODES = 4_000_000
MAX_ALIASED_NODES = 200_000
MAX_DIGITS = 400
SHORTER = "use `for`, `repeat` and `blocks` for repetition"
FLATTER = "close brackets where they end; a block can hold what is nested"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class InvalidYaml(Code):
    """The text is not YAML.

    The YAML parser stopped here; nothing after this place was read.

    Why:
        A spec is YAML. Where the parser cannot tell what is meant, guessing would build another model than yours.

    Example:
        ```yaml
        layers:
          - Dense: {units: 10
        ```

    Fix:
        Close the bracket or quote, indent with spaces, and put a space after each `:` and `-`.
    """

    id = "LC101"


class DuplicateKey(Code):
    """A key stands twice in one mapping.

    Only one of the two values could count, and most YAML readers silently keep the last.

    Why:
        A silently dropped value is a model that differs from what its file seems to say.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: {units: 10, units: 20}
        ```

    Fix:
        Remove one of the two entries.
    """

    id = "LC102"


class TagNotAllowed(Code):
    """A value carries a YAML tag.

    Tags (`!x`, `!!python/…`, `!!int`) are how YAML files come to run code, and layerctl never needs one.

    Why:
        A spec must be safe to read whoever wrote it.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: !!int 10
        ```

    Fix:
        Remove the tag; quote the value where it must be text.
    """

    id = "LC103"


class InvalidUtf8(Code):
    """The file is not UTF-8 text.

    Why:
        YAML is read as UTF-8; any other encoding would put wrong characters into names.

    Example:
        A file saved as Latin-1 or UTF-16, or one that is no text at all.

    Fix:
        Save the file as UTF-8. A byte order mark is accepted.
    """

    id = "LC104"


class InvalidCharacter(Code):
    """The text holds a control character.

    Why:
        YAML forbids characters that cannot be seen, such as NUL and ESC.

    Example:
        A file that was cut off by a crash and filled with NUL bytes.

    Fix:
        Remove the character; in a quoted text, write it as an escape (`"\\x1b"`).
    """

    id = "LC105"


class NotOneDocument(Code):
    """The file does not hold exactly one YAML document.

    Why:
        One file is one spec, so that a path names a model.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [Flatten]
        ---
        layers: [Dense: 10]
        ```

    Fix:
        Split the file at `---`, or write a spec into the empty one (`layerctl init`).
    """

    id = "LC106"


class LimitExceeded(Code):
    """The document is larger, deeper or more self-repeating than layerctl reads.

    Why:
        Without limits a few lines of YAML (an alias bomb, a million brackets) could fill the memory of a CI job.

    Example:
        ```yaml
        a: &a [x, x, x, x, x, x, x, x, x]
        b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
        c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
        d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
        e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]
        f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]
        ```

    Fix:
        Write less: use loops and blocks for repetition.
    """

    id = "LC107"


class InvalidAlias(Code):
    """An alias points to no anchor before it, or into itself.

    Why:
        An alias repeats a finished value; a value that holds itself has no end.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: &all
          - *all
        ```

    Fix:
        Put the anchor (`&name`) on the value before the first alias (`*name`).
    """

    id = "LC108"


class InvalidKey(Code):
    """A key is not a plain name.

    Why:
        All keys of a spec are names; a list or a mapping as a key means nothing here.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - {[1, 2]: 3}
        ```

    Fix:
        Quote the key where it is meant as text.
    """

    id = "LC109"


SPAN: Callable[[type[Span], tuple[Source, int, int]], Span] = tuple.__new__
"""Makes a Span of its parts in half the time that calling Span takes; each layer asks for several."""


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
    """A value of one piece: text, a number, a boolean or null; FAILED where a mistake, which is reported, hides it."""

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
    """Entries of a mapping some of whose keys hold a mistake, which is reported: what is not here may be meant by these."""


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
        """Whether every key could be read: only then is one that is not here missing."""
        return type(self.entries) is not Partial


def as_node(value: Any, place: Node) -> Node:
    """A plain value, lists as tuples, as if it were written at a place."""
    if isinstance(value, tuple):
        return Sequence(place.source, place.start, place.end, [as_node(item, place) for item in value])
    if isinstance(value, dict):
        entries = {
            key: Entry(Scalar(place.source, place.start, place.end, key), as_node(item, place)) for key, item in value.items()
        }
        return Mapping(place.source, place.start, place.end, entries)
    return Scalar(place.source, place.start, place.end, value.replace("$", "$$") if isinstance(value, str) else value)


NUMBER = re.compile(
    r"""(?P<int>[-+]?[0-9][0-9_]*)
    | 0x(?P<hex>[0-9a-fA-F_]+)
    | 0o(?P<octal>[0-7_]+)
    | (?P<float>[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?)
    | (?P<inf>[-+]?\.(?:inf|Inf|INF))
    | (?P<nan>\.(?:nan|NaN|NAN))""",
    re.VERBOSE,
)
CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
NUMBER_START = frozenset("0123456789+-.")
NOT_PLAINLY_TEXT = NUMBER_START | {text[:1] for text in CONSTANTS}
"""What the first character of a plain scalar must be for it to be anything but text: most are told apart by it alone."""
FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def scalar_value(text: str) -> str | int | float | bool | None:
    """What a plain scalar means in the YAML 1.2 core schema; digit groups (`1_000`) are allowed besides.

    Raises:
        OverflowError: the number has more than `MAX_DIGITS` digits.
    """
    if text.isdecimal() and text.isascii() and len(text) <= MAX_DIGITS:
        return int(text)
    if text in CONSTANTS:
        return CONSTANTS[text]
    if text[0] not in NUMBER_START or not (match := NUMBER.fullmatch(text)):
        return text
    if len(text) > MAX_DIGITS:
        raise OverflowError
    kind = match.lastgroup or ""
    digits = match[kind].replace("_", "")
    if kind == "int":
        return int(digits)
    if kind in ("hex", "octal"):
        return int(digits, 16 if kind == "hex" else 8) if digits else text
    return float(digits.replace(".", "", 1) if kind in ("inf", "nan") else digits)


EVENTS: Any = yaml.cyaml.CParser if yaml.__with_libyaml__ else yaml.SafeLoader  # type: ignore[attr-defined]
"""What makes events of a text: libyaml, or PyYAML's own parser where PyYAML was installed without it."""


def place(event: Any) -> tuple[int, int]:
    """The offsets of what an event stands for."""
    return event.start_mark.index, event.end_mark.index


class _Stop(Exception):
    """Parsing cannot go on; the diagnostic is in the sink."""


class _Parser:
    """Builds the tree of one document from libyaml's events."""

    def __init__(self, source: Source, sink: Sink) -> None:
        self.source = source
        self.sink = sink
        self.anchors: dict[str, Node | None] = {}
        self.nodes = 0
        self.aliased = 0
        self.next: Callable[[], Any] = EVENTS(source.text).get_event

    def fail(self, code: type[Code], start: int, end: int, message: str, *, help: str | None = None) -> NoReturn:
        self.sink.add(code, Span(self.source, start, max(end, start)), message, help=help)
        raise _Stop

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
        if anchor is None:
            return build(event, depth)
        self.anchors[anchor] = None
        node = self.anchors[anchor] = build(event, depth)
        node.start = self.past_properties(node.start, node.end)
        return node

    def too_many(self, event: Any) -> NoReturn:
        self.fail(LimitExceeded, *place(event), f"the document holds more than {MAX_NODES:,} values", help=SHORTER)

    def scalar(self, event: Any) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.too_many(event)
        value = event.value
        if event.tag is not None:
            self.tag(event)
        if event.implicit[0] or (event.tag is not None and not event.style):  # behind the tag stands what was meant
            if value[:1] in NOT_PLAINLY_TEXT:
                value = self.value(value, start, end)
        node = Scalar(self.source, start, end, value)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
            node.start = self.past_properties(start, end)
        if value is FAILED:
            self.sink.hush(node.span)
        return node

    def value(self, text: str, start: int, end: int) -> Any:
        try:
            return scalar_value(text)
        except OverflowError:
            message = f"a number of {len(text):,} characters; the limit is {MAX_DIGITS}"
            self.sink.add(LimitExceeded, Span(self.source, start, end), message, help="write fewer digits")
            return FAILED

    def past_properties(self, start: int, end: int) -> int:
        """Where the value itself begins after `&anchor` (libyaml counts the anchor in)."""
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
        self.sink.add(
            TagNotAllowed,
            Span(self.source, start, end),
            f"the tag `{text[start:end][:60]}` is not allowed",
            help="remove the tag; a spec holds plain values only",
        )

    def alias(self, event: Any, depth: int) -> Node:
        start, end = place(event)
        name = event.anchor
        node = self.anchors.get(name)
        if node is None:
            hidden = Scalar(self.source, start, end, FAILED)
            self.invalid_alias(name, hidden.span)
            self.sink.hush(hidden.span)
            return hidden
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
            help = "write out what is meant here"
        else:
            message = f"there is no anchor `&{name}` before this alias"
            near = did_you_mean(name, self.anchors)
            help = f"did you mean `*{near}`?" if near else f"put `&{name}` before the value that is to be repeated"
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
                self.sink.add(InvalidKey, key.span, message, help="quote it if it is meant as text")
            if not isinstance(key, Scalar) or key.value is FAILED:
                whole = False
                continue
            name = key.value if isinstance(key.value, str) else self.source.text[key.start : key.end]
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

    def duplicate(self, name: str, entry: Entry, first: Entry) -> None:
        self.sink.add(
            DuplicateKey,
            entry.key.span,
            f"the key `{name}` stands twice in this mapping",
            help="remove one of the two",
            related=(Related(first.key.span, "first here"),),
        )

    def merge(self, entries: dict[str, Entry], value: Node) -> bool:
        """`<<`: entries of another mapping, or of several, that this one does not have itself; whether all are known."""
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


PROBLEMS = {
    "mapping values are not allowed": "quote a text that holds `: `; an item with keys below it ends in a colon: `- Flatten:`",
    "cannot start any token": "indent with spaces, not tabs, and quote a text that begins with one of `@` `` ` `` `%`",
    "expected ',' or ']'": "close the `[` with `]`, and put a comma between its values",
    "expected ',' or '}'": "close the `{` with `}`, and put a comma between its entries",
    "unexpected end of stream": "close the quote that was opened",
    "could not find expected ':'": "put `: ` (with a space) between a key and its value",
    "expected <block end>": "lines of one mapping or list begin at one column",
    "did not find expected key": "lines of one mapping begin at one column; close every quote and bracket",
    "did not find expected '-' indicator": "the items of a list begin at one column",
    "did not find expected node content": "a value is missing here, or a comma is doubled",
}


def _syntax_error(source: Source, sink: Sink, error: yaml.MarkedYAMLError) -> None:
    mark = error.problem_mark or error.context_mark
    start = min(mark.index if mark is not None else 0, len(source.text))
    problem = error.problem or "the text cannot be read"
    help = next((help for part, help in PROBLEMS.items() if part in problem), "quote a text that holds special characters")
    related = []
    if error.context and error.context_mark is not None and error.context_mark.index != start:
        at = min(error.context_mark.index, len(source.text))
        related.append(Related(Span(source, at, min(at + 1, len(source.text))), error.context))
    place = Span(source, start, min(start + 1, len(source.text)))
    sink.add(InvalidYaml, place, f"this is not YAML: {problem}", help=help, related=related)


def decode(path: str, data: bytes, sink: Sink) -> Source | None:
    """Bytes to text; None where they are not UTF-8: then no character of the file is sure."""
    data = data.removeprefix(BYTE_ORDER_MARK)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        source = Source(path, before)
        place = Span(source, len(before), len(before))
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        sink.add(InvalidUtf8, place, message, help="save the file as UTF-8")
        return None
    return Source(path, text)


def parse(source: Source, sink: Sink) -> Node | None:
    """The document's tree, or None where it cannot be read; every mistake goes into the sink."""
    text = source.text
    if len(text) > MAX_CHARACTERS:
        message = f"the file has {len(text):,} characters; the limit is {MAX_CHARACTERS:,}"
        sink.add(LimitExceeded, Span(source, 0, 0), message, help=SHORTER)
        return None
    if bad := FORBIDDEN.search(text):
        message = f"the character U+{ord(bad[0]):04X} is not allowed in YAML"
        help = "remove it; within double quotes it can be written as `" + bad[0].encode("unicode_escape").decode("ascii") + "`"
        sink.add(InvalidCharacter, Span(source, bad.start(), bad.end()), message, help=help)
        return None
    try:
        return _Parser(source, sink).document()
    except _Stop:
        return None
    except yaml.MarkedYAMLError as error:
        _syntax_error(source, sink, error)
        return None


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

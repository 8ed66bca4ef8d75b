"""Values in round brackets that YAML splits at their commas in `[…]` and `{…}`: `(28, 28, 1)`, `Dense(10, activation=relu)`.

A spec means what YAML reads in it. Only where the first part of such a value is a mistake, the spec is read once more with the
whole value as one, so that one diagnostic tells of it.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from layerctl.base.source import Source, Span
from layerctl.diagnostics import Diagnostic

OPENING = re.compile(r"(?:\$|[\w.]*)\(")
"""The beginning of a value in round brackets."""
KEY = re.compile(r"( *: +)\([^,\n]*")
"""What stands behind the key of a value in round brackets, up to its first comma."""
LONGEST = 1000
"""So many characters are searched for the end of one."""

Place = tuple[str, int, int]
"""A path, and the start and end offsets."""


def split(diagnostics: Iterable[Diagnostic]) -> tuple[Place, ...]:
    """The values whose first part is a mistake by itself, in the order of the text; none lies within another."""
    wrong = {_value(diagnostic.span) for diagnostic in diagnostics if diagnostic.is_error}
    places: list[Place] = []
    for path, start, end in sorted((span.source.path, span.start, end) for span in wrong if (end := _end(span)) is not None):
        if not places or (path, start) >= (places[-1][0], places[-1][2]):
            places.append((path, start, end))
    return tuple(places)


def tell_of(diagnostics: Iterable[Diagnostic], places: Iterable[Place]) -> bool:
    """Whether there is a mistake at each of the places."""
    spans = (_value(diagnostic.span) for diagnostic in diagnostics if diagnostic.is_error)
    wrong = {(span.source.path, span.start) for span in spans}
    return wrong.issuperset((path, start) for path, start, _ in places)


def _value(wrong: Span) -> Span:
    """The value behind a key that is a mistake itself, where it begins with a bracket; else the place of the mistake."""
    behind = KEY.match(wrong.source.text, wrong.end)
    return wrong if behind is None else wrong._replace(start=behind.end(1), end=behind.end())


def _end(part: Span) -> int | None:
    """The end of the value that a part with an open bracket begins; None for any other part, and where the bracket stays open."""
    if not OPENING.match(part.text) or part.text.count("(") <= part.text.count(")"):
        return None
    text, depth = part.source.text, 0
    for at in range(part.start, min(len(text), part.start + LONGEST)):
        char = text[at]
        if depth == 0 and char in ",]}\n":
            return at
        depth += (char == "(") - (char == ")")
        if char in "[]{}" or depth < 0:
            return None
    return None


def joined(source: Source, places: Iterable[Place], events: Callable[[str], Any]) -> Callable[[], Any]:
    """The events of a text in which each of the places is one value: another character hides its commas from YAML."""
    spans = [(start, end) for path, start, end in places if path == source.path]
    hidden = next((char for char in map(chr, range(0xE000, 0xF900)) if char not in source.text), "\ue000")
    parts, at = [], 0
    for start, end in spans:
        parts += [source.text[at:start], source.text[start:end].replace(",", hidden)]
        at = end
    following = events("".join([*parts, source.text[at:]])).get_event
    expressions = {start for start, _ in spans if source.text[start] == "$"}

    def event() -> Any:
        event: Any = following()
        if hidden in getattr(event, "value", ""):
            if event.start_mark.index in expressions:  # it may be right as one value: that it is not closed stays the mistake
                event.value = event.value.partition(hidden)[0]
            event.value = event.value.replace(hidden, ",")
        return event

    return event

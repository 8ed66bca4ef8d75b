"""Changes in the line of an input or of a layer, whose text is known but for its form."""

from __future__ import annotations

import re

from layerctl.base.shapes import Shape
from layerctl.base.source import Span
from layerctl.diagnostics import Edit

SHAPE = re.compile(r":\s*(?:\{\s*shape:\s*)?(\[[^\[\]{}#$]*\])")
BARE = re.compile(r": *([\w$.]+)(?=\s|[,}\]#]|$)")
IN_BRACES = re.compile(r":\s*\{")
IN_LINES = re.compile(r":[^\S\n]*\n(\s+)(?=\w+:)")


def listed(shape: Shape) -> str:
    """A shape as a spec writes it."""
    return f"[{', '.join('null' if dim is None else str(dim) for dim in shape)}]"


def with_shape(place: Span, written: str) -> tuple[Edit, ...]:
    """Writes another shape behind the name of an input; empty where the text has another form."""
    match = SHAPE.match(place.source.text, place.end)
    return (Edit(Span(place.source, *match.span(1)), written),) if match is not None else ()


def with_argument(place: Span, name: str, first: str | None, argument: str, value: str) -> tuple[Edit, ...]:
    """Gives the layer at a place, or the one of that name within it, an argument; empty where the text has another form."""
    source, at, written = place.source, place.end, f"{argument}: {value}"
    if place.text != name:
        inner = re.compile(rf"[^\n]{{0,200}}?\b{re.escape(name)}\b").match(source.text, at)
        if inner is None:
            return ()
        at = inner.end()
    given = re.compile(rf":\s*(?:\{{[^{{}}]*?|\n(?:\s+\w+: [^\n]*\n)*?\s+)\b{argument}:\s*(\w+)").match(source.text, at)
    if given is not None:
        return (Edit(Span(source, *given.span(1)), value),)
    if (braces := IN_BRACES.match(source.text, at)) is not None:
        return (Edit(Span(source, braces.end(), braces.end()), f"{written}, "),)
    if (lines := IN_LINES.match(source.text, at)) is not None:
        return (Edit(Span(source, lines.end(), lines.end()), f"{written}\n{lines[1]}"),)
    if (bare := BARE.match(source.text, at)) is not None and first is not None:
        return (Edit(Span(source, *bare.span(1)), f"{{{first}: {bare[1]}, {written}}}"),)
    return ()

"""Reports libyaml's error for text that is not YAML, with a fix."""

from __future__ import annotations

import yaml

from layerctl.base.source import Source, Span
from layerctl.diagnostics import Related, Sink
from layerctl.language.syntax._codes import InvalidYaml

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


def report(source: Source, sink: Sink, error: yaml.MarkedYAMLError) -> None:
    """Puts the parser's error into the sink."""
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

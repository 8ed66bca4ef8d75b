"""Changes of entries in the text of a spec, and values as YAML text."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingABC
from typing import Any

from layerctl.base.source import Span
from layerctl.diagnostics import Edit
from layerctl.language.syntax import Entry, Mapping, Node, Scalar, Sequence, is_text, quoted

PLAIN = re.compile(r"[A-Za-z0-9_./$][\w./$ +*-]*(?<! )")
"""Text that needs no quotes anywhere."""


def text_of(node: Node) -> str:
    """The text of a node without the line end that libyaml counts to a block."""
    return node.span.text.rstrip()


def is_bare(entry: Entry) -> bool:
    """Whether the value stands without its key, as in `Dense: 10`."""
    return entry.key.start == entry.value.start


def span_of(entry: Entry) -> Span:
    """The place of key and value."""
    source, end = entry.key.source, entry.value.start + len(text_of(entry.value))
    if end <= entry.key.end:
        end = entry.key.end + 1 if source.text[entry.key.end : entry.key.end + 1] == ":" else entry.key.end
    return Span(source, entry.key.start, end)


def removed(entry: Entry) -> tuple[Edit, ...]:
    """Takes an entry out of its mapping; empty where that would leave a comment or another entry without its place."""
    source, start, end = span_of(entry)
    text = source.text
    if is_bare(entry):
        return ()
    after, before = end, start  # no part of the text is copied: it may be long, and hold many such entries
    while text[after : after + 1] in (" ", "\n"):
        after += 1
    while before and text[before - 1] in " \n":
        before -= 1
    if text.startswith(",", after):
        end = after + 1
        while text[end : end + 1] == " ":
            end += 1
        return (Edit(Span(source, start, end), ""),)
    if text.startswith("}", after) and text.endswith((",", "{"), 0, before):
        return (Edit(Span(source, before - text.endswith(",", 0, before), end), ""),)
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    rest = text[end : stop if stop >= 0 else len(text)]
    if text[line:start].strip() or rest.strip():
        return ()
    return (Edit(Span(source, line, min(end + len(rest) + 1, len(text))), ""),)


def moved_beside(entry: Entry, entries: MappingABC[str, Entry]) -> tuple[Edit, ...]:
    """Takes an entry out of the arguments of an item and puts it beside the operation; empty where the text is too unusual."""
    source, gone = entry.key.source, removed(entry)
    spans = [span_of(other) for other in entries.values()]
    text, first, end = source.text, min(span.start for span in spans), max(span.end for span in spans)
    before = text[:first].rstrip(" \n")
    opening = re.search(r"(?:^|\n)( *(?:- )?)[\w.]+:(?: *\{)?$", before)
    closing = re.match(r"[\s,]*\}", text[end:])
    if not gone or (closing is None) == before.endswith("{"):
        return ()
    written = text[slice(*span_of(entry)[1:])]
    if opening is not None:
        indented = f"\n{' ' * len(opening[1])}{written}"
    elif closing is not None and re.search(r"\{[\w.]+: *\{$", before):
        indented = f", {written}"
    else:
        return ()
    at = end + (closing.end() if closing is not None else 0)
    if closing is None and span_of(entry).end == end:  # the last line of a block moves to the left
        return (Edit(Span(source, gone[0].span.start, entry.key.start), indented[1 : -len(written)]),) if len(spans) > 1 else ()
    return (*gone, Edit(Span(source, at, at), indented)) if "\n" not in written else ()


def flow(value: Any) -> str:
    """A value as YAML text on one line."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {flow(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, str):
        return value if PLAIN.fullmatch(value) and is_text(value) else quoted(value)
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def as_flow(node: Node) -> str:
    """A node as it is written, on one line."""
    if isinstance(node, Mapping):
        return f"{{{', '.join(f'{key}: {as_flow(entry.value)}' for key, entry in node.entries.items())}}}"
    if isinstance(node, Sequence):
        return f"[{', '.join(map(as_flow, node.items))}]"
    assert isinstance(node, Scalar)
    text = text_of(node)
    if text[:1] in ("'", '"') and "\n" not in text:
        return text
    return flow(node.value) if "\n" in text or re.search(r"[,\[\]{}]", text) else text or "null"

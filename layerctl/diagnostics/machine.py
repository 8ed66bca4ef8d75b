"""Diagnostics for programs: the JSON form, which only grows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from layerctl.base.json_text import printable
from layerctl.base.source import Span
from layerctl.diagnostics import Diagnostic

if TYPE_CHECKING:
    from layerctl.diagnostics.checked import Checked


def span_data(span: Span) -> dict[str, Any]:
    """Lines and columns from 1, in characters; `end` is the place after the last character."""
    begin, finish = span.begin, span.finish
    return {
        "start": {"line": begin.line, "column": begin.column},
        "end": {"line": finish.line, "column": finish.column},
    }


def diagnostic_data(diagnostic: Diagnostic, path: str) -> dict[str, Any]:
    data: dict[str, Any] = {
        "code": diagnostic.code.id,
        "name": diagnostic.code.slug(),
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "label": diagnostic.label,
        "trace": list(diagnostic.trace),
        "span": span_data(diagnostic.span),
        "related": [
            {"message": related.message, "path": related.span.source.path, "span": span_data(related.span)}
            for related in diagnostic.related
        ],
    }
    if diagnostic.span.source.path != path:
        data["path"] = diagnostic.span.source.path
    if diagnostic.fix is not None:
        edits = [{"span": span_data(edit.span), "text": edit.text} for edit in diagnostic.fix.edits]
        data["fix"] = {"safe": diagnostic.fix.safe, "edits": edits}
    return data


def check_data(results: Sequence[Checked]) -> dict[str, Any]:
    """The output of `check --format json`; its lists are iterators, to be printed with `pieces`."""
    total = sum(len(result.diagnostics) for result in results)
    errors = sum(diagnostic.is_error for result in results for diagnostic in result.diagnostics)
    summary = {"files": len(results), "errors": errors, "warnings": total - errors}
    return {"version": 1, "files": map(_file_data, results), "summary": summary}


def _file_data(result: Checked) -> dict[str, Any]:
    diagnostics = (diagnostic_data(diagnostic, result.path) for diagnostic in result.diagnostics)
    return {"path": result.path, "model": result.name, "ok": result.ok, "diagnostics": diagnostics}


ENCODER = json.JSONEncoder(indent=2, ensure_ascii=False)


def to_json(data: Any) -> str:
    return "".join(pieces(data))


def pieces(data: Any, margin: str = "\n") -> Iterator[str]:
    """The indented JSON text of `data`, in parts. An iterator becomes a list whose items are never all in memory at once.

    Args:
        data: plain data; iterators may be values of dictionaries or items of other iterators.
        margin: the line end and indentation before each line.
    """
    inner = margin + "  "
    before, ending = "[", "[]"
    if isinstance(data, Iterator):
        for item in data:
            yield before + inner
            yield from pieces(item, inner)
            before, ending = ",", margin + "]"
        yield ending
    elif isinstance(data, dict) and any(isinstance(value, Iterator) for value in data.values()):
        before = "{"
        for key, value in data.items():
            yield f"{before}{inner}{printable(ENCODER.encode(key))}: "
            yield from pieces(value, inner)
            before = ","
        yield margin + "}"
    else:
        yield printable(ENCODER.encode(data)).replace("\n", margin)  # within its texts JSON has no line ends

"""Diagnostics for programs: the JSON form, which only grows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from layerctl.diagnostics import Diagnostic
from layerctl.source import Span

if TYPE_CHECKING:
    from layerctl.compiler import Checked


def span_data(span: Span) -> dict[str, Any]:
    """Lines and columns from 1, in characters; the end is the place after the last character."""
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
    return data


def check_data(results: Iterable[Checked]) -> dict[str, Any]:
    """What `check --format json` prints."""
    files = []
    errors = warnings = 0
    for result in results:
        wrong = sum(diagnostic.is_error for diagnostic in result.diagnostics)
        errors += wrong
        warnings += len(result.diagnostics) - wrong
        files.append(
            {
                "path": result.path,
                "model": result.name,
                "ok": result.ok,
                "diagnostics": [diagnostic_data(diagnostic, result.path) for diagnostic in result.diagnostics],
            }
        )
    return {"version": 1, "files": files, "summary": {"files": len(files), "errors": errors, "warnings": warnings}}


def to_json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False)

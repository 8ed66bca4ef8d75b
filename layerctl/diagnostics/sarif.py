"""Diagnostics as SARIF 2.1.0, the form that code-scanning services read.

The standard: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from layerctl import __version__, docstrings
from layerctl.diagnostics import Code, Diagnostic
from layerctl.source import Span

if TYPE_CHECKING:
    from layerctl.compiler import Compiled

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_data(results: Sequence[Compiled]) -> dict[str, Any]:
    """A log with one run; the rules are the codes that were met. For `machine.pieces`, as its lists are iterators."""
    found = [diagnostic for result in results for diagnostic in result.diagnostics]
    codes = sorted({diagnostic.code for diagnostic in found}, key=lambda code: code.id)
    rules = {code: index for index, code in enumerate(codes)}
    driver = {
        "name": "layerctl",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": _uri(result.path)}} for result in results],
        "results": (_result(diagnostic, rules[diagnostic.code]) for diagnostic in found),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": iter((run,))}


def _rule(code: type[Code]) -> dict[str, Any]:
    parsed = docstrings.parse(code.__doc__)
    return {
        "id": code.id,
        "name": code.__name__,
        "shortDescription": {"text": parsed.summary},
        "fullDescription": {"text": parsed.body or parsed.summary},
        "help": {"text": f"Why: {parsed.sections.get('Why', '')}\nFix: {parsed.sections.get('Fix', '')}"},
        "defaultConfiguration": {"level": code.severity},
    }


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    text = diagnostic.message + (f"\nhelp: {diagnostic.help}" if diagnostic.help else "")
    result: dict[str, Any] = {
        "ruleId": diagnostic.code.id,
        "ruleIndex": rule,
        "level": diagnostic.severity,
        "message": {"text": text},
        "locations": [{"physicalLocation": _location(diagnostic.span)}],
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": related.message}, "physicalLocation": _location(related.span)}
            for number, related in enumerate(diagnostic.related, 1)
        ]
    return result


def _location(span: Span) -> dict[str, Any]:
    begin, end = span.begin, span.finish
    region = {"startLine": begin.line, "startColumn": begin.column, "endLine": end.line, "endColumn": end.column}
    return {"artifactLocation": {"uri": _uri(span.source.path)}, "region": region}


def _uri(path: str) -> str:
    return quote(PurePath(path).as_posix())

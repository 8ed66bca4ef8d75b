"""Diagnostics as SARIF 2.1.0, the format that code-scanning services read.

The standard: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. What GitHub requires in addition:
https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from layerctl.base import docstrings
from layerctl.base.package import __version__
from layerctl.base.source import Source, Span
from layerctl.diagnostics import Code, Diagnostic
from layerctl.diagnostics.fingerprints import line_hashes
from layerctl.diagnostics.repository import from_root

if TYPE_CHECKING:
    from layerctl.diagnostics.checked import Checked

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_data(results: Sequence[Checked]) -> dict[str, Any]:
    """A log with one run, whose rules are the codes of its diagnostics; its lists are iterators, printed by `machine.pieces`."""
    diagnostics = [diagnostic for result in results for diagnostic in result.diagnostics]
    codes = sorted({diagnostic.code for diagnostic in diagnostics}, key=lambda code: code.id)
    rules = {code: index for index, code in enumerate(codes)}
    hashes = lru_cache(_hashes)
    driver = {
        "name": "layerctl",
        "version": __version__,
        "semanticVersion": __version__.replace(".dev", "-dev."),
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": uri}} for uri in dict.fromkeys(_uri(result.path) for result in results)],
        "results": (_result(diagnostic, rules[diagnostic.code], hashes) for diagnostic in diagnostics),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": iter((run,))}


def _rule(code: type[Code]) -> dict[str, Any]:
    parsed = docstrings.parse(code.__doc__)
    parts = [(title, parsed.sections.get(title, "")) for title in ("Why", "Example", "Fix")]
    return {
        "id": code.id,
        "name": code.__name__,
        "shortDescription": {"text": parsed.summary},
        "fullDescription": {"text": parsed.body or parsed.summary},
        "help": {
            "text": "\n".join(f"{title}: {text}" for title, text in parts if title != "Example"),
            "markdown": "\n\n".join(f"**{title}**\n\n{text}" for title, text in parts),
        },
        "defaultConfiguration": {"level": code.severity},
        "properties": {"precision": "very-high", "problem.severity": code.severity},
    }


def _result(diagnostic: Diagnostic, rule: int, hashes: Callable[[Source], list[str]]) -> dict[str, Any]:
    text = diagnostic.message + (f"\nhelp: {diagnostic.help}" if diagnostic.help else "")
    result: dict[str, Any] = {
        "ruleId": diagnostic.code.id,
        "ruleIndex": rule,
        "level": diagnostic.severity,
        "message": {"text": text},
        "locations": [{"physicalLocation": _location(diagnostic.span)}],
        "partialFingerprints": {"primaryLocationLineHash": hashes(diagnostic.span.source)[diagnostic.span.begin.line - 1]},
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


def _hashes(source: Source) -> list[str]:
    return line_hashes(source.text)


def _uri(path: str) -> str:
    """A path as a URI relative to the repository's root; a file outside it as an absolute URI."""
    inside = PurePath(from_root(path))
    return inside.as_uri() if inside.is_absolute() else quote(inside.as_posix(), errors="surrogateescape")

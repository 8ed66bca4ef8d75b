"""Diagnostics as workflow commands, which GitHub shows beside the lines of a pull request.

The form: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from layerctl.base.printable import printable
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.repository import from_root

if TYPE_CHECKING:
    from layerctl.diagnostics.checked import Checked


def to_github(results: Iterable[Checked]) -> str:
    """One line for each diagnostic; an empty text where there are none."""
    return "\n".join(_command(diagnostic) for result in results for diagnostic in result.diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    begin, end = diagnostic.span.begin, diagnostic.span.finish
    place = {"file": from_root(diagnostic.span.source.path), "line": begin.line, "endLine": end.line}
    if begin.line == end.line:
        place |= {"col": begin.column, "endColumn": end.column}
    title = f"{diagnostic.code.id} {diagnostic.code.slug()}"
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in {**place, "title": title}.items())
    text = diagnostic.message + (f"\nhelp: {diagnostic.help}" if diagnostic.help else "")
    return f"::{diagnostic.severity} {properties}::{_data(text)}"


def _data(text: str) -> str:
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

"""A comparison as a file: one HTML page with its pictures in it, or Markdown with its tables."""

from __future__ import annotations

import os
from pathlib import Path

from layerctl.base.files import write_whole
from layerctl.diagnostics.errors import UsageError
from layerctl.report import comparison_page
from layerctl.report.results.comparison import Comparison
from layerctl.runtime.study import charts
from layerctl.runtime.study.candidate import Candidate


def write(path: str | os.PathLike[str], found: Comparison, candidate: Candidate) -> None:
    """Writes a report; its form is that of the suffix.

    Args:
        path: `.html` or `.md`.
        found: the comparison.
        candidate: the one whose images the report shows.

    Raises:
        UsageError: it cannot be written.
    """
    data = found.to_json()
    if Path(path).suffix == ".md":
        page = comparison_page.markdown(data)
    else:
        page = comparison_page.html(data, pictures(found, candidate))
    try:
        write_whole(path, page)
    except OSError as error:
        raise UsageError(f"cannot write {os.fspath(path)}: {(error.strerror or str(error)).lower()}") from error


def pictures(found: Comparison, candidate: Candidate) -> dict[str, list[str]]:
    """SVG by the section that it belongs to: `curves`, `sizes`, and each disturbance by its name."""
    shown = {"curves": charts.curves(found), "sizes": charts.sizes(found)}
    for one in found.disturbances:
        shown[one.name] = [charts.strengths(one), charts.examples(candidate, one.name)]
    return shown

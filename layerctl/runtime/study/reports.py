"""A comparison as a file: one HTML page with its pictures in it, or Markdown with its tables."""

from __future__ import annotations

import os
from pathlib import Path

from layerctl.base.files import write_whole
from layerctl.diagnostics.errors import writing
from layerctl.report import comparison_page
from layerctl.report.results.comparison import Comparison
from layerctl.runtime.study import charts
from layerctl.runtime.study.candidate import Candidate


def write(path: str | os.PathLike[str], comparison: Comparison, candidate: Candidate) -> None:
    """Writes a report: Markdown to a file in `.md`, else HTML with the test images of the candidate.

    Raises:
        UsageError: it cannot be written.
    """
    if Path(path).suffix == ".md":
        page = comparison_page.markdown(comparison)
    else:
        page = comparison_page.html(comparison, pictures(comparison, candidate))
    with writing(path):
        write_whole(path, page)


def pictures(comparison: Comparison, candidate: Candidate) -> dict[str, list[str]]:
    """SVG elements by section of the page: `curves`, `sizes`, and each disturbance by its name."""
    shown = {"curves": charts.curves(comparison), "sizes": charts.sizes(comparison)}
    for one in comparison.disturbances:
        shown[one.name] = [charts.strengths(one), charts.examples(candidate, one.name)]
    return shown

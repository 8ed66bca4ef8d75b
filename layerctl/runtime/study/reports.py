"""A comparison as a file: one HTML page with its pictures in it, or Markdown with its tables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from layerctl.base.files import write_whole
from layerctl.diagnostics.errors import UsageError
from layerctl.report import comparison_page
from layerctl.runtime.study import charts
from layerctl.runtime.study.compare import Comparison


def write(path: str | os.PathLike[str], found: Mapping[str, Any], comparison: Comparison) -> None:
    """Writes a report; its form is that of the suffix.

    Args:
        path: `.html` or `.md`.
        found: the comparison as data.
        comparison: for the images that the report shows.

    Raises:
        UsageError: it cannot be written.
    """
    page = (
        comparison_page.markdown(found)
        if Path(path).suffix == ".md"
        else comparison_page.html(found, pictures(found, comparison))
    )
    try:
        write_whole(path, page)
    except OSError as error:
        raise UsageError(f"cannot write {os.fspath(path)}: {(error.strerror or str(error)).lower()}") from error


def pictures(found: Mapping[str, Any], comparison: Comparison) -> dict[str, list[str]]:
    """SVG by the section that it belongs to: `curves`, `sizes`, and each disturbance by its name."""
    shown = {"curves": charts.curves(found), "sizes": charts.sizes(found)}
    for name in found.get("perturbations", {}):
        shown[name] = [charts.strengths(found, name), charts.examples(comparison.variants[0], name)]
    return shown

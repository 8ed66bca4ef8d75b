"""Judged claims as a page with their pictures."""

from __future__ import annotations

import os
from collections.abc import Mapping

from layerctl.base.files import write_whole
from layerctl.diagnostics.errors import writing
from layerctl.report.claims_page import html
from layerctl.report.results.claims import JudgedClaims
from layerctl.runtime.claims.figures import Figures
from layerctl.runtime.claims.pictures import pictures


def write(path: str | os.PathLike[str], result: JudgedClaims, figures: Mapping[int, Figures]) -> None:
    """Writes the page; `figures` are those of each claim by its number.

    Raises:
        UsageError: it cannot be written.
    """
    shown = {one.claim.number: pictures(one, figures[one.claim.number]) for one in result.claims}
    with writing(path):
        write_whole(path, html(result, shown))

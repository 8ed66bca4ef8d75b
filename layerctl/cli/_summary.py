"""`layerctl summary` after its arguments are parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layerctl.analysis.costs import summarize
from layerctl.cli._common import DONE, WRONG_SPEC, show, spec_file
from layerctl.cli._streams import put_json, put_lines, put_text
from layerctl.compiler.configuration import settings
from layerctl.compiler.pipeline import compile_bytes
from layerctl.language.expand.settings import Settings

if TYPE_CHECKING:
    from layerctl.analysis.receptive_field import Further
    from layerctl.graph.typed import TypedGraph


def summarized(
    spec: str | None,
    *,
    format: str = "table",
    batch_size: int = 1,
    expand_nested: bool = False,
    limits: Settings | None = None,
    overrides: tuple[str, ...] = (),
    columns: tuple[str, ...] = (),
    depth: int | None = None,
) -> int:
    """Prints the summary, then the diagnostics, and returns the exit status."""
    file = spec_file(spec)
    compiled = compile_bytes(file.path, file.data, overrides=overrides, settings=limits or settings())
    if compiled.model is not None:
        optimizer = compiled.document.optimizer if compiled.document is not None else None
        summary = summarize(compiled.model, batch_size, optimizer)
        further = _further(compiled.model, columns) if columns else None
        if format == "json":
            from layerctl.diagnostics.machine import to_json
            from layerctl.report.summary_json import summary_data

            put_json(to_json(summary_data(summary, expand_nested=expand_nested, further=further)))
        else:
            from layerctl.report.table import View, markdown, table

            view = View(batch_size, depth, expand_nested, further)
            if format == "markdown":
                put_text(*markdown(summary, view).split("\n"))
            else:
                put_lines(lambda width, paint: table(summary, view, width, paint))
    show(compiled.diagnostics)
    return DONE if compiled.ok else WRONG_SPEC


def _further(model: TypedGraph, columns: tuple[str, ...]) -> Further:
    from layerctl.analysis.receptive_field import Further, fields

    return Further(columns, fields(model))

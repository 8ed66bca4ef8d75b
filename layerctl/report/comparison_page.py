"""A comparison as a page: HTML that needs no other file and no network, or Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite

from layerctl.base.words import joined
from layerctl.report.comparison import cells, disturbed, heads, notes, sentences
from layerctl.report.markdown import literal, row
from layerctl.report.page import escape, figures, items, page, table
from layerctl.report.results.comparison import Comparison


def title(comparison: Comparison) -> str:
    return f"{joined(variant.name for variant in comparison.variants)} on {comparison.data}"


def html(comparison: Comparison, pictures: Mapping[str, Sequence[str]]) -> str:
    """One file with everything in it.

    Args:
        comparison: what is shown.
        pictures: SVG elements by section: `curves`, `sizes`, and each disturbance by its name.
    """
    parts = [
        items(sentences(comparison)),
        "<h2>Variants</h2>",
        table(*turned(heads(comparison), cells(comparison))),
        *figures(pictures["sizes"], "The first metric against parameters and MACs, with 95 % intervals"),
        "<section>",
        "<h2>Learning curves</h2>",
        *figures(pictures["curves"], "Mean over the seeds, with a band for its 95 % interval"),
        "</section>",
    ]
    for one, (text, columns, rows) in zip(comparison.disturbances, disturbed(comparison), strict=True):
        shown = figures(pictures[one.name], f"{one.name}, with 95 % intervals")
        parts += ["<section>", f"<h2>{escape(text)}</h2>", table(*turned(columns, rows)), *shown, "</section>"]
    parts += ["<h2>Notes</h2>", items(notes(comparison), "notes")]
    return page(title(comparison), parts)


def turned(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[Sequence[str], list[Sequence[str]]]:
    """The table with rows and columns swapped: a column for each variant fits on a phone."""
    head, *rest = zip(columns, *rows, strict=True)
    return head, list(rest)


def markdown(comparison: Comparison) -> str:
    """The tables and sentences; the learning curves as tables of their means."""
    lines = [f"# {literal(title(comparison))}", "", *_items(sentences(comparison)), "", "## Variants", ""]
    lines += _rows(heads(comparison), cells(comparison))
    variants = comparison.variants
    for metric in variants[0].curves.metrics:
        curves = [[point.mean for point in variant.curves.metrics[metric]] for variant in variants]
        epochs = max(map(len, curves))
        rows = [
            (variant.name, *(f"{mean:.4f}" if isfinite(mean) else "" for mean in curve), *[""] * (epochs - len(curve)))
            for variant, curve in zip(variants, curves, strict=True)
        ]
        lines += ["", f"## {literal(metric)} after each epoch ({variants[0].curves.on})", ""]
        lines += _rows(("variant", *map(str, range(1, epochs + 1))), rows)
    for text, columns, rows in disturbed(comparison):
        lines += ["", f"## {literal(text)}", "", *_rows(columns, rows)]
    return "\n".join([*lines, "", "## Notes", "", *_items(notes(comparison))]) + "\n"


def _items(lines: Iterable[str]) -> list[str]:
    return [f"- {literal(line)}" for line in lines]


def _rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    rule = ["---", *["---:"] * (len(columns) - 1)]
    return [row(map(literal, columns)), row(rule), *(row(map(literal, cells)) for cells in rows)]

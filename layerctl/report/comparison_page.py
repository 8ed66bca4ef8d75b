"""A comparison as a page: HTML that needs no other file and no network, or Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape as escaped
from math import isfinite

from layerctl.base.printable import printable
from layerctl.base.words import joined
from layerctl.report.comparison import cells, disturbed, heads, notes, sentences
from layerctl.report.markdown import literal, row
from layerctl.report.results.comparison import Comparison

STYLE = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1c1e21; --line: #d8dbe0; --faint: #5b6168 }
@media (prefers-color-scheme: dark) { :root { --ground: #16181b; --ink: #e6e8ea; --line: #3a3f45; --faint: #a4abb3 } }
body { background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto;
  padding: 1rem }
h1 { font-size: 1.5rem; margin: 0 0 .5rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
.wide { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .7rem .3rem 0; text-align: right }
td { white-space: nowrap } th { overflow-wrap: anywhere; vertical-align: bottom }
th:first-child, td:first-child { text-align: left } li { margin: .2rem 0 } .notes { color: var(--faint); font-size: .85rem }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem } figure { margin: .5rem 0; flex: 1 1 19rem }
svg { width: 100%; height: auto; display: block } svg image { image-rendering: pixelated }
@media (max-width: 30rem) { table { font-size: .8rem } th, td { padding-right: .45rem } }
@media print { :root { --ground: #fff; --ink: #000; --line: #bbb; --faint: #444 } body { max-width: none; padding: 0 }
  .wide { overflow: visible } table { font-size: 8.5pt } td, th { padding: .1rem .4rem .1rem 0 } h2 { margin-top: 1rem }
  figure, tr, section { break-inside: avoid } h2, .wide { break-after: avoid } }
"""


def escape(text: str) -> str:
    """The text as a page shows it."""
    return escaped(printable(text))


def title(comparison: Comparison) -> str:
    return f"{joined(variant.name for variant in comparison.variants)} on {comparison.data}"


def html(comparison: Comparison, pictures: Mapping[str, Sequence[str]]) -> str:
    """One file with everything in it.

    Args:
        comparison: what is shown.
        pictures: SVG elements by section: `curves`, `sizes`, and each disturbance by its name.
    """
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<link rel="icon" href="data:,">',
        f"<title>{escape(title(comparison))}</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(title(comparison))}</h1>",
        _list(sentences(comparison)),
        "<h2>Variants</h2>",
        _table(*turned(heads(comparison), cells(comparison))),
        *_figures(pictures["sizes"], "The first metric against parameters and MACs, with 95 % intervals"),
        "<section>",
        "<h2>Learning curves</h2>",
        *_figures(pictures["curves"], "Mean over the seeds, with a band for its 95 % interval"),
        "</section>",
    ]
    for one, (text, columns, rows) in zip(comparison.disturbances, disturbed(comparison), strict=True):
        shown = _figures(pictures[one.name], f"{one.name}, with 95 % intervals")
        parts += ["<section>", f"<h2>{escape(text)}</h2>", _table(*turned(columns, rows)), *shown, "</section>"]
    parts += ["<h2>Notes</h2>", _list(notes(comparison), "notes"), "</body></html>"]
    return "\n".join(parts) + "\n"


def turned(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[Sequence[str], list[Sequence[str]]]:
    """The table with rows and columns swapped: a column for each variant fits on a phone."""
    head, *rest = zip(columns, *rows, strict=True)
    return head, list(rest)


def _figures(pictures: Iterable[str], label: str) -> list[str]:
    figures = (f'<figure aria-label="{escape(label)}">{picture}</figure>' for picture in pictures)
    return ['<div class="pictures">', *figures, "</div>"]


def _list(lines: Iterable[str], kind: str = "findings") -> str:
    return f'<ul class="{kind}">' + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


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

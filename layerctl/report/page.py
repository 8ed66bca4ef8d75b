"""Pages: HTML that needs no other file and no network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape as escaped

from layerctl.base.printable import printable

STYLE = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1c1e21; --line: #d8dbe0; --faint: #5b6168; --good: #00663f;
  --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --ground: #16181b; --ink: #e6e8ea; --line: #3a3f45; --faint: #a4abb3;
  --good: #6fd3a3; --bad: #ff9a90 } }
body { background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto;
  padding: 1rem }
h1 { font-size: 1.5rem; margin: 0 0 .5rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
.wide { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .7rem .3rem 0; text-align: right }
td { white-space: nowrap } th { overflow-wrap: anywhere; vertical-align: bottom }
th:first-child, td:first-child { text-align: left } li { margin: .2rem 0 } .notes { color: var(--faint); font-size: .85rem }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem } figure { margin: .5rem 0; flex: 1 1 19rem }
h3 { font-size: 1rem; margin: 1rem 0 .3rem } .plain { list-style: none; padding: 0 } .plain li { margin: .4rem 0 }
.faint { color: var(--faint); font-size: .9rem } a { color: inherit; text-decoration-color: var(--line) }
.verdict { font-size: .75rem; letter-spacing: .03em; border: 1px solid; border-radius: .2rem; padding: .05rem .35rem }
.confirmed { color: var(--good) } .refuted { color: var(--bad) } .undecided { color: var(--faint) }
svg { width: 100%; height: auto; display: block } svg image { image-rendering: pixelated }
@media (max-width: 30rem) { table { font-size: .8rem } th, td { padding-right: .45rem } }
@media print { :root { --ground: #fff; --ink: #000; --line: #bbb; --faint: #444; --good: #00532f; --bad: #8c1d18 }
  body { max-width: none; padding: 0 }
  .wide { overflow: visible } table { font-size: 8.5pt } td, th { padding: .1rem .4rem .1rem 0 } h2 { margin-top: 1rem }
  figure, tr, section, li { break-inside: avoid } h2, h3, .wide { break-after: avoid } }
"""


def escape(text: str) -> str:
    """The text as a page shows it."""
    return escaped(printable(text))


def page(title: str, parts: Iterable[str]) -> str:
    """A whole page: its title as a heading, and these elements."""
    head = (
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<link rel="icon" href="data:,">',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
    )
    return "\n".join((*head, *parts, "</body></html>")) + "\n"


def figures(pictures: Iterable[str], label: str) -> list[str]:
    """SVG elements side by side."""
    found = (f'<figure aria-label="{escape(label)}">{picture}</figure>' for picture in pictures)
    return ['<div class="pictures">', *found, "</div>"]


def items(lines: Iterable[str], kind: str = "findings") -> str:
    """A list of texts."""
    return f'<ul class="{kind}">' + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table that can be scrolled sideways."""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'

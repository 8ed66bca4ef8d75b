"""The certificate of a conversion in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from layerctl.diagnostics.text import Paint, plain
from layerctl.report import layout
from layerctl.report.layout import Column
from layerctl.report.table import figure

COLUMNS = (
    Column("inputs"),
    Column("dtype", "mark"),
    *(Column(head, "figure") for head in ("samples", "largest difference", "mean", "bound")),
    Column("", "mark"),
)


def lines(record: Mapping[str, Any], width: int, paint: Paint = plain) -> Iterator[str]:
    """The certificate, a line each."""
    before, after = record["from"], record["to"]
    yield f"{before['model']} → {after['model']}: {'equivalent' if record['equivalent'] else 'NOT equivalent'}"
    yield ""
    for what, key in (("parameters", "params"), ("MACs", "macs")):
        yield f"{what}: {figure(before[key])} → {figure(after[key])}"
    yield ""
    yield from layout.table(COLUMNS, [*map(_row, record["differences"])], width, paint=paint)
    yield ""
    bound = "bound: twice what moving each sum of n products by min(n, 6√n)·eps·Σ|x·w| does to the outputs, in all layers at once"
    for line in (bound, *(f"note: {note}" for note in record["notes"]), *(f"wrote {file}" for file in record["files"])):
        yield from layout.sentences(line, width)


def _row(found: Mapping[str, Any]) -> tuple[str, ...]:
    numbers = (f"{found[key]:.2e}" for key in ("max", "mean", "bound"))
    return (found["inputs"], found["dtype"], str(found["samples"]), *numbers, "within" if found["within"] else "BEYOND")

"""The certificate of a conversion in words."""

from __future__ import annotations

from collections.abc import Iterator

from layerctl.diagnostics.text import Paint, plain
from layerctl.report import layout
from layerctl.report.layout import Column
from layerctl.report.results.conversion import Conversion, Difference
from layerctl.report.table import figure

COLUMNS = (
    Column("inputs"),
    Column("dtype", "mark"),
    *(Column(head, "figure") for head in ("samples", "largest difference", "mean", "bound")),
    Column("", "mark"),
)


def lines(done: Conversion, width: int, paint: Paint = plain) -> Iterator[str]:
    """The certificate, a line each."""
    before, after = done.before, done.after
    yield f"{before.model} → {after.model}: {'equivalent' if done.equivalent else 'NOT equivalent'}"
    yield ""
    yield f"parameters: {figure(before.params)} → {figure(after.params)}"
    yield f"MACs: {figure(before.macs)} → {figure(after.macs)}"
    yield ""
    yield from layout.table(COLUMNS, [*map(_row, done.proof.differences)], width, paint=paint)
    yield ""
    bound = "bound: twice what moving each sum of n products by min(n, 6√n)·eps·Σ|x·w| does to the outputs, in all layers at once"
    for line in (bound, *(f"note: {note}" for note in done.proof.notes), *(f"wrote {file}" for file in done.files)):
        yield from layout.sentences(line, width)


def _row(one: Difference) -> tuple[str, ...]:
    numbers = (f"{value:.2e}" for value in (one.max, one.mean, one.bound))
    return (one.inputs, one.dtype, str(one.samples), *numbers, "within" if one.within else "BEYOND")

"""The certificate of a conversion in words."""

from __future__ import annotations

from collections.abc import Iterator

from layerctl.diagnostics.text import Paint, plain
from layerctl.report import layout
from layerctl.report.layout import Column
from layerctl.report.results.conversion import Conversion, Difference
from layerctl.report.table import figure

HEADS = ("samples", "largest difference", "mean", "bound", "share")
COLUMNS = (
    *(Column(head, "mark") for head in ("output", "inputs", "weights", "dtype")),
    *(Column(head, "figure") for head in HEADS),
    Column("", "mark"),
)
VERDICTS = {True: "equivalent", False: "NOT equivalent", None: "undecided: rounding alone changes the outputs beyond recognition"}
BOUND = (
    "bound: what other roundings of every layer do to each value, 8 times their root mean square; shown is the largest, and the"
    " largest share of a value's difference in its own"
)


def lines(done: Conversion, width: int, paint: Paint = plain) -> Iterator[str]:
    """The certificate, a line each."""
    before, after = done.before, done.after
    yield f"{before.model} → {after.model}: {VERDICTS[done.equivalent]}"
    yield ""
    yield f"parameters: {figure(before.params)} → {figure(after.params)}"
    yield f"MACs: {figure(before.macs)} → {figure(after.macs)}"
    yield ""
    yield from layout.table(COLUMNS, [*map(_row, done.proof.differences)], width, paint=paint)
    yield ""
    for line in (
        BOUND,
        *_missed(done),
        *(f"note: {note}" for note in done.proof.notes),
        *(f"wrote {file}" for file in done.files),
    ):
        yield from layout.sentences(line, width)


def _missed(done: Conversion) -> Iterator[str]:
    """What size of error could be missed, in each output."""
    for output, share in done.proof.missed.items():
        yield f"an error that changes `{output}` by less than {share:.1g} of its values could be missed"


def _row(one: Difference) -> tuple[str, ...]:
    numbers = (f"{value:.2e}" for value in (one.max, one.mean, one.bound, one.share))
    return (one.output, one.inputs, one.weights, one.dtype, str(one.samples), *numbers, "within" if one.within else "BEYOND")

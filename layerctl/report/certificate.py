"""The certificate of a conversion in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from layerctl.report.table import figure

HEAD = ("inputs", "dtype", "samples", "largest difference", "mean", "bound", "")


def lines(record: Mapping[str, Any]) -> Iterator[str]:
    """The certificate, a line each."""
    before, after = record["from"], record["to"]
    yield f"{before['model']} → {after['model']}: {'equivalent' if record['equivalent'] else 'NOT equivalent'}"
    yield ""
    for what, key in (("parameters", "params"), ("MACs", "macs")):
        yield f"{what}: {figure(before[key])} → {figure(after[key])}"
    yield ""
    rows = [HEAD, *map(_row, record["differences"])]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield ""
    yield "bound: twice what moving each sum of n products by min(n, 6√n)·eps·Σ|x·w| does to the outputs, in all layers at once"
    for note in record["notes"]:
        yield f"note: {note}"
    for file in record["files"]:
        yield f"wrote {file}"


def _row(found: Mapping[str, Any]) -> tuple[str, ...]:
    numbers = (f"{found[key]:.2e}" for key in ("max", "mean", "bound"))
    return (found["inputs"], found["dtype"], str(found["samples"]), *numbers, "within" if found["within"] else "BEYOND")

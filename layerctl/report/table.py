"""A summary as a table for people, or as Markdown."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from layerctl.analysis.costs import Row, Summary, tensors, undeclared
from layerctl.base.numbers import size
from layerctl.base.shapes import text

if TYPE_CHECKING:
    from rich.console import Console

    from layerctl.analysis.receptive_field import Further, Seen

WIDEST = 10_000
"""The width of a table that goes to no terminal: nothing is cut or folded."""
COLUMNS = ("layer", "type", "input", "output shape", "params", "MACs")
NUMBERS = ("params", "MACs")
Line = tuple[str, ...]


def heads(further: Further | None) -> tuple[str, ...]:
    """The heads of the columns that were asked for."""
    return () if further is None else tuple(column.replace("_", " ") for column in further.columns)


def more(further: Further | None, name: str, number: int) -> tuple[str, ...]:
    """Their cells in the line of a layer's call."""
    return () if further is None else tuple(map(sizes, further.of(name, number)))


def sizes(value: Seen) -> str:
    """`5×5`; `?` where it is not known."""
    if isinstance(value, tuple):
        return "×".join(f"{size:g}" for size in value)
    return "?" if value is None else f"{value:,}" if isinstance(value, int) else value


def cells(row: Row, *, expand_nested: bool, within: str = "", further: Further | None = None) -> Iterator[Line]:
    """One line a call of the layer; the layer's own figures stand in the first. Layers of a nested model as `encoder/dense`."""
    name = within + row.name
    for number, call in enumerate(row.calls):
        shapes = ", ".join(text(tensor.shape) for tensor in tensors(call.output)) or "?"
        inputs = ", ".join(call.inputs)
        if number == 0:
            line = (name, row.type, inputs, shapes, figure(row.params), figure(row.macs))
        else:
            line = (f"{name} (call {number + 1})", row.type, inputs, shapes, "", "")
        yield line + more(further, name, number)
    for inner in row.inner if expand_nested else ():
        yield from cells(inner, expand_nested=True, within=f"{name}/", further=further)


def figure(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def totals_lines(summary: Summary, batch_size: int) -> list[str]:
    totals = summary.totals
    lines = [
        f"parameters: {totals.params:,} ({totals.trainable_params:,} trainable, {totals.non_trainable_params:,} not)",
        f"MACs: {totals.macs:,} for one sample (1 MAC = 2 FLOPs)",
        f"memory: {size(totals.weight_bytes)} weights, {size(totals.activation_bytes)} activations, "
        f"{size(totals.training_bytes)} to train with {summary.optimizer}, at batch size {batch_size}",
    ]
    if totals.unknown_layers:
        several = totals.unknown_layers > 1
        words = "layers with unknown figures are" if several else "layer with unknown figures is"
        lines.append(f"{totals.unknown_layers} {words} not counted")
    return lines + list(unknown_lines(summary))


def unknown_lines(summary: Summary) -> Iterator[str]:
    """What custom layers leave open, in words."""
    found = list(undeclared(summary.rows))
    missing = {key: [name for name, keys in found if key in keys] for key in ("output_shape", "weights")}
    if names := missing["output_shape"]:
        yield f"unknown (?): what {', '.join(names)} gives, and what follows; `output_shape` beside a custom layer declares it"
    if names := missing["weights"]:
        yield f"unknown (?): the weights of {', '.join(names)}; `weights` beside a custom layer declares them"


def console_for(stream: IO[str]) -> Console:
    """Where tables are printed: as wide as they need to be where that is no terminal."""
    from rich.console import Console

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would end the command with status 1; that nobody reads on is no failure

    return Piped(file=stream, highlight=False, width=None if stream.isatty() else WIDEST)


def print_table(
    summary: Summary, stream: IO[str], batch_size: int, *, expand_nested: bool = False, further: Further | None = None
) -> None:
    """The summary as a table."""
    head = COLUMNS + heads(further)
    blank = ("",) * (len(head) - len(COLUMNS))
    inputs = [(name, "Input", "", text(tensor.shape), "", "", *blank) for name, tensor in summary.inputs]
    lines = [line for row in summary.rows for line in cells(row, expand_nested=expand_nested, further=further)]
    if stream.isatty() or os.environ.get("FORCE_COLOR"):
        fit_table(summary.model, [head, *inputs], lines, totals_lines(summary, batch_size), stream)
    else:
        parts = [summary.model, "", *plain_table([head, *inputs, *lines]), "", *totals_lines(summary, batch_size), ""]
        stream.write("\n".join(parts))


def plain_table(lines: list[Line]) -> Iterator[str]:
    """The lines of a table as wide as it needs to be, the first as its head: rich takes longer for one than all else together."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for number, line in enumerate(lines):
        aligned = [
            cell.rjust(width) if name in NUMBERS else cell.ljust(width)
            for name, cell, width in zip(lines[0], line, widths, strict=True)
        ]
        yield "   ".join(aligned).rstrip()
        if number == 0:
            yield "─" * (sum(widths) + 3 * (len(widths) - 1))


def fit_table(title: str, inputs: list[Line], lines: list[Line], totals: list[str], stream: IO[str]) -> None:
    """The table on a terminal, cells folded into its width; the first of `inputs` is its head."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    console = console_for(stream)
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False)
    for column in inputs[0]:
        table.add_column(column, justify="right" if column in NUMBERS else "left", overflow="fold")
    for line in inputs[1:]:
        table.add_row(*line, style="dim")
    for line in lines:
        table.add_row(*(escape(cell) for cell in line))
    console.print(table)
    for total in totals:
        console.print(total, markup=False)


def escape(cell: str) -> str:
    from rich.markup import escape as rich_escape

    return rich_escape(cell)


def markdown(summary: Summary, batch_size: int, *, expand_nested: bool = False, further: Further | None = None) -> str:
    """The table in Markdown, for a pull request or a README."""
    added = heads(further)
    rule = "| --- | --- | --- | --- | ---: | ---: |" + " --- |" * len(added)
    lines = [f"## {summary.model}", "", f"| {' | '.join(COLUMNS + added)} |", rule]
    lines += [f"| {name} | Input | | {text(tensor.shape)} | | |{' |' * len(added)}" for name, tensor in summary.inputs]
    rows = [line for row in summary.rows for line in cells(row, expand_nested=expand_nested, further=further)]
    lines += [f"| {' | '.join(line)} |" for line in rows]
    lines += ["", *(f"- {line}" for line in totals_lines(summary, batch_size))]
    return "\n".join(lines)

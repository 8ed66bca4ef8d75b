"""A summary for people, as a table or as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from layerctl.analysis.costs import Summary, undeclared
from layerctl.base.numbers import size
from layerctl.base.printable import printable
from layerctl.base.shapes import text
from layerctl.catalog import snake_case
from layerctl.diagnostics.text import Paint, plain
from layerctl.report import layout
from layerctl.report.layout import Column, Line
from layerctl.report.markdown import literal, row
from layerctl.report.tree import Entry, entries, parts

if TYPE_CHECKING:
    from layerctl.analysis.receptive_field import Further, Seen

COLUMNS = (
    Column("layer"),
    Column("type", "mark"),
    Column("input"),
    Column("output shape", "shape"),
    Column("params", "figure"),
    Column("MACs", "figure"),
)
FOLDED = "▸"
"""Behind the name of a row whose inner rows are not shown."""
INDENT = "  "
MARKDOWN_INDENT = "&emsp;"


class View(NamedTuple):
    """Options of a summary.

    Attributes:
        batch_size: for the memory.
        depth: the number of levels of blocks; `tree.EVERYTHING` folds nothing, None shows as many as fit a screen.
        nested: whether the layers of nested models are shown.
        further: additional columns, by the option `--columns`.
    """

    batch_size: int = 1
    depth: int | None = None
    nested: bool = False
    further: Further | None = None


def table(summary: Summary, view: View, width: int, paint: Paint = plain) -> Iterator[str]:
    """The summary as lines of text.

    If the table would be wider than `width`, the type is written behind the name, unless the name shows it.
    """
    shown = _entries(summary, view)
    further = tuple(Column(head, "figure") for head in heads(view.further))
    inputs = [_input_line(name, text(tensor.shape), len(further)) for name, tensor in summary.inputs]
    lines = [*inputs, *(_line(entry, view.further, INDENT) for entry in shown)]
    columns: Sequence[Column] = (*COLUMNS, *further)
    chain = not any(line[2] for line in lines)
    if chain:  # the column of the inputs is empty
        columns, lines = _without(columns, 2), [_without(line, 2) for line in lines]
    if not layout.fits(columns, lines, width):
        columns = (Column("layer (type)"), *columns[2:])
        lines = [(named(line[0], line[1]), *line[2:]) for line in lines]
    yield paint(printable(summary.model), "bold")
    yield ""
    yield from layout.table(columns, lines, width, paint=paint, rule=True, faint=len(inputs))
    yield ""
    for line in (*_legend(shown, chain), *totals_lines(summary, view.batch_size)):
        yield from layout.sentences(line, width)


def markdown(summary: Summary, view: View) -> str:
    """The table in Markdown, for a pull request or a README."""
    shown, added = _entries(summary, view), heads(view.further)
    inputs = [_input_line(name, text(tensor.shape), len(added)) for name, tensor in summary.inputs]
    rule = "| --- | --- | --- | --- | ---: | ---: |" + " --- |" * len(added)
    lines = [f"## {literal(summary.model)}", "", row([*(column.head for column in COLUMNS), *added]), rule]
    lines += [row(map(literal, line)) for line in inputs]
    for entry in shown:
        name, *more = map(literal, _line(entry, view.further, ""))
        lines.append(row([MARKDOWN_INDENT * entry.depth + name, *more]))
    chain = all(entry.follows for entry in shown)
    return "\n".join([*lines, "", *(f"- {line}" for line in (*_legend(shown, chain), *totals_lines(summary, view.batch_size)))])


def _entries(summary: Summary, view: View) -> tuple[Entry, ...]:
    last = summary.inputs[-1][0] if summary.inputs else None
    return entries(parts(summary), view.depth, nested=view.nested, before=last)


def _input_line(name: str, shape: str, further: int) -> Line:
    return (name, "Input", "", shape, "", "", *[""] * further)


def _line(entry: Entry, further: Further | None, indent: str) -> Line:
    """The cells of a line of the tree; the figures of a layer are in the line of its first call."""
    name = f"{indent * entry.depth}{entry.name}{f' {FOLDED}' if entry.folded else ''}"
    type_ = entry.type if entry.times == 1 else f"{entry.times} × {entry.type}"
    inputs = "" if entry.follows else ", ".join(entry.inputs) or "–"
    figures = ("", "") if entry.again else (figure(entry.params), figure(entry.macs))
    return (name, type_, inputs, entry.shape, *figures, *more(further, entry))


def named(name: str, type_: str) -> str:
    """A name with its type, unless the name shows the type: `stem (Conv2D)`, `conv2d_1`."""
    first = name.lstrip(" ").partition(" ")[0].rpartition(".")[2]
    return name if re.sub(r"_\d+$", "", first) == snake_case(type_) else f"{name} ({type_})"


def _without(line: Sequence[Any], place: int) -> tuple[Any, ...]:
    return (*line[:place], *line[place + 1 :])


def _legend(shown: Sequence[Entry], chain: bool) -> Iterator[str]:
    """Explanations below the table."""
    yield "each row reads the one above it" if chain else "a row without an input reads the one above it"
    if any(entry.folded for entry in shown):
        yield f"{FOLDED} has further rows below it; `layerctl summary --depth N` shows N levels, `--depth all` everything"


def heads(further: Further | None) -> tuple[str, ...]:
    """The heads of the additional columns."""
    return () if further is None else tuple(column.replace("_", " ") for column in further.columns)


def more(further: Further | None, entry: Entry) -> tuple[str, ...]:
    """The cells of the additional columns in a line."""
    if further is None:
        return ()
    return ("",) * len(further.columns) if entry.call is None else tuple(map(sizes, further.of(*entry.call)))


def sizes(value: Seen) -> str:
    """`5×5`; `?` if it is unknown."""
    if isinstance(value, tuple):
        return "×".join(f"{size:g}" for size in value)
    return "?" if value is None else f"{value:,}" if isinstance(value, int) else value


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
    """Sentences about outputs and weights that custom layers do not declare."""
    undeclared_layers = list(undeclared(summary.rows))
    missing = {key: [name for name, keys in undeclared_layers if key in keys] for key in ("output_shape", "weights")}
    if names := missing["output_shape"]:
        yield f"unknown (?): what {', '.join(names)} gives, and what follows; `output_shape` beside a custom layer declares it"
    if names := missing["weights"]:
        yield f"unknown (?): the weights of {', '.join(names)}; `weights` beside a custom layer declares them"

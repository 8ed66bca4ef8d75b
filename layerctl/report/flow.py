"""A trace for people: a table with a small histogram in each line, and one layer in detail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite

from layerctl.base.shapes import text
from layerctl.diagnostics.text import Paint, plain
from layerctl.report import layout
from layerctl.report.layout import Column
from layerctl.report.results.following import Followed, LookedUp, Normalized, Place, Pooling, Values, WeightedSum
from layerctl.report.results.trace import Distribution, TraceRecord, every_layer
from layerctl.report.table import named

BARS = " ▁▂▃▄▅▆▇█"
WEIGHT = "weight"
WIDE = 40
"""Characters of the longest bar."""
SHOWN = 24
"""At most this many terms of a sum, the largest, are shown."""
COLUMNS = (
    Column("layer"),
    Column("type", "mark"),
    Column("shape", "shape"),
    *(Column(head, "figure") for head in ("mean", "std", "min", "max", "zeros")),
    Column("distribution", "mark"),
)


def number(value: float | None) -> str:
    """Four digits."""
    return f"{value:.4g}" if value is not None and isfinite(value) else "–"


def spark(values: Distribution) -> str:
    """A histogram in one line of text, from the least value to the largest."""
    counts = values.histogram.counts if values.histogram is not None else ()
    top = max(counts, default=0)
    return "".join(BARS[0 if not count else max(1, round(count / top * (len(BARS) - 1)))] for count in counts)


def table(record: TraceRecord, width: int, paint: Paint = plain, *, gradients: bool) -> Iterator[str]:
    """The layers and their weights, a line each."""
    lines = [_line(name, "Input", values) for name, values in record.inputs.items()]
    for name, layer in every_layer(record.layers):
        first, *others = layer.calls
        lines.append(_line(name, layer.type, first.output))
        lines += [_line(f"{name}[{index}]", "", output) for index, output in enumerate(first.outputs) if index]
        lines += [_line(f"{name} (call {turn})", "", call.output) for turn, call in enumerate(others, 2)]
        for weight in layer.weights:
            lines.append(_line(f"  {weight.name}", WEIGHT, weight.distribution, batch=False))
            if gradients and weight.gradient is not None:
                lines.append(_line("  └ gradient", "", weight.gradient, batch=False))
    yield from _table(lines, width, paint)


def _table(lines: Sequence[layout.Line], width: int, paint: Paint) -> Iterator[str]:
    """The table; if it is too wide, the column of types goes, and histograms are half as wide."""
    columns: Sequence[Column] = COLUMNS
    if not layout.fits(columns, lines, width):
        columns = (Column("layer (type)"), *COLUMNS[2:])
        lines = [(named(name, kind) if kind not in ("", WEIGHT) else name, *more) for name, kind, *more in lines]
        lines = [(*line[:-1], halved(line[-1])) for line in lines]
    return layout.table(columns, lines, width, paint=paint, rule=True)


def halved(bars: str) -> str:
    """A histogram in one line of text with half as many bins, each as high as the higher of two."""
    return "".join(max(bars[place : place + 2]) for place in range(0, len(bars), 2))


def _line(name: str, kind: str, values: Distribution, *, batch: bool = True) -> tuple[str, ...]:
    figures = map(number, (values.mean, values.std, values.min, values.max))
    zeros = "–" if values.zeros is None else f"{values.zeros:.0%}"
    return (name, kind, text(values.shape, batch=batch), *figures, zeros, spark(values))


def notes(record: TraceRecord, files: Iterable[str], width: int) -> Iterator[str]:
    """The input, what stands out, and the files that were written."""
    for note in _notes(record, files):
        yield from layout.sentences(note, width)


def on_what(record: TraceRecord) -> str:
    """The input in words: `32 samples of digits`."""
    noun = "sample" if record.samples == 1 else "samples"
    return f"{record.samples} random {noun}" if record.data == "random" else f"{record.samples} {noun} of {record.data}"


def _notes(record: TraceRecord, files: Iterable[str]) -> Iterator[str]:
    yield f"{on_what(record)}; weights {record.weights}; seed {record.seed}"
    if record.loss is not None:
        yield f"loss of this batch: {number(record.loss)}"
    yield from (f"note: {note}" for note in record.notes)
    for remark in record.remarks:
        where = f"{remark.layer}: " if remark.layer else ""
        yield f"! {where}{remark.message}"
    yield from (f"wrote {file}" for file in files)


def detail(record: TraceRecord, name: str, width: int, paint: Paint = plain) -> Iterator[str]:
    """One layer: its histogram, its values if they are few, and how one of them is computed."""
    layer = next(layer for full, layer in every_layer(record.layers) if full == name)
    yield f"{name} ({layer.type}), from {', '.join(layer.calls[0].inputs)}"
    yield ""
    weights = (_line(weight.name, WEIGHT, weight.distribution, batch=False) for weight in layer.weights)
    yield from _table([_line("output", "", layer.output), *weights], width, paint)
    yield ""
    yield from bars(layer.output)
    yield ""
    if record.followed is not None:
        for line in followed(record.followed):
            yield from layout.sentences(line, width)


def bars(values: Distribution) -> Iterator[str]:
    """A histogram with a line for each bin."""
    if values.histogram is None:
        return
    edges, counts = values.histogram
    top = max(counts)
    for count, low, high in zip(counts, edges, edges[1:], strict=False):
        eighths = round(count / top * WIDE * 8)
        bar = "█" * (eighths // 8) + (" ▏▎▍▌▋▊▉"[eighths % 8] if eighths % 8 else "")
        yield f"{number(low):>10} … {number(high):<10} {bar} {count:,}"


def followed(one: Followed) -> Iterator[str]:
    """How one value is computed, for somebody with a calculator."""
    if one.values is not None:
        yield f"values of the first sample: {_shown(one.values)}"
        yield ""
    yield f"the value at {_place(one.at)} is {one.value:.7g}"
    match one.computation:
        case None:
            yield one.why or ""
            return
        case WeightedSum():
            yield from _sum(one.computation)
        case Pooling():
            yield from _window(one.computation)
        case Normalized() | LookedUp():
            yield from _formula(one.computation)
    yield f"→ {one.computation.result:.7g}" + ("" if one.agrees else "  which is NOT what the layer gave")


def _place(at: Place) -> str:
    return f"[{', '.join(map(str, at))}]"


def _shown(values: Values) -> str:
    return "[" + ", ".join(map(_shown, values)) + "]" if isinstance(values, list) else number(values)


def _sum(one: WeightedSum) -> Iterator[str]:
    terms, bias = one.terms, one.bias
    largest = terms if len(terms) <= SHOWN else sorted(terms, key=lambda term: -abs(term.product))[:SHOWN]
    for term in largest:
        yield f"  input{_place(term.at)} {term.input:>12.7g} × {term.weight:>12.7g} = {term.product:>12.7g}"
    if len(terms) > len(largest):
        rest = sum(term.product for term in terms) - sum(term.product for term in largest)
        yield f"  {len(terms) - len(largest):,} more products, each smaller, add up to {rest:.7g}"
    if one.padding:
        yield f"  {one.padding:,} products with padding are 0"
    if bias is not None:
        yield f"  bias {bias:.7g}"
    yield f"  sum of {len(terms):,} products{' and the bias' if bias is not None else ''}: {one.sum:.7g}"
    if one.sums is not None:
        yield f"  the sums of all units: {_shown(one.sums)}"
    yield f"  activation {one.activation}"


def _window(one: Pooling) -> Iterator[str]:
    for term in one.terms[:SHOWN]:
        yield f"  input{_place(term.at)} {term.input:>12.7g}"
    if len(one.terms) > SHOWN:
        yield f"  and {len(one.terms) - SHOWN} more"
    padding = f"; {one.padding} of the window are padding" if one.padding else ""
    yield f"  their {one.rule}, of {len(one.terms)} values{padding}"


def _formula(one: Normalized | LookedUp) -> Iterator[str]:
    parts = one.parts if isinstance(one, Normalized) else {}
    yield f"  {one.formula}"
    yield f"  input {one.input:.7g}" + "".join(f", {name} {value:.7g}" for name, value in parts.items())

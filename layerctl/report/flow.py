"""A trace for people: a table with a small histogram in each line, and one layer in detail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from layerctl.base.shapes import text
from layerctl.diagnostics.text import Paint, plain
from layerctl.report import layout
from layerctl.report.findings import every
from layerctl.report.layout import Column
from layerctl.report.table import named

BARS = " ▁▂▃▄▅▆▇█"
WEIGHT = "weight"
WIDE = 40
SHOWN = 24
"""Terms of a sum that are shown; the largest, where there are more."""
COLUMNS = (
    Column("layer"),
    Column("type", "mark"),
    Column("shape", "shape"),
    *(Column(head, "figure") for head in ("mean", "std", "min", "max", "zeros")),
    Column("distribution", "mark"),
)
Row = Mapping[str, Any]


def number(value: float | None) -> str:
    """Four digits."""
    return "–" if value is None else f"{value:.4g}"


def spark(described: Row) -> str:
    """A histogram in one line of text, from the least value to the largest."""
    if not (histogram := described.get("histogram")):
        return ""
    counts = histogram["counts"]
    top = max(counts)
    return "".join(BARS[0 if not count else max(1, round(count / top * (len(BARS) - 1)))] for count in counts)


def table(record: Row, width: int, paint: Paint = plain, *, gradients: bool) -> Iterator[str]:
    """The layers and their weights, a line each."""
    lines = [_line(row["name"], "Input", row) for row in record["inputs"]]
    for name, row in every(record["layers"]):
        lines.append(_line(name, row["type"], row["output"]))
        lines += [_line(f"{name}[{step}]", "", more) for step, more in enumerate(row.get("outputs", ())) if step]
        further = list(enumerate(row.get("calls", ()), 1))[1:]
        lines += [_line(f"{name} (call {turn})", "", call["output"]) for turn, call in further]
        for weight in row["weights"]:
            lines.append(_line(f"  {weight['name']}", WEIGHT, weight, batch=False))
            if gradients and "gradient" in weight:
                lines.append(_line("  └ gradient", "", weight["gradient"], batch=False))
    yield from _table(lines, width, paint)


def _table(lines: Sequence[layout.Line], width: int, paint: Paint) -> Iterator[str]:
    """The table; where it would be too wide, types stand behind names that do not tell them, and histograms are half as wide."""
    columns: Sequence[Column] = COLUMNS
    if not layout.fits(columns, lines, width):
        columns = (Column("layer (type)"), *COLUMNS[2:])
        lines = [(named(name, kind) if kind not in ("", WEIGHT) else name, *more) for name, kind, *more in lines]
        lines = [(*line[:-1], halved(line[-1])) for line in lines]
    return layout.table(columns, lines, width, paint=paint, rule=True)


def halved(bars: str) -> str:
    """A histogram in one line of text with half as many bins, each as high as the higher of two."""
    return "".join(max(bars[place : place + 2]) for place in range(0, len(bars), 2))


def _line(name: str, kind: str, described: Row, *, batch: bool = True) -> tuple[str, ...]:
    shape = text(tuple(described["shape"]), batch=batch)
    figures = (number(described[key]) for key in ("mean", "std", "min", "max"))
    zeros = "–" if described["zeros"] is None else f"{described['zeros']:.0%}"
    return (name, kind, shape, *figures, zeros, spark(described))


def notes(record: Row, width: int) -> Iterator[str]:
    """What was looked at, and what stands out."""
    for note in _notes(record):
        yield from layout.sentences(note, width)


def _notes(record: Row) -> Iterator[str]:
    count, data = record["samples"], record["data"]
    noun = "sample" if count == 1 else "samples"
    what = f"{count} random {noun}" if data == "random" else f"{count} {noun} of {data}"
    yield f"{what}; weights {record['weights']}; seed {record['seed']}"
    if "loss" in record:
        yield f"loss of this batch: {number(record['loss'])}"
    yield from (f"note: {note}" for note in record["notes"])
    for finding in record["findings"]:
        where = f"{finding['layer']}: " if finding["layer"] else ""
        yield f"! {where}{finding['message']}"
    yield from (f"wrote {file}" for file in record["files"])


def detail(record: Row, name: str, width: int, paint: Paint = plain) -> Iterator[str]:
    """One layer: its histogram, its values where they are few, and one of them followed back."""
    row = next(row for full, row in every(record["layers"]) if full == name)
    yield f"{name} ({row['type']}), from {', '.join(row['inputs'])}"
    yield ""
    lines = [_line("output", "", row["output"]), *(_line(w["name"], WEIGHT, w, batch=False) for w in row["weights"])]
    yield from _table(lines, width, paint)
    yield ""
    yield from bars(row["output"])
    yield ""
    for line in followed(record["followed"]):
        yield from layout.sentences(line, width)


def bars(described: Row) -> Iterator[str]:
    """A histogram with a line for each bin."""
    if not (histogram := described.get("histogram")):
        return
    counts, edges = histogram["counts"], histogram["edges"]
    top = max(counts)
    for count, low, high in zip(counts, edges, edges[1:], strict=False):
        eighths = round(count / top * WIDE * 8)
        bar = "█" * (eighths // 8) + (" ▏▎▍▌▋▊▉"[eighths % 8] if eighths % 8 else "")
        yield f"{number(low):>10} … {number(high):<10} {bar} {count:,}"


def followed(found: Row) -> Iterator[str]:
    """How one value comes about, for somebody with a calculator."""
    if found["values"] is not None:
        yield f"values of the first sample: {_shown(found['values'])}"
        yield ""
    place = ", ".join(map(str, found["at"]))
    yield f"the value at [{place}] is {found['value']:.7g}"
    if found["rule"] is None:
        yield found["why"]
        return
    yield from {"weighted sum": _sum, "normalization": _formula, "lookup": _formula}.get(found["rule"], _window)(found)
    yield f"→ {found['result']:.7g}" + ("" if found["agrees"] else "  which is NOT what the layer gave")


def _shown(values: Any) -> str:
    return "[" + ", ".join(map(_shown, values)) + "]" if isinstance(values, list) else number(values)


def _sum(found: Row) -> Iterator[str]:
    terms = found["terms"]
    chosen = terms if len(terms) <= SHOWN else sorted(terms, key=lambda term: -abs(term["product"]))[:SHOWN]
    for term in chosen:
        place = ", ".join(map(str, term["at"]))
        yield f"  input[{place}] {term['input']:>12.7g} × {term['weight']:>12.7g} = {term['product']:>12.7g}"
    if len(terms) > len(chosen):
        rest = sum(term["product"] for term in terms) - sum(term["product"] for term in chosen)
        yield f"  {len(terms) - len(chosen):,} more products, each smaller, add up to {rest:.7g}"
    if found.get("padding"):
        yield f"  {found['padding']:,} products with padding are 0"
    if found["bias"] is not None:
        yield f"  bias {found['bias']:.7g}"
    yield f"  sum of {len(terms):,} products{' and the bias' if found['bias'] is not None else ''}: {found['sum']:.7g}"
    if "sums" in found:
        yield f"  the sums of all units: {_shown(found['sums'])}"
    yield f"  activation {found['activation']}"


def _window(found: Row) -> Iterator[str]:
    for term in found["terms"][:SHOWN]:
        yield f"  input[{', '.join(map(str, term['at']))}] {term['input']:>12.7g}"
    if len(found["terms"]) > SHOWN:
        yield f"  and {len(found['terms']) - SHOWN} more"
    padding = f"; {found['padding']} of the window are padding" if found["padding"] else ""
    yield f"  their {found['rule']}, of {len(found['terms'])} values{padding}"


def _formula(found: Row) -> Iterator[str]:
    yield f"  {found['formula']}"
    yield f"  input {found['input']:.7g}" + "".join(f", {key} {value:.7g}" for key, value in found.get("parts", {}).items())

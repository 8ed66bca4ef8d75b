"""A comparison in tables and in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import NamedTuple

from layerctl.base.numbers import number, size
from layerctl.base.words import joined
from layerctl.compiler.variants import Match
from layerctl.diagnostics.text import Paint
from layerctl.report import layout
from layerctl.report.results.comparison import Comparison, Disturbance, Pair, TimeToTarget, VariantFigures
from layerctl.report.results.intervals import Spread

POINTS = 0.005
"""The worthwhile difference of metrics that are shares; their differences are shown in percentage points."""
ROUND = 0.01
"""From this difference of shares on, points are shown with one decimal; below it with two."""

Rows = list[tuple[str, ...]]


def lines(comparison: Comparison, width: int, paint: Paint) -> Iterator[str]:
    """The whole comparison: the table of variants, a table for each disturbance, the verdicts, and notes."""
    yield from _table(heads(comparison), cells(comparison), width, paint)
    for title, columns, rows in disturbed(comparison):
        yield from ("", title, *_table(columns, rows, width, paint))
    for line in ("", *sentences(comparison), "", *notes(comparison)):
        yield from layout.sentences(line, width)


def _table(heads: Sequence[str], rows: Rows, width: int, paint: Paint) -> Iterator[str]:
    name, *figures = heads
    columns = [layout.Column(name), *(layout.Column(figure, "figure") for figure in figures)]
    return layout.table(columns, rows, width, paint=paint)


def heads(comparison: Comparison) -> tuple[str, ...]:
    """The columns of the table of variants."""
    first = comparison.variants[0]
    time = first.to_target
    to_target = (f"epochs to {time.target:g}", f"s to {time.target:g}") if time is not None else ()
    costs = ("parameters", "MACs", "weights", "activations", "training s")
    return ("variant", *first.metrics, *costs, *to_target, "ms, batch 1", "ms, batch 128")


def cells(comparison: Comparison) -> Rows:
    """The rows of the table of variants."""
    return [
        (
            variant.name,
            *(spread(value) for value in variant.metrics.values()),
            f"{variant.params:,}",
            f"{variant.macs:,}",
            size(variant.weight_bytes),
            size(variant.activation_bytes),
            spread(variant.train_seconds, 2),
            *(_target_cells(variant.to_target) if variant.to_target is not None else ()),
            spread(variant.latency_ms, 2),
            spread(variant.latency_128_ms, 2),
        )
        for variant in comparison.variants
    ]


def _target_cells(time: TimeToTarget) -> tuple[str, str]:
    if time.epochs is None or time.seconds is None:
        return ("never", "never")
    few = "" if time.reached == time.of else f" ({time.reached} of {time.of})"
    return (spread(time.epochs, 1) + few, spread(time.seconds, 2))


CHANGE = "change of a pixel (rms, of the range)"
"""The row that says how much of a disturbance arrived at the test images."""


def disturbed(comparison: Comparison) -> Iterator[tuple[str, tuple[str, ...], Rows]]:
    """For each disturbance a title, columns and rows: the first metric of each variant by strength."""
    for disturbance in comparison.disturbances:
        metric = next(iter(disturbance.variants[0].metrics))
        rows = [(variant.name, *map(spread, variant.metrics[metric])) for variant in disturbance.variants]
        if disturbance.change:
            rows.append((CHANGE, *(f"{change:.3f}" for change in disturbance.change)))
        yield f"{disturbance.name}: {metric} by {disturbance.unit}", ("variant", *strengths(disturbance)), rows


def strengths(disturbance: Disturbance) -> list[str]:
    """The strengths of a disturbance: numbers, or `no` and `yes`."""
    return ["no", "yes"] if disturbance.unit.startswith("whether") else [f"{level:g}" for level in disturbance.levels]


def spread(value: Spread, digits: int = 4) -> str:
    """`0.9731 ± 0.0042`: the mean, and half of its 95 % interval."""
    if not isfinite(value.mean):
        return "nan"
    mean = f"{value.mean:.{digits}f}" if digits < 4 else number(value.mean)
    return mean if value.low is None or value.high is None else f"{mean} ± {(value.high - value.low) / 2:.{digits}f}"


def sentences(comparison: Comparison) -> list[str]:
    """The verdicts in words: a line for each pair and metric."""
    return [sentence(pair, len(comparison.seeds)) for pair in comparison.pairs]


def sentence(pair: Pair, count: int) -> str:
    """The verdict on a pair in words; `count` is the number of seeds."""
    a, b, metric = pair.a, pair.b, pair.metric
    seeds = f"{count} seed{'s' if count != 1 else ''}"
    if not isfinite(pair.difference.mean):
        return f"{metric}: {a} and {b} cannot be compared; a value is not a number"
    lead = _lead(pair)
    if pair.verdict == "undecided":
        difference = f"{lead.higher} is higher by {lead.by} on average" if lead.higher else "they are equal on average"
        why = "; one seed says nothing about chance" if count == 1 else ""
        figures = "; ".join([difference, *lead.figures])
        return f"{metric}: {a} and {b} are not distinguishable with {seeds} ({figures}){why or _needed(pair)}"
    better, worse = (a, b) if pair.verdict == "a" else (b, a)
    figures = "; ".join([*(["lower is better"] if better != lead.higher else []), *lead.figures, seeds])
    return f"{metric}: {better} is better than {worse} by {lead.by} ({figures})"


class Lead(NamedTuple):
    """A difference as it is read: from the variant with the higher value.

    Attributes:
        higher: that variant; empty if both are equal.
        by: how much higher it is, in points if the metric is a share.
        figures: the interval of the difference, and the p-value, if they are known.
    """

    higher: str
    by: str
    figures: list[str]


def _lead(pair: Pair) -> Lead:
    mean, low, high = pair.difference
    higher = pair.a if mean > 0 else pair.b if mean < 0 else ""
    if mean < 0:
        mean, low, high = -mean, None if high is None else -high, None if low is None else -low
    share = pair.worthwhile_difference == POINTS
    digits = 1 if mean >= ROUND else 2
    shown = (lambda value: f"{100 * value:.{digits}f}") if share else number
    figures = [] if low is None else [f"95 % interval {shown(low)} to {shown(high)}"]
    figures += [] if pair.p_adjusted is None else [f"p = {pair.p_adjusted:.2g}"]
    return Lead(higher, f"{shown(mean)} points" if share else shown(mean), figures)


def _needed(pair: Pair) -> str:
    """How many seeds would be enough, if that is known."""
    if pair.needed_seeds is None:
        return ""
    worth = pair.worthwhile_difference
    points = f"{100 * worth:g} points" if worth == POINTS else number(worth)
    return f"; about {pair.needed_seeds:,} would be needed to see a difference of {points}"


def notes(comparison: Comparison) -> list[str]:
    """What a reader must know about the figures."""
    count = len(comparison.seeds)
    lines = [f"{count} seed{'s' if count != 1 else ''} on {comparison.data}; ± is half a 95 % interval (Student's t over seeds)"]
    if len(comparison.variants) > 2:
        lines.append("p-values are corrected for the number of pairs (Holm)")
    if unlike := differing(comparison.variants):
        lines.append(f"the variants are not trained alike: their {', '.join(unlike)} differ")
    lines += [f"{variant.name}: {_matched(variant.match)}" for variant in comparison.variants if variant.match is not None]
    lines += [
        f"{variant.name}: its figures are those of epoch {joined(map(str, kept))}, whose weights early stopping restored"
        for variant in comparison.variants
        if (kept := variant.kept_epochs)
    ]
    if any(pair.needed_seeds is not None for pair in comparison.pairs):
        lines.append("seeds needed: for a chance of 80 % to find that difference, from the spread of these seeds; a rough figure")
    lines.append("training s is without reading data and building; ms is one call of the model")
    lines.append("activations are those of one sample; 1 MAC = 2 FLOPs")
    return lines


def _matched(match: Match) -> str:
    """The width that `--match` chose, and how near the cost is to the budget."""
    what = "parameters" if match.by == "params" else "MACs"
    figures = f"{match.cost:,} {what} against {match.budget:,}, {100 * match.off:+.2g} %"
    if match.variable is None:
        return f"as it is ({figures})"
    return f"{match.variable} {match.value} in place of {match.before} ({figures})"


def differing(variants: Sequence[VariantFigures]) -> list[str]:
    """The entries of the sections `train` that are not the same for all variants."""
    first = variants[0].training
    keys = dict.fromkeys(key for variant in variants for key in variant.training)
    return [key for key in keys if any(variant.training.get(key) != first.get(key) for variant in variants)]

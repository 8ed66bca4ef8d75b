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
from layerctl.report.results.comparison import Comparison, Disturbance, Pair, TimeToTarget, Timing, VariantFigures
from layerctl.report.results.intervals import Interval, Spread

BUSY = 0.1
"""From this share of the processors on, other programs spoil the times."""
ROUND = 0.01
"""From this difference of shares on, points are shown with one decimal; below it with two."""

LOPSIDED = 4
"""An interval whose middle is farther from the mean than this part of its half is shown by its ends."""

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
    return ("variant", *first.metrics, *costs, *to_target, *(f"ms, batch {one.batch}" for one in first.latency))


def cells(comparison: Comparison) -> Rows:
    """The rows of the table of variants."""
    return [
        (
            variant.name,
            *(both(value, variant.with_samples.get(name)) for name, value in variant.metrics.items()),
            f"{variant.params:,}",
            f"{variant.macs:,}",
            size(variant.weight_bytes),
            size(variant.activation_bytes),
            spread(variant.train_seconds, 2),
            *(_target_cells(variant.to_target) if variant.to_target is not None else ()),
            *map(timing, variant.latency),
        )
        for variant in comparison.variants
    ]


def _target_cells(time: TimeToTarget) -> tuple[str, str]:
    if time.epochs is None or time.seconds is None:
        return ("never", "never")
    few = f" ({time.reached} of {time.of})"
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


def both(value: Spread, with_samples: Interval | None) -> str:
    """`0.9731 ± 0.0042 / 0.0090`: by training, and by training and test samples."""
    if with_samples is None or with_samples.low is None or with_samples.high is None:
        return spread(value)
    return f"{spread(value)} / {_reach(with_samples, 4).removeprefix('± ')}"


def _reach(interval: Interval, digits: int) -> str:
    """`± 0.0042`: half of an interval; `(0.9880 to 0.9994)` where it reaches much farther to one side."""
    mean, low, high = interval
    assert low is not None
    assert high is not None
    half = (high - low) / 2
    if abs((high - mean) - half) > half / LOPSIDED:
        return f"({low:.{digits}f} to {high:.{digits}f})"
    return f"± {half:.{digits}f}"


def timing(value: Timing) -> str:
    """`0.31 (0.29 to 0.35)`: the median and the quartiles."""
    return f"{value.median_ms:.2f} ({value.low_ms:.2f} to {value.high_ms:.2f})"


def spread(value: Spread, digits: int = 4) -> str:
    """`0.9731 ± 0.0042`: the mean and its 95 % interval."""
    if not isfinite(value.mean):
        return "nan"
    mean = f"{value.mean:.{digits}f}" if digits < 4 else number(value.mean)
    return mean if value.low is None or value.high is None else f"{mean} {_reach(value.interval, digits)}"


def sentences(comparison: Comparison) -> list[str]:
    """The verdicts in words: a line for each pair and metric."""
    return [sentence(pair, comparison.trials, crossed=bool(comparison.orders)) for pair in comparison.pairs]


def sentence(pair: Pair, count: int, *, crossed: bool = False) -> str:
    """The verdict on a pair in words; `count` is the number of trials of each, `crossed` whether two kinds of seeds are."""
    a, b, metric = pair.a, pair.b, pair.metric
    seeds = f"{count} {'trial' if crossed else 'seed'}{'s' if count != 1 else ''}"
    if not isfinite(pair.difference.mean):
        return f"{metric}: {a} and {b} cannot be compared; a value is not a number"
    lead = _lead(pair)
    difference = f"{lead.higher} is higher by {lead.by} on average" if lead.higher else "they are equal on average"
    if not pair.primary:
        names = "" if lead.higher else f"{a} and {b}: "
        return f"{metric}, described only: {names}{difference.replace('they', 'both')} ({'; '.join([*lead.figures, seeds])})"
    if pair.verdict == "undecided":
        why = "; one seed says nothing about chance" if count == 1 else ""
        figures = "; ".join([difference, *lead.figures])
        return f"{metric}: {a} and {b} are not distinguishable with {seeds} ({figures}){why or _needed(pair)}"
    better, worse = (a, b) if pair.verdict == "a" else (b, a)
    at = [] if pair.decided_at is None else [f"decided by the look at {pair.decided_at}"]
    figures = "; ".join([*(["lower is better"] if better != lead.higher else []), *lead.figures, seeds, *at])
    return f"{metric}: {better} is better than {worse} by {lead.by} ({figures})"


class Lead(NamedTuple):
    """A difference as it is read: from the variant with the higher value.

    Attributes:
        higher: that variant; empty if both are equal.
        by: how much higher it is, in points if the metric is a share.
        figures: the intervals of the difference, the p-value and the correlation of the pairs, as far as they are known.
    """

    higher: str
    by: str
    figures: list[str]


def _lead(pair: Pair) -> Lead:
    mean = pair.difference.mean
    higher = pair.a if mean > 0 else pair.b if mean < 0 else ""
    share = pair.of_shares
    digits = 1 if abs(mean) >= ROUND else 2
    shown = (lambda value: f"{100 * value:.{digits}f}") if share else number

    def ends(interval: Interval) -> str | None:
        _, low, high = interval
        if low is None or high is None:
            return None
        return f"{shown(low)} to {shown(high)}" if mean >= 0 else f"{shown(-high)} to {shown(-low)}"

    training, samples = ends(pair.difference), None if pair.with_samples is None else ends(pair.with_samples)
    figures = [] if training is None else [f"95 % interval {training} by training"]
    figures = [f"95 % interval {samples}, by training alone {training}"] if samples is not None else figures
    p = pair.p_adjusted if pair.p_adjusted is not None or pair.primary else pair.p_value
    figures += [] if p is None else [f"p = {p:.2g}"]
    figures += [] if pair.correlation is None else [f"correlation {pair.correlation:.2f}"]
    return Lead(higher, f"{shown(abs(mean))} points" if share else shown(abs(mean)), figures)


def _needed(pair: Pair) -> str:
    """How many seeds, or test samples, would be enough, if that is known."""
    worth = pair.worthwhile_difference
    points = f"{100 * worth:g} points" if pair.of_shares else number(worth)
    if pair.needed_seeds is not None:
        return f"; about {pair.needed_seeds:,} would be needed to see a difference of {points}"
    if pair.needed_samples is not None:
        return f"; no number of seeds shows a difference of {points} with these test samples, about {pair.needed_samples:,} could"
    return ""


def notes(comparison: Comparison) -> list[str]:
    """What a reader must know about the figures."""
    lines = list(_chance(comparison))
    variants = comparison.variants
    if unlike := differing(variants):
        lines.append(f"the variants are not trained alike: their {', '.join(unlike)} differ")
    lines += [f"{variant.name}: {_matched(variant.match)}" for variant in variants if variant.match is not None]
    lines += [
        f"{variant.name}: its figures are those of epoch {joined(map(str, kept))}, whose weights early stopping restored"
        for variant in variants
        if (kept := variant.kept_epochs)
    ]
    if any(pair.needed_seeds is not None for pair in comparison.pairs):
        lines.append("seeds needed: for a chance of 80 % to find that difference, from the spread of these seeds; a rough figure")
    lines += _costs(comparison)
    return lines


def _chance(comparison: Comparison) -> Iterator[str]:
    """What the intervals and verdicts allow for."""
    count, orders = len(comparison.seeds), len(comparison.orders)
    seeds = f"{count} seed{'s' if count != 1 else ''}" + (f" of the weights, each with {orders} of the order" if orders else "")
    samples = f" with {comparison.test_samples:,} test samples" if comparison.test_samples else ""
    yield f"{seeds} on {comparison.data}{samples}; ± is half a 95 % interval: of chance in training" + (
        " / in training and test samples; verdicts go by the second" if samples else ""
    )
    first, *others = dict.fromkeys(pair.metric for pair in comparison.pairs)
    if others:
        yield f"verdicts go by {first} alone, the metric that decides; of {joined(others)} there is a description only"
    unsampled = [pair.metric for pair in comparison.pairs if pair.with_samples is None and pair.difference.low is not None]
    if unsampled:
        yield f"{joined(dict.fromkeys(unsampled))}: what each test sample adds is not known, and their chance not allowed for"
    if len(comparison.variants) > 2:
        yield "p-values are corrected for the number of pairs (Holm)"
    looks = max((pair.looks for pair in comparison.pairs), key=len, default=())
    if comparison.plan is not None or len(looks) > 1:
        end = f" of a plan that ends at {comparison.plan}" if comparison.plan is not None else ""
        yield f"p-values are corrected for looks at {joined(map(str, looks))} trials{end}, which share one error rate of 5 %"


def _costs(comparison: Comparison) -> Iterator[str]:
    time = comparison.variants[0].to_target
    if time is not None:
        epochs, seconds = time.horizon
        yield (
            f"time to {time.target:g}: the mean over all trials, in brackets how many arrived; "
            f"one that did not counts with {epochs:g} epochs and {seconds:.2f} s, up to which all are known"
        )
    yield "training s is without reading data and building"
    empty = [one.empty_ms for variant in comparison.variants for one in variant.latency]
    if empty:
        yield (
            f"ms is one call of the model, its quartiles in brackets, without the {min(empty):.2f} to {max(empty):.2f} ms "
            "that a model without layers takes"
        )
    for variant in comparison.variants:
        if variant.busy is not None and variant.busy > BUSY:
            busy = f"up to {100 * variant.busy:.0f} % of the processors"
            yield f"warning: other programs took {busy} during the trials of {variant.name}, whose seconds and ms are too long"
    yield "activations are those of one sample; 1 MAC = 2 FLOPs"


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

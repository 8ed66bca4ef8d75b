"""A comparison in tables and in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from layerctl.diagnostics.text import Paint
from layerctl.report import layout
from layerctl.report.numbers import number
from layerctl.report.table import size

POINTS = 0.005
"""The difference worth knowing of metrics that are shares; their differences are given in points."""
ROUND = 0.01
"""From this difference of shares on, one decimal of a point is enough."""


Rows = list[tuple[str, ...]]


def lines(found: Mapping[str, Any], width: int, paint: Paint) -> Iterator[str]:
    """The whole comparison: a table with a row for each variant, one for each disturbance, what is found, and notes."""
    yield from _table(heads(found), cells(found), width, paint)
    for title, columns, rows in disturbed(found):
        yield from ("", title, *_table(columns, rows, width, paint))
    for line in ("", *sentences(found), "", *notes(found)):
        yield from layout.sentences(line, width)


def _table(heads: Sequence[str], rows: Rows, width: int, paint: Paint) -> Iterator[str]:
    name, *figures = heads
    columns = [layout.Column(name), *(layout.Column(figure, "figure") for figure in figures)]
    return layout.table(columns, rows, width, paint=paint)


def heads(found: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns of the table of variants."""
    metrics = found["variants"][0]["metrics"]
    target = found["variants"][0].get("to_target")
    to_target = (f"epochs to {target['target']:g}", f"s to {target['target']:g}") if target else ()
    return (
        "variant",
        *metrics,
        "parameters",
        "MACs",
        "weights",
        "activations",
        "training s",
        *to_target,
        "ms, batch 1",
        "ms, batch 128",
    )


def cells(found: Mapping[str, Any]) -> Rows:
    """The rows of the table of variants."""
    return [
        (
            variant["name"],
            *(spread(value) for value in variant["metrics"].values()),
            f"{variant['params']:,}",
            f"{variant['macs']:,}",
            size(variant["weight_bytes"]),
            size(variant["activation_bytes"]),
            spread(variant["train_seconds"], 2),
            *_target_cells(variant),
            spread(variant["latency_ms"], 2),
            spread(variant["latency_128_ms"], 2),
        )
        for variant in found["variants"]
    ]


def _target_cells(variant: Mapping[str, Any]) -> tuple[str, ...]:
    target = variant.get("to_target")
    if target is None:
        return ()
    if target["epochs"] is None:
        return ("never", "never")
    few = "" if target["reached"] == target["of"] else f" ({target['reached']} of {target['of']})"
    return (spread(target["epochs"], 1) + few, spread(target["seconds"], 2))


def disturbed(found: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...], Rows]]:
    """For each disturbance a title, columns and rows: the first metric of each variant by strength."""
    out = []
    for name, kind in found.get("perturbations", {}).items():
        metric = next(iter(kind["variants"][0]["metrics"]))
        heads = ("variant", *strengths(kind))
        rows = [(one["name"], *(spread(value) for value in one["metrics"][metric])) for one in kind["variants"]]
        out.append((f"{name}: {metric} by {kind['unit']}", heads, rows))
    return out


def strengths(kind: Mapping[str, Any]) -> list[str]:
    """The strengths of a disturbance in words: numbers, or whether there is one."""
    return ["no", "yes"] if kind["unit"].startswith("whether") else [f"{level:g}" for level in kind["levels"]]


def spread(value: Mapping[str, Any], digits: int = 4) -> str:
    """`0.9731 ± 0.0042`: the mean, and half of its 95 % interval."""
    if value["mean"] is None:
        return "nan"
    mean = f"{value['mean']:.{digits}f}" if digits < 4 else number(value["mean"])
    return mean if value["low"] is None else f"{mean} ± {(value['high'] - value['low']) / 2:.{digits}f}"


def sentences(found: Mapping[str, Any]) -> list[str]:
    """What the figures allow to be said: a line for each pair and metric."""
    count = len(found["seeds"])
    return [_sentence(pair, count) for pair in found["pairs"]]


def _sentence(pair: Mapping[str, Any], count: int) -> str:
    a, b, metric = pair["a"], pair["b"], pair["metric"]
    seeds = f"{count} seed{'s' if count != 1 else ''}"
    if pair["difference"]["mean"] is None:
        return f"{metric}: {a} and {b} cannot be compared; a value is not a number"
    lead = _lead(pair)
    if pair["verdict"] == "undecided":
        apart = f"{lead.higher} is higher by {lead.by} on average" if lead.higher else "they are equal on average"
        why = "; one seed says nothing about chance" if count == 1 else ""
        figures = "; ".join([apart, *lead.figures])
        return f"{metric}: {a} and {b} are not distinguishable with {seeds} ({figures}){why or _needed(pair)}"
    better, worse = (a, b) if pair["verdict"] == "a" else (b, a)
    figures = "; ".join([*(["lower is better"] if better != lead.higher else []), *lead.figures, seeds])
    return f"{metric}: {better} is better than {worse} by {lead.by} ({figures})"


class Lead(NamedTuple):
    """A difference as it is read: from the variant with the higher value.

    Attributes:
        higher: that variant; empty where both are equal.
        by: how much higher it is, in points where the metric is a share.
        figures: the interval of that, and the p-value, as far as they are known.
    """

    higher: str
    by: str
    figures: list[str]


def _lead(pair: Mapping[str, Any]) -> Lead:
    mean, low, high = (pair["difference"][key] for key in ("mean", "low", "high"))
    higher = pair["a"] if mean > 0 else pair["b"] if mean < 0 else ""
    if mean < 0:
        mean, low, high = -mean, None if high is None else -high, None if low is None else -low
    share = pair["worthwhile_difference"] == POINTS
    digits = 1 if mean >= ROUND else 2
    shown = (lambda value: f"{100 * value:.{digits}f}") if share else number
    figures = [] if low is None else [f"95 % interval {shown(low)} to {shown(high)}"]
    figures += [] if pair["p_adjusted"] is None else [f"p = {pair['p_adjusted']:.2g}"]
    return Lead(higher, f"{shown(mean)} points" if share else shown(mean), figures)


def _needed(pair: Mapping[str, Any]) -> str:
    """How many seeds would do."""
    worth, needed = pair["worthwhile_difference"], pair["needed_seeds"]
    if needed is None:
        return ""
    points = f"{100 * worth:g} points" if worth == POINTS else number(worth)
    return f"; about {needed:,} would be needed to see a difference of {points}"


def notes(found: Mapping[str, Any]) -> list[str]:
    """What a reader must know to take the table for what it is."""
    count = len(found["seeds"])
    lines = [f"{count} seed{'s' if count != 1 else ''} on {found['data']}; ± is half a 95 % interval (Student's t over seeds)"]
    if len(found["variants"]) > 2:
        lines.append("p-values are corrected for the number of pairs (Holm)")
    if unlike := differing(found["variants"]):
        lines.append(f"the variants are not trained alike: their {', '.join(unlike)} differ")
    lines += [_matched(variant) for variant in found["variants"] if variant.get("match")]
    if any(pair["needed_seeds"] is not None for pair in found["pairs"]):
        lines.append("seeds needed: for a chance of 80 % to find that difference, from the spread of these seeds; a rough figure")
    lines.append("training s is without reading data and building; ms is one call of the model")
    lines.append("activations are those of one sample; 1 MAC = 2 FLOPs")
    return lines


def _matched(variant: Mapping[str, Any]) -> str:
    """What `--match` chose for a variant, and how near it came."""
    match = variant["match"]
    what = "parameters" if match["by"] == "params" else "MACs"
    figures = f"{match['found']:,} {what} against {match['budget']:,}, {100 * match['off']:+.2g} %"
    if match["variable"] is None:
        return f"{variant['name']}: as it is ({figures})"
    return f"{variant['name']}: {match['variable']} {match['value']} in place of {match['from']} ({figures})"


def differing(variants: Sequence[Mapping[str, Any]]) -> list[str]:
    """The entries of the sections `train` that are not the same for all variants."""
    keys = dict.fromkeys(key for variant in variants for key in variant["training"])
    return [key for key in keys if any(variant["training"].get(key) != variants[0]["training"].get(key) for variant in variants)]

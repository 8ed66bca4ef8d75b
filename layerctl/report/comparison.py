"""A comparison in a table and in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from layerctl.report.numbers import number


def table(found: Mapping[str, Any]) -> Table:
    """A row for each variant."""
    metrics = list(found["variants"][0]["metrics"])
    heads = ("variant", *metrics, "parameters", "MACs", "training s", "latency ms")
    out = Table(*heads, box=None, pad_edge=False, header_style="bold")
    for column in out.columns[1:]:
        column.justify = "right"
    for variant in found["variants"]:
        cells = (spread(variant["metrics"][metric]) for metric in metrics)
        costs = (
            f"{variant['params']:,}",
            f"{variant['macs']:,}",
            spread(variant["train_seconds"], 2),
            spread(variant["latency_ms"], 2),
        )
        out.add_row(variant["name"], *cells, *costs)
    return out


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
    a, b, difference = pair["a"], pair["b"], pair["difference"]
    seeds = f"{count} seed{'s' if count != 1 else ''}"
    if difference["mean"] is None:
        return f"{pair['metric']}: {a} and {b} cannot be compared; a value is not a number"
    figures = f"difference {difference['mean']:+.4f}"
    if difference["low"] is not None:
        figures += f", 95 % interval {difference['low']:+.4f} to {difference['high']:+.4f}"
    if pair["p_adjusted"] is not None:
        figures += f", p = {pair['p_adjusted']:.2g}"
    if pair["verdict"] == "undecided":
        why = "; one seed says nothing about chance" if count == 1 else ""
        return f"{pair['metric']}: {a} and {b} are not distinguishable with {seeds} ({figures}){why}"
    better, worse = (a, b) if pair["verdict"] == "a" else (b, a)
    return f"{pair['metric']}: {better} is better than {worse} ({figures}; {seeds})"


def notes(found: Mapping[str, Any]) -> list[str]:
    """What a reader must know to take the table for what it is."""
    lines = [f"{len(found['seeds'])} seeds on {found['data']}; ± is half a 95 % interval (Student's t over seeds)"]
    if len(found["variants"]) > 2:
        lines.append("p-values are corrected for the number of pairs (Holm)")
    if unlike := differing(found["variants"]):
        lines.append(f"the variants are not trained alike: their {', '.join(unlike)} differ")
    lines.append("training s is without reading data, and with tracing the graph; latency is of one sample; 1 MAC = 2 FLOPs")
    return lines


def differing(variants: Sequence[Mapping[str, Any]]) -> list[str]:
    """The entries of the sections `train` that are not the same for all variants."""
    keys = dict.fromkeys(key for variant in variants for key in variant["training"])
    return [key for key in keys if any(variant["training"].get(key) != variants[0]["training"].get(key) for variant in variants)]

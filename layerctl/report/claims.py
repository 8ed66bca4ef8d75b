"""Claims and what became of them, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from layerctl.report import layout

RELATIONS = {"above": "higher by more than ", "below": "higher by less than ", "within": "within ±"}
PLAIN = {"above": "higher", "below": "lower"}
"""Where the margin is 0."""


def lines(found: Mapping[str, Any], width: int) -> Iterator[str]:
    """Each claim with its verdict, its hypotheses below it, and what the figures mean."""
    for claim in found["claims"]:
        yield from layout.sentences(f"{claim['number']}. {claim['verdict']}: {claim['claim']}", width, "   ")
        for hypothesis in claim["hypotheses"]:
            line = f"   {hypothesis['verdict']:9}  {hypothesis['text']}: {_figures(hypothesis)}"
            yield from layout.sentences(line, width, " " * 11)
        yield ""
    seeds = len(found["seeds"])
    for note in (
        f"{seeds} seeds on {found['data']}; a claim is confirmed if all of its lines are, and refuted if one of them is",
        "in brackets the 95 % interval of the mean difference over the seeds; without one, every seed must fulfil the line",
    ):
        yield from layout.sentences(note, width)


def _figures(hypothesis: Mapping[str, Any]) -> str:
    """`0.9521 against 0.9460, higher by 0.0061 [0.0021, 0.0101] (wanted higher)`."""
    difference = hypothesis["difference"]
    if difference["mean"] is None:
        return "not a number"
    figures = f"{number(hypothesis['left_mean'])} against {number(hypothesis['right_mean'])}"
    if hypothesis["relation"] == "equal":
        return f"{figures} (wanted the same)"
    relation, margin = hypothesis["relation"], hypothesis["margin"]
    wanted = f"wanted {RELATIONS[relation]}{margin:g}" if margin or relation not in PLAIN else f"wanted {PLAIN[relation]}"
    if hypothesis["exact"]:
        return f"{figures} ({wanted})"
    mean, low, high = (difference[key] for key in ("mean", "low", "high"))
    word = "higher" if mean >= 0 else "lower"
    if mean < 0:
        mean, low, high = -mean, -high, -low
    return f"{figures}, {word} by {mean:.4f} [{low:.4f}, {high:.4f}] ({wanted})"


def number(value: float) -> str:
    """Four digits of a share, all digits of a count."""
    return f"{value:,.0f}" if value == round(value) else f"{value:.4f}" if abs(value) >= 0.001 else f"{value:.2g}"

"""Claims and their verdicts, in words."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from layerctl.report import layout
from layerctl.report.results.claims import JudgedClaims, JudgedHypothesis

RELATIONS = {"above": "higher by more than ", "below": "higher by less than ", "within": "within ±"}
PLAIN = {"above": "higher", "below": "lower"}
"""For a margin of 0."""


def lines(result: JudgedClaims, width: int) -> Iterator[str]:
    """Each claim with its verdict, its hypotheses below it, and what the figures mean."""
    for judgement in result.claims:
        claim = judgement.claim
        yield from layout.sentences(f"{claim.number}. {judgement.verdict}: {claim.text}", width, "   ")
        for judged in judgement.hypotheses:
            line = f"   {judged.verdict:9}  {judged.hypothesis.text}: {figures(judged)}"
            yield from layout.sentences(line, width, " " * 11)
        yield ""
    seeds = len(result.seeds)
    for note in (
        f"{seeds} seeds on {result.data}; a claim is confirmed if all of its lines are, and refuted if one of them is",
        "in brackets the 95 % interval of the mean difference over the seeds; without one, every seed must fulfil the line",
    ):
        yield from layout.sentences(note, width)


def figures(judged: JudgedHypothesis) -> str:
    """`0.9521 against 0.9460, higher by 0.0061 [0.0021, 0.0101] (wanted higher)`."""
    mean, low, high, _ = judged.difference
    if not isfinite(mean):
        return "not a number"
    both = f"{number(judged.left_mean)} against {number(judged.right_mean)}"
    relation, margin = judged.hypothesis.relation, judged.hypothesis.margin
    if relation == "equal":
        return f"{both} (wanted the same)"
    wanted = f"wanted {RELATIONS[relation]}{margin:g}" if margin or relation not in PLAIN else f"wanted {PLAIN[relation]}"
    if judged.hypothesis.exact or low is None or high is None:
        return f"{both} ({wanted})"
    word = "higher" if mean >= 0 else "lower"
    if mean < 0:
        mean, low, high = -mean, -high, -low
    return f"{both}, {word} by {mean:.4f} [{low:.4f}, {high:.4f}] ({wanted})"


def number(value: float) -> str:
    """Four digits of a share, all digits of a count."""
    return f"{value:,.0f}" if value == round(value) else f"{value:.4f}" if abs(value) >= 0.001 else f"{value:.2g}"

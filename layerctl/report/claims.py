"""Claims and their verdicts, in words."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from layerctl.base.words import joined
from layerctl.report import layout
from layerctl.report.results.claims import Claim, Followed, JudgedClaims, JudgedHypothesis, Judgement

RELATIONS = {"above": "higher by more than ", "below": "higher by less than ", "within": "within ±"}
PLAIN = {"above": "higher", "below": "lower"}
"""For a margin of 0."""
KINDS = {True: "arithmetic", False: "learnt from data"}
"""What a line of a claim is."""


def lines(result: JudgedClaims, width: int) -> Iterator[str]:
    """Each claim with its verdict, what would have refuted it, its hypotheses, and what the figures mean."""
    for judgement in result.claims:
        yield from layout.sentences(heading(judgement), width, "   ")
        yield from layout.sentences(f"   {would_refute(judgement.claim)}", width, "   ")
        for kind, hypotheses in by_kind(judgement):
            yield f"   {kind}:"
            for judged in hypotheses:
                line = f"   {judged.verdict:9}  {judged.hypothesis.text}: {figures(judged)}"
                yield from layout.sentences(line, width, " " * 14)
        for followed in judgement.followed:
            yield from layout.sentences(f"   {crossing(followed)}", width, "   ")
        yield ""
    for note in notes(result):
        yield from layout.sentences(note, width)


def heading(judgement: Judgement) -> str:
    return f"{judgement.claim.number}. {judgement.verdict}: {judgement.claim.text}"


def would_refute(claim: Claim) -> str:
    return f"refuted if {claim.refuted_if}"


def with_seeds(judgement: Judgement) -> str:
    """`learnt from data, with 6 seeds`."""
    return f"{KINDS[False]}, with {len(judgement.seeds)} seeds"


def by_kind(judgement: Judgement) -> Iterator[tuple[str, list[JudgedHypothesis]]]:
    """What is arithmetic, then what is learnt from data."""
    for arithmetic, kind in KINDS.items():
        if found := [one for one in judgement.hypotheses if one.hypothesis.arithmetic == arithmetic]:
            yield kind if arithmetic else with_seeds(judgement), found


def notes(result: JudgedClaims) -> tuple[str, ...]:
    """How the verdicts come about."""
    return (
        f"on {result.data}; a claim is confirmed if all of its lines are, and refuted if one of them is",
        "in brackets the 95 % interval of the mean difference: of accuracies by chance in training and in the test samples, "
        "otherwise by chance in training; what is arithmetic must hold for every seed",
    )


def crossing(followed: Followed) -> str:
    """Where the two designs of a range change places: `with as many parameters: conv2d is ahead from 2,346 to 34,826`."""
    ahead = [name for name, gap in zip(followed.range.names, (1, -1), strict=True) if gap * followed.gaps[0] > 0]
    places = [f"{value:,.0f} {followed.range.unit}" for value in (min(followed.at), max(followed.at))]
    first = f"{followed.range.text}: {ahead[0] if ahead else 'neither'} is ahead"
    if found := list(followed.crossings):
        return f"{first} with {places[0]}; they change places near {joined(f'{at:,.0f}' for at in found)}"
    return f"{first} from {places[0].split()[0]} to {places[1]}, by the means, and they do not change places"


def figures(judged: JudgedHypothesis) -> str:
    """`0.9521 against 0.9460, higher by 0.0061 [0.0021, 0.0101] (wanted higher)`."""
    mean, low, high, _ = judged.difference
    if not isfinite(mean):
        return "not a number"
    both = f"{number(judged.left_mean)} against {number(judged.right_mean)}"
    if judged.hypothesis.arithmetic or low is None or high is None:
        return f"{both} ({wanted(judged)})"
    word = "higher" if mean >= 0 else "lower"
    if mean < 0:
        mean, low, high = -mean, -high, -low
    return f"{both}, {word} by {mean:.4f} [{low:.4f}, {high:.4f}] ({wanted(judged)})"


def wanted(judged: JudgedHypothesis) -> str:
    """What the difference has to be."""
    relation, margin = judged.hypothesis.relation, judged.hypothesis.margin
    if relation == "equal":
        return "wanted the same"
    return f"wanted {RELATIONS[relation]}{margin:g}" if margin or relation not in PLAIN else f"wanted {PLAIN[relation]}"


def number(value: float) -> str:
    """Four digits of a share, all digits of a count."""
    return f"{value:,.0f}" if value == round(value) else f"{value:.4f}" if abs(value) >= 0.001 else f"{value:.2g}"

"""Claims and their verdicts, in words."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from layerctl.base.words import joined
from layerctl.report import layout
from layerctl.report.comparison import BUSY
from layerctl.report.results.claims import EQUAL, FEWEST, Claim, Followed, JudgedClaims, JudgedHypothesis, Judgement
from layerctl.report.results.intervals import Interval

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
        "in brackets the 95 % interval of the mean difference: of accuracies by chance in training and in the test samples, then "
        "by training alone; otherwise by training alone; what is arithmetic must hold for every seed",
        *([f"other programs took up to {result.busy:.0%} of the processors: times are rough"] if result.busy > BUSY else []),
    )


def crossing(followed: Followed) -> str:
    """Where the two designs of a range change places: `with as many parameters: conv2d is ahead from 2,346 to 34,826 …`."""
    ends = min(followed.at), max(followed.at)
    ahead = [_ahead(followed, gap) for gap in (followed.gaps[0], followed.gaps[-1])]
    unit = followed.range.unit
    if changes := list(followed.crossings):
        near = joined(f"{at:,.0f}" for at in changes)
        sides = f"{ahead[0]} is ahead with {ends[0]:,.0f} {unit}, {ahead[1]} with {ends[1]:,.0f}"
        return f"{followed.range.text}, by the means: {sides}; they change places near {near}"
    leads = next((name for name in ahead if name != NEITHER), NEITHER)
    return f"{followed.range.text}, by the means: {leads} is ahead from {ends[0]:,.0f} to {ends[1]:,.0f} {unit}"


NEITHER = "neither"


def _ahead(followed: Followed, gap: float) -> str:
    left, right = followed.range.names
    return left if gap > 0 else right if gap < 0 else NEITHER


def figures(judged: JudgedHypothesis) -> str:
    """`0.9521 against 0.9460, higher by 0.0061 [0.0021, 0.0101], training alone [0.0051, 0.0071] (wanted higher)`."""
    mean, low, high, values = judged.difference
    if not isfinite(mean):
        return "not a number"
    both = f"{number(judged.left_mean)} against {number(judged.right_mean)}"
    if judged.hypothesis.arithmetic or low is None or high is None:
        failed = judged.verdict != "CONFIRMED" and low is not None and high is not None and high - low > 0
        apart = f", differences from {low:.4g} to {high:.4g}" if failed else ""
        return f"{both}{apart} ({wanted(judged)})"
    word = "higher" if mean >= 0 else "lower"
    alone = "" if judged.training is None else f", training alone {_ends(judged.training, mean)}"
    open_by_few = judged.verdict == "UNDECIDED" and high - low < EQUAL and len(values) < FEWEST
    few = ", the same for each of few seeds" if open_by_few else ""
    return f"{both}, {word} by {abs(mean):.4f} {_ends(Interval(mean, low, high), mean)}{alone}{few} ({wanted(judged)})"


def _ends(of: Interval, mean: float) -> str:
    """The ends of an interval of how much higher, or lower, something is."""
    _, low, high = of
    if low is None or high is None:
        return "[?]"
    return f"[{low:.4f}, {high:.4f}]" if mean >= 0 else f"[{-high:.4f}, {-low:.4f}]"


def wanted(judged: JudgedHypothesis) -> str:
    """What the difference has to be."""
    relation, margin = judged.hypothesis.relation, judged.hypothesis.margin
    if relation == "equal":
        return "wanted the same"
    return f"wanted {RELATIONS[relation]}{margin:g}" if margin or relation not in PLAIN else f"wanted {PLAIN[relation]}"


def number(value: float) -> str:
    """Four digits of a share, all digits of a count."""
    return f"{value:,.0f}" if value == round(value) else f"{value:.4f}" if abs(value) >= 0.001 else f"{value:.2g}"

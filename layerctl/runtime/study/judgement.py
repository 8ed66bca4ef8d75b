"""Whether measurements confirm a claim, refute it, or leave it open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from layerctl.report.results.claims import Claim, ClaimVerdict, Hypothesis, JudgedHypothesis, Judgement
from layerctl.runtime.study.statistics import CONFIDENCE, spread

EQUAL = 1e-9
"""Figures that differ by less are the same."""
FEWEST = 6
"""From this many differences on, it counts as evidence that all are the same: by their signs alone a chance of 3 %."""
CONFIRMED: ClaimVerdict = "CONFIRMED"
REFUTED: ClaimVerdict = "REFUTED"
UNDECIDED: ClaimVerdict = "UNDECIDED"


def judged(claim: Claim, figure: Callable[[str], Sequence[float]]) -> Judgement:
    """A claim with its verdict; `figure` gives the values of a figure by its name, one for each seed."""
    hypotheses = tuple(weighed(hypothesis, figure, len(claim.hypotheses)) for hypothesis in claim.hypotheses)
    verdicts = {hypothesis.verdict for hypothesis in hypotheses}
    verdict = REFUTED if REFUTED in verdicts else CONFIRMED if verdicts == {CONFIRMED} else UNDECIDED
    return Judgement(claim, verdict, hypotheses)


def weighed(hypothesis: Hypothesis, figure: Callable[[str], Sequence[float]], of: int) -> JudgedHypothesis:
    """A hypothesis with its verdict; its claim has `of` hypotheses."""
    left, right = (np.asarray(figure(side) if isinstance(side, str) else side) for side in (hypothesis.left, hypothesis.right))
    differences = [float(value) for value in left - right]
    shown = spread(differences)
    if hypothesis.exact:
        shown = shown._replace(low=min(differences), high=max(differences))
    return JudgedHypothesis(hypothesis, float(left.mean()), float(right.mean()), shown, verdict(hypothesis, differences, of))


def verdict(hypothesis: Hypothesis, differences: Sequence[float], of: int = 1) -> ClaimVerdict:
    """Confirmed if the whole 95 % interval of the mean fulfils the hypothesis, refuted if no value of a wider interval does.

    One refuted hypothesis refutes its claim, so the wider interval is that of a confidence of 1 - 5 % / `of`.
    """
    if not np.isfinite(differences).all():
        return UNDECIDED
    if not hypothesis.exact and len(differences) < FEWEST and np.ptp(differences) == 0:
        return UNDECIDED
    if hypothesis.exact:
        return CONFIRMED if all(_holds(hypothesis, value, value) for value in differences) else REFUTED
    if _holds(hypothesis, *_ends(differences, CONFIDENCE)):
        return CONFIRMED
    return REFUTED if _fails(hypothesis, *_ends(differences, 1 - (1 - CONFIDENCE) / of)) else UNDECIDED


def _ends(differences: Sequence[float], confidence: float) -> tuple[float, float]:
    """The ends of the mean's interval."""
    interval = spread(differences, confidence)
    assert interval.low is not None  # there are two differences or more, all of them numbers
    assert interval.high is not None
    return interval.low, interval.high


def _holds(hypothesis: Hypothesis, low: float, high: float) -> bool:
    """Whether every value of an interval fulfils the hypothesis."""
    if hypothesis.relation in ("within", "equal"):
        margin = hypothesis.margin or EQUAL
        return -margin <= low and high <= margin
    return low > hypothesis.margin if hypothesis.relation == "above" else high < hypothesis.margin


def _fails(hypothesis: Hypothesis, low: float, high: float) -> bool:
    """Whether no value of an interval fulfils the hypothesis."""
    if hypothesis.relation == "within":
        return low > hypothesis.margin or high < -hypothesis.margin
    return high <= hypothesis.margin if hypothesis.relation == "above" else low >= hypothesis.margin

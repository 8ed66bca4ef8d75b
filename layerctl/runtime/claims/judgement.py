"""Whether measurements confirm a claim, refute it, or leave it open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from layerctl.report.results.claims import (
    EQUAL,
    FEWEST,
    Claim,
    ClaimVerdict,
    Followed,
    Hypothesis,
    JudgedHypothesis,
    Judgement,
    Range,
)
from layerctl.report.results.intervals import Interval, Spread
from layerctl.runtime.study.statistics import CONFIDENCE, DIFFERENCE, SHARE, Array, estimate

CONFIRMED: ClaimVerdict = "CONFIRMED"
REFUTED: ClaimVerdict = "REFUTED"
UNDECIDED: ClaimVerdict = "UNDECIDED"
Figure: TypeAlias = Callable[[str], Array]
"""Gives the values of a figure by its name: an axis for the seeds, and where there are test samples one for them."""


def judged(claim: Claim, figure: Figure, seeds: Sequence[int] = ()) -> Judgement:
    """A claim with its verdict; `seeds` are those of the figures."""
    learnt = max(1, sum(not hypothesis.arithmetic for hypothesis in claim.hypotheses))
    hypotheses = tuple(weighed(hypothesis, figure, learnt) for hypothesis in claim.hypotheses)
    verdicts = {hypothesis.verdict for hypothesis in hypotheses}
    verdict = REFUTED if REFUTED in verdicts else CONFIRMED if verdicts == {CONFIRMED} else UNDECIDED
    return Judgement(claim, verdict, hypotheses, tuple(seeds), tuple(_followed(range, figure) for range in claim.ranges))


def _followed(range: Range, figure: Figure) -> Followed:
    at = tuple(float(figure(where)[0]) for _, _, where in range.points)
    left = tuple(interval(figure(name)) for name, _, _ in range.points)
    right = tuple(interval(figure(name)) for _, name, _ in range.points)
    return Followed(range, at, left, right)


def interval(values: Array) -> Interval:
    """The mean of a figure with its 95 % interval; that of a share stays within 0 and 1."""
    bounds = SHARE if values.min() >= 0 and values.max() <= 1 else None
    found = estimate(values, bounds=bounds, samples=values.shape[1] if values.ndim > 1 else 0)
    return Interval(float(values.mean()), None, None) if found is None else found.interval()


def weighed(hypothesis: Hypothesis, figure: Figure, of: int) -> JudgedHypothesis:
    """A hypothesis with its verdict; its claim has `of` hypotheses that are learnt from data."""
    left = figure(hypothesis.left)
    right = figure(hypothesis.right) if isinstance(hypothesis.right, str) else np.float64(hypothesis.right)
    if right.ndim and left.shape != right.shape:
        left, right = by_seed(left), by_seed(right)
    found = Differences(left - right, float(right) if not right.ndim else None)
    shown = Spread(float(found.values.mean()), *_shown(hypothesis, found), tuple(map(float, by_seed(found.values))))
    means = float(left.mean()), float(right.mean())
    training = Differences(by_seed(found.values), found.number).interval(CONFIDENCE) if found.values.ndim > 1 else None
    return JudgedHypothesis(hypothesis, *means, shown, verdict(hypothesis, found, of), training)


class Differences(NamedTuple):
    """Differences of two figures, or of a figure and a number.

    Attributes:
        values: an axis for the seeds, and where there are test samples one for them.
        number: what was subtracted, if it is a number.
    """

    values: Array
    number: float | None = None

    def interval(self, confidence: float) -> Interval | None:
        """The mean, by chance in training and, where their values are there, in the test samples; None if it is not a number.

        A share stays within 0 and 1, whatever is subtracted from it.
        """
        figure, ends = (self.values, DIFFERENCE) if self.number is None else (self.values + self.number, SHARE)
        several = figure.ndim > 1
        bounds = ends if several and ends[0] - EQUAL <= figure.min() and figure.max() <= ends[1] + EQUAL else None
        found = estimate(figure, bounds=bounds, samples=figure.shape[1] if several else 0)
        if found is None:
            return None
        mean, low, high = found.interval(confidence)
        by = self.number or 0.0
        return Interval(mean - by, *(None if end is None else end - by for end in (low, high)))


def by_seed(values: Array) -> Array:
    """The mean over the test samples, if there are any."""
    return values if values.ndim == 1 else values.mean(axis=1)


def _shown(hypothesis: Hypothesis, differences: Differences) -> tuple[float | None, float | None]:
    """The ends of the 95 % interval; the smallest and the largest difference if every one counts."""
    if hypothesis.arithmetic:
        return float(differences.values.min()), float(differences.values.max())
    found = differences.interval(CONFIDENCE)
    return (None, None) if found is None else (found.low, found.high)


def verdict(hypothesis: Hypothesis, differences: Differences, of: int = 1) -> ClaimVerdict:
    """Confirmed if the whole 95 % interval of the mean fulfils the hypothesis, refuted if no value of a wider interval does.

    One refuted hypothesis refutes its claim, so the wider interval is that of a confidence of 1 - 5 % / `of`.
    """
    seeds = by_seed(differences.values)
    if not np.isfinite(seeds).all():
        return UNDECIDED
    if hypothesis.arithmetic:
        holds = all(_holds(hypothesis, value, value) for value in seeds)
        return CONFIRMED if holds else UNDECIDED if hypothesis.condition else REFUTED
    if len(seeds) < FEWEST and np.ptp(seeds) <= EQUAL:
        return UNDECIDED
    ends, wider = (_ends(differences.interval(confidence)) for confidence in (CONFIDENCE, 1 - (1 - CONFIDENCE) / of))
    if ends is None or wider is None:
        return UNDECIDED
    return CONFIRMED if _holds(hypothesis, *ends) else REFUTED if _fails(hypothesis, *wider) else UNDECIDED


def _ends(of: Interval | None) -> tuple[float, float] | None:
    return None if of is None or of.low is None or of.high is None else (of.low, of.high)


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

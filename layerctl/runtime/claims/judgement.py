"""Whether measurements confirm a claim, refute it, or leave it open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from layerctl.report.results.claims import Claim, ClaimVerdict, Followed, Hypothesis, JudgedHypothesis, Judgement, Range
from layerctl.report.results.intervals import Interval, Spread
from layerctl.runtime.study.statistics import CONFIDENCE, DIFFERENCE, SHARE, Array, Estimate, estimate

EQUAL = 1e-9
"""Figures that differ by less are the same."""
FEWEST = 6
"""From this many differences on, it counts as evidence that all are the same: by their signs alone a chance of 3 %."""
CONFIRMED: ClaimVerdict = "CONFIRMED"
REFUTED: ClaimVerdict = "REFUTED"
UNDECIDED: ClaimVerdict = "UNDECIDED"
Figure: TypeAlias = Callable[[str], Array]
"""Gives the values of a figure by its name: an axis for the seeds, and where there are test samples one for them."""


def judged(claim: Claim, figure: Figure, seeds: Sequence[int] = ()) -> Judgement:
    """A claim with its verdict; `seeds` are those of the figures."""
    hypotheses = tuple(weighed(hypothesis, figure, len(claim.hypotheses)) for hypothesis in claim.hypotheses)
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
    """A hypothesis with its verdict; its claim has `of` hypotheses."""
    left = figure(hypothesis.left)
    right = figure(hypothesis.right) if isinstance(hypothesis.right, str) else np.full(left.shape, float(hypothesis.right))
    if left.shape != right.shape:
        left, right = by_seed(left), by_seed(right)
    differences = left - right
    shown = Spread(float(differences.mean()), *_shown(hypothesis, differences), tuple(map(float, by_seed(differences))))
    means = float(left.mean()), float(right.mean())
    return JudgedHypothesis(hypothesis, *means, shown, verdict(hypothesis, differences, of), differences.ndim > 1)


def by_seed(values: Array) -> Array:
    """The mean over the test samples, if there are any."""
    return values if values.ndim == 1 else values.mean(axis=1)


def _shown(hypothesis: Hypothesis, differences: Array) -> tuple[float | None, float | None]:
    """The ends of the 95 % interval; the smallest and the largest difference if every one counts."""
    if hypothesis.arithmetic:
        return float(differences.min()), float(differences.max())
    mean = estimated(differences)
    return (None, None) if mean is None else mean.interval()[1:]


def estimated(values: Array) -> Estimate | None:
    """The mean, by chance in training, and in the test samples where their values are there; None if it is not a number."""
    if values.ndim == 1:
        return estimate(values)
    bounds = DIFFERENCE if np.abs(values).max(initial=0) <= 1 else None
    return estimate(values, bounds=bounds, samples=values.shape[1])


def verdict(hypothesis: Hypothesis, differences: Array, of: int = 1) -> ClaimVerdict:
    """Confirmed if the whole 95 % interval of the mean fulfils the hypothesis, refuted if no value of a wider interval does.

    One refuted hypothesis refutes its claim, so the wider interval is that of a confidence of 1 - 5 % / `of`.
    """
    seeds = by_seed(differences)
    if not np.isfinite(seeds).all():
        return UNDECIDED
    if hypothesis.arithmetic:
        return CONFIRMED if all(_holds(hypothesis, value, value) for value in seeds) else REFUTED
    mean = estimated(differences)
    if mean is None or (len(seeds) < FEWEST and np.ptp(seeds) == 0):
        return UNDECIDED
    if _holds(hypothesis, *_ends(mean, CONFIDENCE)):
        return CONFIRMED
    return REFUTED if _fails(hypothesis, *_ends(mean, 1 - (1 - CONFIDENCE) / of)) else UNDECIDED


def _ends(mean: Estimate, confidence: float) -> tuple[float, float]:
    """The ends of the mean's interval."""
    _, low, high = mean.interval(confidence)
    assert low is not None  # only a single value has no interval
    assert high is not None
    return low, high


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

"""Means with their uncertainty, and paired comparisons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from layerctl.report.results.intervals import Spread

CONFIDENCE = 0.95
POWER = 0.8
"""The probability of finding a difference that exists, for which the number of seeds is computed."""
MOST_PAIRS = 1_000_000
POINTS = 50
"""How many quantiles represent the distribution of the true standard deviation."""
Array: TypeAlias = NDArray[np.float64]


def spread(values: Sequence[float], confidence: float = CONFIDENCE) -> Spread:
    """Values with their mean and its confidence interval by Student's t, which needs at least two values."""
    from scipy import stats

    array = np.asarray(values)
    mean = float(array.mean())
    low = high = None
    if len(array) > 1 and np.isfinite(array).all():
        half = float(stats.t.ppf((1 + confidence) / 2, len(array) - 1) * array.std(ddof=1) / math.sqrt(len(array)))
        low, high = mean - half, mean + half
    return Spread(mean, low, high, tuple(float(value) for value in array))


def paired_p(a: Sequence[float], b: Sequence[float]) -> float | None:
    """The p-value of a paired t-test; None with fewer than two pairs, or if a value is not a number.

    If all differences are equal, the test is undefined: the p-value is then 1 for a difference of 0, otherwise 0 for three pairs
    or more and None for two.
    """
    from scipy import stats

    difference = np.subtract(a, b)
    if len(difference) < 2 or not np.isfinite(difference).all():
        return None
    if np.ptp(difference) == 0:
        return 1.0 if difference[0] == 0 else 0.0 if len(difference) > 2 else None
    return float(stats.ttest_rel(a, b).pvalue)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's correction for several tests (Holm 1979): the chance of a single false finding stays below the level."""
    known = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, index) in enumerate(known):
        highest = max(highest, min(1.0, p * (len(known) - rank)))
        adjusted[index] = highest
    return adjusted


def needed_pairs(differences: Sequence[float], size: float, level: float) -> int | None:
    """How many pairs a paired t-test needs to find a mean difference of this size with a probability of 80 %.

    The probability is that of the noncentral t distribution, averaged over the true standard deviations that are likely given
    these differences. With the standard deviation of five differences taken as the true one, the number would find only 70 %
    (tests/decisions/test_statistics.py). None if all differences are equal, or if a million pairs are not enough; `level` is that
    of the test.
    """
    from scipy import stats

    array = np.asarray(differences)
    if len(array) < 2 or not np.isfinite(array).all() or size <= 0 or np.ptp(array) == 0:
        return None
    freedom = len(array) - 1
    spreads = array.std(ddof=1) * np.sqrt(freedom / stats.chi2.ppf((np.arange(POINTS) + 0.5) / POINTS, freedom))
    effects = size / spreads
    low, high = 1, 2
    while power(high, effects, level) < POWER:
        if high == MOST_PAIRS:
            return None
        low, high = high, min(2 * high, MOST_PAIRS)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle, effects, level) >= POWER else (middle, high)
    return high


def power(pairs: int, effects: Array, level: float) -> float:
    """The probability that a paired t-test finds a mean difference of `effects` standard deviations, averaged over them."""
    from scipy import stats

    limit = stats.t.ppf(1 - level / 2, pairs - 1)
    shift = effects * math.sqrt(pairs)
    wrong_side = np.nan_to_num(stats.nct.cdf(-limit, pairs - 1, shift))  # SciPy gives NaN for probabilities near 0
    return float(np.mean(stats.nct.sf(limit, pairs - 1, shift) + wrong_side))

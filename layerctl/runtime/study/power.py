"""How many seeds, and how many test samples, a difference would need to be found."""

from __future__ import annotations

import math
from bisect import bisect_left

import numpy as np

from layerctl.runtime.study.statistics import Array, Estimate

POWER = 0.8
"""The probability of finding a difference that exists, for which the number of seeds is computed."""
MOST = 1_000_000
"""More seeds, or test samples, are not counted."""
POINTS = 50
"""How many quantiles represent the distribution of the true standard deviation."""


def needed_seeds(found: Estimate | None, size: float, level: float) -> int | None:
    """How many seeds find a mean difference of this size with a probability of 80 %; `level` is that of the test.

    The probability is that of the noncentral t distribution, averaged over the true standard deviations of the seeds that are
    likely given these. With that of five differences taken as the true one, the number would find only 70 %
    (tests/decisions/test_power.py). What the test samples add to the variance stays as it is with any number of seeds. None if
    the seeds do not scatter, or if a million are not enough.
    """
    from scipy import stats

    if found is None or size <= 0 or level <= 0 or found.repeated or _crossed(found):
        return None
    seeds, *others = found.parts
    floor = sum(part.variance for part in others)
    quantiles = stats.chi2.ppf((np.arange(POINTS) + 0.5) / POINTS, seeds.freedom)
    variances = seeds.variance * (seeds.freedom + 1) * seeds.freedom / quantiles

    def enough(count: int) -> bool:
        return power(count - 1, size / np.sqrt(variances / count + floor), level) >= POWER

    high = 2
    while not enough(high):
        if high == MOST:
            return None
        high = min(2 * high, MOST)
    return bisect_left(range(high), True, lo=high // 2 + 1, key=enough)


def needed_samples(found: Estimate | None, size: float, level: float) -> int | None:
    """How many test samples find such a difference with as many seeds as one likes; None if they are no source of chance."""
    from scipy import stats

    if found is None or size <= 0 or level <= 0 or not found.samples or _crossed(found):
        return None
    floor = found.parts[-1].variance
    least = (size / float(stats.norm.isf(level / 2) + stats.norm.ppf(POWER))) ** 2
    return math.ceil(found.samples * floor / least) if floor <= least * MOST / found.samples else None


def _crossed(found: Estimate) -> bool:
    """Whether there are two kinds of seeds: a single number of seeds is then no answer."""
    return len(found.parts) > 1 + bool(found.samples)


def power(freedom: int, shift: Array, level: float) -> float:
    """The probability that a t-test finds a mean that is `shift` standard errors from 0, averaged over them."""
    from scipy import stats

    limit = stats.t.ppf(1 - level / 2, freedom)
    wrong_side = np.nan_to_num(stats.nct.cdf(-limit, freedom, shift))  # SciPy gives NaN for probabilities near 0
    return float(np.mean(stats.nct.sf(limit, freedom, shift) + wrong_side))

"""Means with their uncertainty, by one source of chance or by several that are crossed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from layerctl.report.results.intervals import Interval, Spread

CONFIDENCE = 0.95
EQUAL = 1e-9
"""Values that differ by a smaller share of the largest are all the same."""
LEAST = 1e-100
"""The smallest p-value: none is 0."""
SHARE, DIFFERENCE = (0.0, 1.0), (-1.0, 1.0)
"""The bounds of a share, such as an accuracy, and of a difference of two shares."""
Array: TypeAlias = NDArray[np.float64]
Bounds: TypeAlias = tuple[float, float]


class Part(NamedTuple):
    """What one source of chance adds to the variance of a mean, beyond the sources before it.

    Attributes:
        variance: what it adds.
        alone: the variance by this source alone.
        freedom: the degrees of freedom of both.
    """

    variance: float
    alone: float
    freedom: int


class Estimate(NamedTuple):
    """A mean over one or several crossed sources of chance.

    Attributes:
        mean: of all values.
        parts: the sources, in the order of the axes.
        repeated: how many trials came to the same mean, if all did; otherwise 0.
        bounds: the least and the largest possible value, if they are known.
        samples: how many test samples there are; 0 if they are no source.
    """

    mean: float
    parts: tuple[Part, ...]
    repeated: int = 0
    bounds: Bounds | None = None
    samples: int = 0

    @property
    def variance(self) -> float:
        """Of the mean; never less than by one source alone."""
        return max(sum(part.variance for part in self.parts), *(part.alone for part in self.parts))

    def half(self, level: float) -> float:
        """Half of the interval that misses the true mean with this probability.

        Each part of the variance is weighted by its own Student's t, as in the intervals of Howe (1974) and of Graybill and Wang
        (1980): with few seeds one common number of degrees of freedom (Satterthwaite) finds too much.
        """
        from scipy import stats

        squares = [float(stats.t.isf(level / 2, part.freedom)) ** 2 for part in self.parts]
        together = sum(square * part.variance for square, part in zip(squares, self.parts, strict=True))
        return math.sqrt(max(together, *(square * part.alone for square, part in zip(squares, self.parts, strict=True))))

    def interval(self, confidence: float = CONFIDENCE) -> Interval:
        """The mean with its interval, which stays within the bounds."""
        half = self.half(1 - confidence)
        if self.bounds == SHARE:
            return Interval(self.mean, *_ends_of_share(self.mean, half, self.samples))
        low, high = self.mean - half, self.mean + half
        if self.bounds is not None:
            low, high = max(low, self.bounds[0]), min(high, self.bounds[1])
        return Interval(self.mean, low, high)

    def p_value(self) -> float:
        """The probability of such a mean, or of one farther from 0, if the true one is 0.

        Trials that all came to the same difference show no chance to compare it with: what they say is that of their signs.
        """
        if self.mean == 0:
            return 1.0
        return max(self._by_half(), 2.0 ** (1 - self.repeated) if self.repeated else 0.0)

    def _by_half(self) -> float:
        """The level at which the interval just reaches 0."""
        from scipy import optimize

        def beyond(log: float) -> float:
            return self.half(math.exp(log)) - abs(self.mean)

        least = math.log(LEAST)
        return math.exp(optimize.brentq(beyond, least, 0.0, xtol=1e-12)) if beyond(least) > 0 else LEAST


def components(values: Array) -> dict[tuple[int, ...], float]:
    """What each axis, and each interaction of axes, says of the variance of the mean, if the axes are crossed random effects.

    The variance components of a crossed design with one value in each cell (Searle, Casella and McCulloch 1992): the mean
    squares of the analysis of variance, divided by the number of values. That of (0,) is expected to be the sum over all effects
    that axis 0 takes part in; that of (0, 1), over those that both take part in.
    """
    found = {}
    for axes in (axes for count in range(1, values.ndim + 1) for axes in combinations(range(values.ndim), count)):
        effect = values.mean(axis=tuple(set(range(values.ndim)) - set(axes)))
        for axis in range(effect.ndim):
            effect = effect - effect.mean(axis=axis, keepdims=True)
        found[axes] = float((effect**2).sum() / math.prod(values.shape[axis] * (values.shape[axis] - 1) for axis in axes))
    return found


def estimate(values: Array, *, bounds: Bounds | None = None, samples: int = 0) -> Estimate | None:
    """The mean of values whose axes are sources of chance; None if an axis has one value only, or a value is not a number.

    Args:
        values: an axis for each source.
        bounds: the least and the largest possible value.
        samples: the number of test samples, if the last axis is that of them, or of groups of them.
    """
    if min(values.shape) < 2 or not np.isfinite(values).all():
        return None
    found = components(values)
    if samples and bounds is not None and np.isin(values, (*bounds, 0)).all():
        found[values.ndim - 1,] = max(found[values.ndim - 1,], _floor(values, bounds))
    parts, before = [], 0.0
    for axis, size in enumerate(values.shape):
        within = {axes: value for axes, value in found.items() if max(axes) <= axis}
        together = max(before, sum((-1) ** (len(axes) + 1) * value for axes, value in within.items()))
        parts.append(Part(together - before, found[axis,], size - 1))
        before = together
    trials = values.mean(axis=-1) if samples else values
    same = float(np.ptp(trials)) <= EQUAL * float(np.abs(trials).max())
    return Estimate(float(values.mean()), tuple(parts), trials.size if same else 0, bounds, samples)


def _floor(values: Array, bounds: Bounds) -> float:
    """The least variance of samples that are right or wrong: with one more at either end, as Bonett and Price (2012) take it.

    Ten samples that are all the same are no proof that the eleventh is.
    """
    means = np.append(values.reshape(-1, values.shape[-1]).mean(axis=0), bounds)
    return float(means.var(ddof=1) / len(means))


def _ends_of_share(mean: float, half: float, samples: int) -> Bounds:
    """The interval of a share after Wilson (1927), with the number of samples that would give such a half."""
    inner = mean if 0 < mean < 1 or not samples else (mean * samples + 1) / (samples + 2)
    if half == 0 or not 0 < inner < 1:
        return mean, mean
    ratio = half**2 / (inner * (1 - inner))
    middle = (mean + ratio / 2) / (1 + ratio)
    reach = math.sqrt(max(0.0, ratio * mean * (1 - mean)) + ratio**2 / 4) / (1 + ratio)
    return max(0.0, min(middle - reach, mean)), min(1.0, max(middle + reach, mean))


def spread(values: Sequence[float], confidence: float = CONFIDENCE, *, share: bool = False) -> Spread:
    """Values with their mean and its confidence interval by Student's t, which needs at least two values.

    The interval of a `share` stays within 0 and 1.
    """
    array = np.asarray(values, dtype=np.float64)
    found = estimate(array, bounds=SHARE if share else None)
    _, low, high = found.interval(confidence) if found is not None else (None, None, None)
    return Spread(float(array.mean()), low, high, tuple(float(value) for value in array))


def correlation(a: Sequence[float], b: Sequence[float]) -> float | None:
    """How much pairs agree, from -1 to 1; None for fewer than three pairs, or if all values on a side are the same."""
    pairs = np.asarray([a, b], dtype=np.float64)
    if pairs.shape[1] < 3 or not np.isfinite(pairs).all() or np.ptp(pairs, axis=1).min() == 0:
        return None
    return float(np.corrcoef(pairs)[0, 1])

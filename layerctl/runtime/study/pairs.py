"""Every two variants compared by a metric, and which of them is better."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from layerctl.report.results.comparison import POINTS, Pair, Verdict
from layerctl.report.results.intervals import Interval
from layerctl.runtime.study.power import needed_samples, needed_seeds
from layerctl.runtime.study.spending import LEVEL, Look, corrected, last_level, next_level
from layerctl.runtime.study.statistics import DIFFERENCE, SHARE, Array, Bounds, Estimate, correlation, estimate
from layerctl.runtime.study.trials import Outcome

RELATIVE = 0.05
"""The worthwhile difference of other metrics, as a share of their mean."""
Names = tuple[str, str]


class Seen(NamedTuple):
    """A look at two variants, and what it found.

    Attributes:
        seeds: of its trials, by name.
        plan: with how many trials the plan ends; None without a plan.
        metric: the one that decided.
        verdict: the name of the better variant's place, `a` or `b`, or `undecided`.
    """

    seeds: tuple[str, ...]
    plan: int | None
    metric: str
    verdict: Verdict = "undecided"

    @property
    def look(self) -> Look:
        return Look(len(self.seeds), self.plan)

    def same(self, other: Seen) -> bool:
        """Whether both look at the same trials by the same metric."""
        return (self.seeds, self.metric) == (other.seeds, other.metric)


History = Mapping[Names, Sequence[Seen]]
"""The looks at every two variants so far, in their order."""


class Values(NamedTuple):
    """What the trials of a variant give for a metric.

    Attributes:
        trials: an axis for the seeds, or one each for those of the weights and of the order of the data.
        samples: the same with the test samples, or groups of them, as a last axis; None if what they add is not known.
        test_samples: how many there are.
        share: whether it is a share of the samples, or of something else: within 0 and 1, the more the better.
    """

    trials: Array
    samples: Array | None
    test_samples: int
    share: bool

    @property
    def by_trial(self) -> list[float]:
        return [float(value) for value in self.trials.ravel()]

    def bounds(self, bounds: Bounds) -> Bounds | None:
        return bounds if self.share else None

    def training(self) -> Estimate | None:
        """Its mean, by chance in training."""
        return estimate(self.trials, bounds=self.bounds(SHARE))

    def both(self) -> Estimate | None:
        """Its mean, by chance in training and in the test samples."""
        return None if self.samples is None else estimate(self.samples, bounds=self.bounds(SHARE), samples=self.test_samples)


def values(tests: Sequence[Outcome], metric: str, shape: tuple[int, ...], better: str | None) -> Values:
    """A metric of each trial's test, NaN if it has none of that name; `shape` is that of the seeds."""
    trials = np.array([one.metrics.get(metric, math.nan) for one in tests]).reshape(shape)
    share = better == "max" and bool(((trials >= 0) & (trials <= 1)).all())
    kept = [one.samples.get(metric) for one in tests]
    whole = [one for one in kept if one is not None and len(one) == len(kept[0] if kept[0] is not None else ())]
    samples = np.array(whole).reshape(*shape, -1) if len(whole) == len(tests) else None
    return Values(trials, samples, tests[0].of, share)


def pairs(by_name: Mapping[str, Values], metric: str, better: str | None, now: Seen | None, history: History) -> list[Pair]:
    """Every two variants by one metric.

    Args:
        by_name: what the trials of each variant give.
        metric: its name.
        better: whether it should rise (`max`) or fall (`min`).
        now: this look, if the metric is the one that decides; the others are described.
        history: the looks so far; this one may be among them.
    """
    names = list(combinations(by_name, 2))
    found = {pair: _difference(by_name[pair[0]], by_name[pair[1]]) for pair in names}
    p_values = {pair: None if one.judged is None else one.judged.p_value() for pair, one in found.items()}
    looks = {pair: _up_to_now(history.get(pair, ()), now) for pair in names} if now is not None else {}
    before = {pair: _decided(seen, found[pair].mean, better) for pair, seen in looks.items()}
    open = {pair: p for pair, p in p_values.items() if now is not None and before[pair] is None}
    adjusted = corrected(open, lambda pair, level: last_level([one.look for one in looks[pair]], level))
    return [
        _pair(pair, metric, found[pair], _next_level(looks.get(pair), len(names)))._replace(
            p_value=p_values[pair],
            p_adjusted=adjusted.get(pair),
            verdict=_verdict(found[pair].mean, before.get(pair), adjusted.get(pair), better),
            primary=now is not None,
            looks=tuple(one.look.trials for one in looks.get(pair, ())),
            decided_at=None if (earlier := before.get(pair)) is None else earlier.look.trials,
        )
        for pair in names
    ]


class Difference(NamedTuple):
    """One variant's values minus another's.

    Attributes:
        mean: of the trials.
        training: by chance in training; None with one seed, or if a value is not a number.
        both: by chance in training and in the test samples; None also if what they add is not known.
        correlation: of the two variants' values.
        worthwhile: the smallest difference worth knowing.
    """

    mean: float
    training: Estimate | None
    both: Estimate | None
    correlation: float | None
    worthwhile: float

    @property
    def judged(self) -> Estimate | None:
        """By which a verdict is given."""
        return self.both or self.training


def _difference(a: Values, b: Values) -> Difference:
    bounds = DIFFERENCE if a.share and b.share else None
    both = None
    if a.samples is not None and b.samples is not None and a.samples.shape == b.samples.shape:
        both = estimate(a.samples - b.samples, bounds=bounds, samples=a.test_samples)
    training = estimate(a.trials - b.trials, bounds=bounds)
    worth = worthwhile([*a.by_trial, *b.by_trial], share=bounds is not None)
    mean = float((a.trials - b.trials).mean())
    return Difference(mean, training, both if training is not None else None, correlation(a.by_trial, b.by_trial), worth)


def _next_level(looks: Sequence[Seen] | None, of: int) -> float:
    """The level of the next look at one of so many pairs; that of one alone, for a metric that is described."""
    return LEVEL / of if looks is None else next_level([one.look for one in looks], LEVEL / of)


def _pair(names: Names, metric: str, found: Difference, level: float) -> Pair:
    training, both = (None if one is None else one.interval() for one in (found.training, found.both))
    return Pair(
        *names,
        metric=metric,
        difference=Interval(found.mean, *(training[1:] if training is not None else (None, None))),
        p_value=None,
        p_adjusted=None,
        verdict="undecided",
        worthwhile_difference=found.worthwhile,
        needed_seeds=needed_seeds(found.judged, found.worthwhile, level),
        with_samples=both,
        p_training=None if found.training is None else found.training.p_value(),
        correlation=found.correlation,
        needed_samples=needed_samples(found.both, found.worthwhile, level),
    )


def _up_to_now(history: Sequence[Seen], now: Seen) -> list[Seen]:
    """The looks up to this one, in their order; to look at the same again is no further look."""
    earlier = []
    for seen in history:
        earlier.append(seen)
        if seen.same(now):
            return earlier
    return [*earlier, now]


def _decided(looks: Sequence[Seen], mean: float, better: str | None) -> Seen | None:
    """The earlier look that has decided; what it found stands as long as the mean is on its side."""
    *earlier, now = looks
    sides = (one for one in earlier if one.metric == now.metric and one.verdict == side(mean, better))
    return next(sides, None)


def _verdict(mean: float, before: Seen | None, p: float | None, better: str | None) -> Verdict:
    return before.verdict if before is not None else verdict(mean, p, better)


def side(difference: float, better: str | None) -> Verdict | None:
    """The better one of two, by the sign of their difference."""
    if better is None or difference == 0 or math.isnan(difference):
        return None
    return "a" if (difference > 0) == (better == "max") else "b"


def verdict(difference: float, p: float | None, better: str | None) -> Verdict:
    """`a` or `b` for the better one if the difference is significant."""
    return (side(difference, better) or "undecided") if p is not None and p < LEVEL else "undecided"


def worthwhile(values: Sequence[float], *, share: bool) -> float:
    """The smallest difference worth knowing: half a percentage point of a share, 5 % of the mean of other metrics."""
    return POINTS if share else RELATIVE * abs(sum(values) / len(values))

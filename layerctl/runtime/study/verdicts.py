"""Evaluates the trials of a comparison: figures of each candidate, and differences of every two."""

from __future__ import annotations

import operator
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from layerctl.analysis.costs import summarize
from layerctl.analysis.losses import units_of
from layerctl.language.resolved import plain
from layerctl.language.spec.reported import reported
from layerctl.language.spec.train import Train
from layerctl.report.results.comparison import (
    Comparison,
    Curves,
    Disturbance,
    DisturbedVariant,
    TimeToTarget,
    Timing,
    VariantFigures,
)
from layerctl.report.results.intervals import Interval, Spread
from layerctl.runtime.study.candidate import Candidate, common_metrics
from layerctl.runtime.study.compare import Results
from layerctl.runtime.study.kept import Latency
from layerctl.runtime.study.pairs import History, Seen, Values, pairs, values
from layerctl.runtime.study.perturb import PERMUTE, TESTS
from layerctl.runtime.study.statistics import spread
from layerctl.runtime.study.target import Arrival, horizon, restricted
from layerctl.runtime.study.trials import Seed, TrialResult

NO_LOOKS: History = {}


class Terms(NamedTuple):
    """What a comparison goes by.

    Attributes:
        metric: the one that decides, without `test_`; by default the first.
        plan: with how many trials the looks end; None without a plan.
        target: a value of that metric, the time to which is told too; None without one.
        history: the looks at every two candidates so far.
    """

    metric: str | None = None
    plan: int | None = None
    target: float | None = None
    history: History = NO_LOOKS


def compared(candidates: Sequence[Candidate], results: Results, seeds: Sequence[Seed], terms: Terms) -> Comparison:
    """The comparison of the candidates by their results, with these seeds: every one for itself, or all crossed."""
    names = common_metrics(candidates)
    names = [name for name in names if name == terms.metric] + [name for name in names if name != terms.metric]
    metrics = [f"test_{name}" for name in names]
    weights, orders = (tuple(dict.fromkeys(part)) for part in zip(*seeds, strict=True))
    crossed = len(seeds) > len(weights)
    shape = (len(weights), len(orders)) if crossed else (len(seeds),)
    better = {metric: direction(candidates[0], metric) for metric in metrics}
    tests = {name: [result.tested for result in trials] for name, trials in results.items()}
    by_metric = {
        metric: {one.name: values(tests[one.name], metric, shape, better[metric]) for one in candidates} for metric in metrics
    }
    now = this_look(seeds, terms, metrics[0])
    times: Sequence[TimeToTarget | None] = [None] * len(candidates)
    if terms.target is not None:
        arrivals = [_arrivals(one, results[one.name], metrics[0], terms.target) for one in candidates]
        times = _to_target(arrivals, metrics[0], terms.target)
    return Comparison(
        data=candidates[0].wanted.name,
        seeds=weights,
        variants=tuple(
            _figures(one, results[one.name], {metric: by_name[one.name] for metric, by_name in by_metric.items()}, time)
            for one, time in zip(candidates, times, strict=True)
        ),
        pairs=tuple(
            pair
            for metric, by_name in by_metric.items()
            for pair in pairs(by_name, metric, better[metric], now if metric == metrics[0] else None, terms.history)
        ),
        disturbances=tuple(_disturbances(candidates, results, shape, better)),
        orders=orders if crossed else (),
        test_samples=results[candidates[0].name][0].tested.of,
        plan=terms.plan,
    )


def this_look(seeds: Sequence[Seed], terms: Terms, metric: str) -> Seen:
    """The look at the trials with these seeds."""
    return Seen(tuple(seed.name for seed in seeds), terms.plan, metric)


def _figures(
    candidate: Candidate, results: Sequence[TrialResult], by_metric: Mapping[str, Values], time: TimeToTarget | None
) -> VariantFigures:
    totals = summarize(candidate.compiled.model).totals
    trials = [result.trial for result in results]
    one, several = (_timing([trial.latency[place] for trial in trials]) for place in (0, 1))
    busy = [trial.busy for trial in trials if trial.busy is not None]
    both = {metric: value.both() for metric, value in by_metric.items()}
    return VariantFigures(
        name=candidate.name,
        spec=candidate.compiled.path,
        params=totals.params,
        macs=totals.macs,
        weight_bytes=totals.weight_bytes,
        activation_bytes=totals.activation_bytes,
        training=_training(candidate.train),
        metrics={metric: _spread(value) for metric, value in by_metric.items()},
        train_seconds=spread([trial.train_seconds for trial in trials]),
        latency_ms=spread([trial.latency[0].ms[1] for trial in trials]),
        latency_128_ms=spread([trial.latency[1].ms[1] for trial in trials]),
        curves=Curves(
            trials[0].curves_on,
            {name.removeprefix("test_"): _curve(results, name, value.share) for name, value in by_metric.items()},
        ),
        to_target=time,
        overrides=candidate.overrides,
        match=candidate.match,
        kept_epochs=tuple(trial.kept_epoch for trial in trials if trial.kept_epoch is not None),
        with_samples={metric: one.interval() for metric, one in both.items() if one is not None},
        latency=(one, several),
        busy=max(busy, default=None),
    )


def _spread(value: Values) -> Spread:
    """The values of all trials, with the interval of their mean by chance in training."""
    found = value.training()
    plain = spread(value.by_trial, share=value.share)
    return plain if found is None else Spread(*found.interval(), plain.values)


def _timing(measured: Sequence[Latency]) -> Timing:
    low, middle, high = (statistics.median(one.ms[place] for one in measured) for place in range(3))
    return Timing(measured[0].batch, low, middle, high, statistics.median(one.empty_ms for one in measured))


def _unseen(metric: str) -> str:
    """The name under which an epoch has a metric of unseen samples."""
    return f"val_{metric.removeprefix('test_')}"


def _curve(results: Sequence[TrialResult], metric: str, share: bool) -> tuple[Interval, ...]:
    """Mean and interval after each epoch, over the trials that have so many epochs."""
    curves = [[epoch.metric(_unseen(metric)) for epoch in result.trial.epochs] for result in results]
    longest = max(map(len, curves))
    return tuple(_bounded([curve[n] for curve in curves if n < len(curve)], share).interval for n in range(longest))


def _bounded(values: Sequence[float], share: bool) -> Spread:
    return spread(values, share=share and all(0 <= value <= 1 for value in values))


class Arrivals(NamedTuple):
    """When the trials of a candidate reached a target, in epochs and in seconds of training."""

    epochs: list[Arrival]
    seconds: list[Arrival]


def _arrivals(candidate: Candidate, results: Sequence[TrialResult], metric: str, target: float) -> Arrivals:
    reaches = operator.ge if direction(candidate, metric) == "max" else operator.le
    found = Arrivals([], [])
    for lines in (result.trial.epochs for result in results):
        at = next((n for n, epoch in enumerate(lines, 1) if reaches(epoch.metric(_unseen(metric)), target)), None)
        epochs, over = at or len(lines), len(lines) < candidate.train.epochs
        found.epochs.append(Arrival(float(epochs), at is not None, over))
        found.seconds.append(Arrival(sum(epoch.seconds for epoch in lines[:epochs]), at is not None, over))
    return found


def _to_target(arrivals: Sequence[Arrivals], metric: str, target: float) -> list[TimeToTarget]:
    """For each candidate epochs and seconds of training until a metric was reached, up to when it is known of every trial."""
    ends = [horizon([one for times in part for one in times]) for part in zip(*arrivals, strict=True)]
    found = []
    for own in arrivals:
        reached = sum(one.arrived for one in own.epochs)
        epochs, seconds = (spread(restricted(part, end)) if reached else None for part, end in zip(own, ends, strict=True))
        name = metric.removeprefix("test_")
        found.append(TimeToTarget(name, target, reached, len(own.epochs), epochs, seconds, (ends[0], ends[1])))
    return found


def _disturbances(
    candidates: Sequence[Candidate], results: Results, shape: tuple[int, ...], better: Mapping[str, str | None]
) -> Iterator[Disturbance]:
    """For each disturbance the metrics of each candidate by its strength; `better` has the metrics with their directions."""
    kinds: dict[str, tuple[str, tuple[float, ...]]] = {PERMUTE: ("whether all pixels are permuted", (0, 1))}
    kinds |= {test.name: (test.unit, test.levels) for test in TESTS}
    for name, (unit, levels) in kinds.items():
        if name in results[candidates[0].name][0].disturbed:
            variants = []
            for one in candidates:
                by_strength = list(zip(*(result.disturbed[name] for result in results[one.name]), strict=True))
                metrics = {
                    metric: tuple(_by_both(values(tests, metric, shape, direction)) for tests in by_strength)
                    for metric, direction in better.items()
                }
                variants.append(DisturbedVariant(one.name, metrics))
            yield Disturbance(name, unit, levels, tuple(variants))


def _by_both(value: Values) -> Spread:
    """The values of all trials, with the interval of their mean by chance in training and in the test samples."""
    found = value.both()
    return _spread(value) if found is None else Spread(*found.interval(), tuple(value.by_trial))


def _training(train: Train) -> dict[str, Any]:
    """The settings of a section `train`, with the defaults of the most important ones."""
    settings = {"epochs": train.epochs, "batch_size": train.batch_size, "optimizer": "adam", **plain(train)}
    return {key: value for key, value in settings.items() if key not in ("data", "metrics", "seed", "checkpoint")}


def direction(candidate: Candidate, metric: str) -> str | None:
    """Whether a metric should rise (`max`) or fall (`min`)."""
    name = metric.removeprefix("test_")
    metrics = reported(candidate.train, units_of(candidate.compiled.model)).values()
    return next((value.direction for value in metrics if value.name == name), None)

"""Evaluates the trials of a comparison: figures of each candidate, differences of every two, and verdicts."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

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
    Pair,
    TimeToTarget,
    VariantFigures,
    Verdict,
)
from layerctl.report.results.intervals import Interval
from layerctl.runtime.study.candidate import Candidate, common_metrics
from layerctl.runtime.study.compare import Results
from layerctl.runtime.study.perturb import PERMUTE, TESTS
from layerctl.runtime.study.statistics import holm, needed_pairs, paired_p, spread
from layerctl.runtime.study.trials import TrialResult

LEVEL = 0.05
"""A difference with a smaller corrected p-value is significant."""
POINTS = 0.005
"""The worthwhile difference of shares, such as accuracies: half a percentage point."""
RELATIVE = 0.05
"""The worthwhile difference of other metrics, as a share of their mean."""


def compared(
    candidates: Sequence[Candidate], results: Results, seeds: Sequence[int], *, target: float | None = None
) -> Comparison:
    """The comparison of the candidates by their results; with a `target` of the first metric, the time to reach it too."""
    metrics = [f"test_{name}" for name in common_metrics(candidates)]
    return Comparison(
        data=candidates[0].wanted.name,
        seeds=tuple(seeds),
        variants=tuple(_figures(candidate, results[candidate.name], metrics, target) for candidate in candidates),
        pairs=tuple(pair for metric in metrics for pair in _pairs(candidates, results, metric)),
        disturbances=tuple(_disturbances(candidates, results, metrics)),
    )


def _figures(candidate: Candidate, results: Sequence[TrialResult], metrics: list[str], target: float | None) -> VariantFigures:
    totals = summarize(candidate.compiled.model).totals
    trials = [result.trial for result in results]
    curves = {metric.removeprefix("test_"): _curve(results, metric) for metric in metrics}
    return VariantFigures(
        name=candidate.name,
        spec=candidate.compiled.path,
        params=totals.params,
        macs=totals.macs,
        weight_bytes=totals.weight_bytes,
        activation_bytes=totals.activation_bytes,
        training=_training(candidate.train),
        metrics={metric: spread(values(results, metric)) for metric in metrics},
        train_seconds=spread([trial.train_seconds for trial in trials]),
        latency_ms=spread([trial.latency_ms for trial in trials]),
        latency_128_ms=spread([trial.latency_128_ms for trial in trials]),
        curves=Curves(trials[0].curves_on, curves),
        to_target=_to_target(candidate, results, metrics[0], target) if target is not None else None,
        overrides=candidate.overrides,
        match=candidate.match,
        kept_epochs=tuple(trial.kept_epoch for trial in trials if trial.kept_epoch is not None),
    )


def _unseen(metric: str) -> str:
    """The name under which an epoch has a metric of unseen samples."""
    return f"val_{metric.removeprefix('test_')}"


def _curve(results: Sequence[TrialResult], metric: str) -> tuple[Interval, ...]:
    """Mean and interval after each epoch, over the trials that have so many epochs."""
    curves = [[epoch.metric(_unseen(metric)) for epoch in result.trial.epochs] for result in results]
    longest = max(map(len, curves))
    return tuple(spread([curve[n] for curve in curves if n < len(curve)]).interval for n in range(longest))


def _to_target(candidate: Candidate, results: Sequence[TrialResult], metric: str, target: float) -> TimeToTarget:
    """Epochs and seconds of training until a metric was reached, over the trials that reached it."""
    reaches = operator.ge if direction(candidate, metric) == "max" else operator.le
    epochs, seconds = [], []
    for lines in (result.trial.epochs for result in results):
        reached = (n for n, epoch in enumerate(lines, 1) if reaches(epoch.metric(_unseen(metric)), target))
        if (count := next(reached, None)) is not None:
            epochs.append(float(count))
            seconds.append(sum(epoch.seconds for epoch in lines[:count]))
    return TimeToTarget(
        metric=metric.removeprefix("test_"),
        target=target,
        reached=len(epochs),
        of=len(results),
        epochs=spread(epochs) if epochs else None,
        seconds=spread(seconds) if seconds else None,
    )


def _disturbances(candidates: Sequence[Candidate], results: Results, metrics: list[str]) -> Iterator[Disturbance]:
    """For each disturbance the metrics of each candidate by its strength."""
    kinds: dict[str, tuple[str, tuple[float, ...]]] = {PERMUTE: ("whether all pixels are permuted", (0, 1))}
    kinds |= {test.name: (test.unit, test.levels) for test in TESTS}
    tested = results[candidates[0].name][0].disturbed
    for name, (unit, levels) in kinds.items():
        if name in tested:
            variants = (_disturbed(candidate, results[candidate.name], name, metrics) for candidate in candidates)
            yield Disturbance(name, unit, levels, tuple(variants))


def _disturbed(candidate: Candidate, results: Sequence[TrialResult], name: str, metrics: list[str]) -> DisturbedVariant:
    by_strength = list(zip(*(result.disturbed[name] for result in results), strict=True))
    return DisturbedVariant(
        candidate.name,
        {metric: tuple(spread([one.get(metric, math.nan) for one in seeds]) for seeds in by_strength) for metric in metrics},
    )


def _training(train: Train) -> dict[str, Any]:
    """The settings of a section `train`, with the defaults of the most important ones."""
    settings = {"epochs": train.epochs, "batch_size": train.batch_size, "optimizer": "adam", **plain(train)}
    return {key: value for key, value in settings.items() if key not in ("data", "metrics", "seed", "checkpoint")}


def values(results: Sequence[TrialResult], metric: str) -> list[float]:
    """A metric of each trial; NaN if a trial has none of that name."""
    return [result.trial.metrics.get(metric, math.nan) for result in results]


def _pairs(candidates: Sequence[Candidate], results: Results, metric: str) -> Iterator[Pair]:
    """Every two candidates compared by one metric, with p-values corrected for the number of pairs."""
    pairs = [
        (a.name, b.name, values(results[a.name], metric), values(results[b.name], metric)) for a, b in combinations(candidates, 2)
    ]
    better = direction(candidates[0], metric)
    raw = [paired_p(a, b) for _, _, a, b in pairs]
    for (name_a, name_b, a, b), p, adjusted in zip(pairs, raw, holm(raw), strict=True):
        differences = [x - y for x, y in zip(a, b, strict=True)]
        difference = spread(differences).interval
        worth = worthwhile([*a, *b], better)
        yield Pair(
            a=name_a,
            b=name_b,
            metric=metric,
            difference=difference,
            p_value=p,
            p_adjusted=adjusted,
            verdict=verdict(difference.mean, adjusted, better),
            worthwhile_difference=worth,
            needed_seeds=needed_pairs(differences, worth, LEVEL / len(pairs)),
        )


def worthwhile(values: Sequence[float], better: str | None) -> float:
    """The smallest difference worth knowing: half a percentage point of a share, 5 % of the mean of other metrics."""
    share = better == "max" and all(0 <= value <= 1 for value in values)
    return POINTS if share else RELATIVE * abs(sum(values) / len(values))


def direction(candidate: Candidate, metric: str) -> str | None:
    """Whether a metric should rise (`max`) or fall (`min`)."""
    name = metric.removeprefix("test_")
    metrics = reported(candidate.train, units_of(candidate.compiled.model)).values()
    return next((value.direction for value in metrics if value.name == name), None)


def verdict(difference: float, p: float | None, better: str | None) -> Verdict:
    """`a` or `b` for the better one if the difference is significant."""
    if p is None or p >= LEVEL or better is None:
        return "undecided"
    return "a" if (difference > 0) == (better == "max") else "b"

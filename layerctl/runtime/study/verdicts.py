"""A comparison as data: figures of each variant, differences of each two, and what they allow to be said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from layerctl.analysis.costs import summarize
from layerctl.language.resolved import plain
from layerctl.language.spec.reported import reported
from layerctl.language.spec.train import Train
from layerctl.runtime.study.compare import Comparison, Variant, common_metrics
from layerctl.runtime.study.perturb import PERMUTE, TESTS
from layerctl.runtime.study.statistics import holm, needed_pairs, paired_p, spread

LEVEL = 0.05
"""The p-value, corrected for the number of pairs, below which a difference is called one."""


POINTS = 0.005
"""A difference of shares, such as accuracies, that is worth knowing: half a point."""
RELATIVE = 0.05
"""Of other metrics, as a share of their mean."""


def result(found: Comparison, seeds: Sequence[int], *, target: float | None = None) -> dict[str, Any]:
    """The comparison as data.

    Args:
        found: variants and trials.
        seeds: those of the trials.
        target: a value of the first metric; how long each variant takes to it is part of the result.
    """
    variants, trials = found
    metrics = [f"test_{name}" for name in common_metrics(variants)]
    described = [_described(variant, trials[variant.name], metrics, target) for variant in variants]
    data = {
        "version": 1,
        "data": variants[0].wanted.name,
        "seeds": list(seeds),
        "variants": described,
        "pairs": [pair for metric in metrics for pair in _pairs(variants, trials, metric)],
    }
    if disturbed := _perturbations(found, metrics):
        data["perturbations"] = disturbed
    return data


def _described(variant: Variant, trials: Sequence[Mapping[str, Any]], metrics: list[str], target: float | None) -> dict[str, Any]:
    totals = summarize(variant.compiled.model).totals
    data = {
        "name": variant.name,
        "spec": variant.compiled.path,
        "params": totals.params,
        "macs": totals.macs,
        "weight_bytes": totals.weight_bytes,
        "activation_bytes": totals.activation_bytes,
        "training": _training(variant.train),
        "metrics": {metric: spread(values(trials, metric)) for metric in metrics},
        "train_seconds": spread([trial["train_seconds"] for trial in trials]),
        "latency_ms": spread([trial["latency_ms"] for trial in trials]),
        "latency_128_ms": spread([trial["latency_128_ms"] for trial in trials]),
        "curves": {"on": trials[0]["curves_on"]} | {metric.removeprefix("test_"): _curve(trials, metric) for metric in metrics},
    }
    if target is not None:
        data["to_target"] = _to_target(variant, trials, metrics[0], target)
    return data


def _at(line: Mapping[str, Any], metric: str) -> float:
    """What an epoch's line says of unseen samples."""
    value = line.get(f"val_{metric.removeprefix('test_')}")
    return float("nan") if value is None else float(value)


def _curve(trials: Sequence[Mapping[str, Any]], metric: str) -> list[dict[str, Any]]:
    """Mean and interval after each epoch, over the trials that came so far."""
    epochs = range(max(len(trial["epochs"]) for trial in trials))
    found = (spread([_at(trial["epochs"][n], metric) for trial in trials if n < len(trial["epochs"])]) for n in epochs)
    return [{key: value[key] for key in ("mean", "low", "high")} for value in found]


def _to_target(variant: Variant, trials: Sequence[Mapping[str, Any]], metric: str, target: float) -> dict[str, Any]:
    """Epochs and seconds of training until a metric was reached, over the trials that reached it."""
    sign = 1 if direction(variant, metric) == "max" else -1
    epochs, seconds = [], []
    for trial in trials:
        reached = (n for n, line in enumerate(trial["epochs"], 1) if sign * (_at(line, metric) - target) >= 0)
        if (epoch := next(reached, None)) is not None:
            epochs.append(float(epoch))
            seconds.append(sum(line["seconds"] for line in trial["epochs"][:epoch]))
    return {
        "metric": metric.removeprefix("test_"),
        "target": target,
        "reached": len(epochs),
        "of": len(trials),
        "epochs": spread(epochs) if epochs else None,
        "seconds": spread(seconds) if seconds else None,
    }


def _perturbations(found: Comparison, metrics: list[str]) -> dict[str, Any]:
    """For each disturbance the metrics of each variant by its strength."""
    names = [
        name for name in (PERMUTE, *(test.name for test in TESTS)) if name in found.trials[found.variants[0].name][0]["perturbed"]
    ]
    units: dict[str, tuple[str, Sequence[float]]] = {test.name: (test.unit, test.levels) for test in TESTS}
    units[PERMUTE] = ("whether all pixels are permuted", (0, 1))

    def curves(variant: Variant, name: str) -> dict[str, Any]:
        trials = [trial["perturbed"][name] for trial in found.trials[variant.name]]
        levels = range(len(units[name][1]))
        return {metric: [spread([number(trial[n].get(metric)) for trial in trials]) for n in levels] for metric in metrics}

    return {
        name: {
            "unit": units[name][0],
            "levels": list(units[name][1]),
            "variants": [{"name": variant.name, "metrics": curves(variant, name)} for variant in found.variants],
        }
        for name in names
    }


def _training(train: Train) -> dict[str, Any]:
    """How a variant is trained, whatever of it the spec says."""
    said = {"epochs": train.epochs, "batch_size": train.batch_size, "optimizer": "adam", **plain(train)}
    return {key: value for key, value in said.items() if key not in ("data", "metrics", "seed", "checkpoint")}


def number(value: float | None) -> float:
    return float("nan") if value is None else value


def values(trials: Sequence[Mapping[str, Any]], metric: str) -> list[float]:
    return [number(trial["metrics"].get(metric)) for trial in trials]


def _pairs(
    variants: Sequence[Variant], trials: Mapping[str, Sequence[Mapping[str, Any]]], metric: str
) -> Iterator[dict[str, Any]]:
    """Every two variants on one metric, the p-values corrected for the number of pairs."""
    pairs = [
        (a.name, b.name, values(trials[a.name], metric), values(trials[b.name], metric)) for a, b in combinations(variants, 2)
    ]
    better = direction(variants[0], metric)
    raw = [paired_p(a, b) for _, _, a, b in pairs]
    for (name_a, name_b, a, b), p, adjusted in zip(pairs, raw, holm(raw), strict=True):
        differences = [x - y for x, y in zip(a, b, strict=True)]
        difference = spread(differences)
        worth = worthwhile([*a, *b], better)
        yield {
            "a": name_a,
            "b": name_b,
            "metric": metric,
            "difference": {key: difference[key] for key in ("mean", "low", "high")},
            "p_value": p,
            "p_adjusted": adjusted,
            "verdict": verdict(difference["mean"], adjusted, better),
            "worthwhile_difference": worth,
            "needed_seeds": needed_pairs(differences, worth, LEVEL / len(pairs)),
        }


def worthwhile(found: Sequence[float], better: str | None) -> float:
    """A difference worth knowing: half a point of a share, 5 % of the mean of anything else."""
    share = better == "max" and all(0 <= value <= 1 for value in found)
    return POINTS if share else RELATIVE * abs(sum(found) / len(found))


def direction(variant: Variant, metric: str) -> str | None:
    """Whether a metric should rise (`max`) or fall (`min`)."""
    name = metric.removeprefix("test_")
    return next((value.direction for value in reported(variant.train, variant.outputs).values() if value.name == name), None)


def verdict(difference: float, p: float | None, better: str | None) -> str:
    """`a` or `b` for the better one, where the difference is more than chance."""
    if p is None or p >= LEVEL or better is None:
        return "undecided"
    return "a" if (difference > 0) == (better == "max") else "b"

"""Variants trained alike over several seeds; each finished trial is kept, so that an interrupted comparison goes on."""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from layerctl.building import build
from layerctl.compiler import Compiled
from layerctl.diagnostics import Diagnostic
from layerctl.emit.resolved import plain, resolved
from layerctl.errors import SpecError
from layerctl.files import write_whole
from layerctl.report.listener import Listener
from layerctl.report.rows import summarize
from layerctl.runtime import backend
from layerctl.runtime.codes import NotComparable
from layerctl.runtime.custom import blamed, sources
from layerctl.runtime.data import Data, load, split
from layerctl.runtime.data._types import Wanted, take
from layerctl.runtime.data._wanted import place, wanted
from layerctl.runtime.fit import Stop, compile_model, evaluate, fit, stop_on_interrupt
from layerctl.runtime.record import finite, versions
from layerctl.runtime.statistics import holm, paired_p, spread
from layerctl.spec.chosen import Chosen
from layerctl.spec.reported import losses_by_output, reported
from layerctl.spec.train import Train

LEVEL = 0.05
"""The p-value, corrected for the number of pairs, below which a difference is called one."""
WARM, TIMED = 10, 60
"""Calls before the latency is measured, and calls that are."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One design.

    Attributes:
        name: unique among the variants.
        compiled: its spec.
        train: how it is trained.
        wanted: what it wants of the data.
        data: as it takes them.
    """

    name: str
    compiled: Compiled
    train: Train
    wanted: Wanted
    data: Data

    @property
    def outputs(self) -> list[str]:
        assert self.compiled.model is not None
        return [output.name for output in self.compiled.model.graph.outputs]


def run(
    specs: Sequence[tuple[str, Compiled, Train]],
    seeds: Sequence[int],
    *,
    runs: str | os.PathLike[str],
    data_dir: str | os.PathLike[str] | None,
    limit: int | None,
    listener: Listener,
) -> dict[str, Any]:
    """Trains every variant with every seed, and compares.

    Args:
        specs: name, spec and section `train` of each variant.
        seeds: of weights, order and split; all variants get the same.
        runs: the directory in which finished trials are kept.
        data_dir: where files of named sets are looked for first.
        limit: at most so many training samples, and test samples.
        listener: told of what happens.

    Raises:
        SpecError: the variants are not for one task, the data do not fit, or a loss is no longer a number.
        KeyboardInterrupt: after Ctrl-C; finished trials are kept.
    """
    backend.keras()
    variants = [_variant(*spec, data_dir=data_dir, seed=specs[0][2].seed, limit=limit) for spec in specs]
    check_alike(variants)
    kept = Path(runs, "compare")
    trials: dict[str, list[dict[str, Any]]] = {variant.name: [] for variant in variants}
    with stop_on_interrupt() as stop:
        for number, (seed, variant) in enumerate(((seed, variant) for seed in seeds for variant in variants), 1):
            path = kept / trial_key(variant, seed, limit) / "trial.json"
            found = _kept(path)
            listener.trial_begins(variant.name, seed, number, len(seeds) * len(variants), found is not None)
            if found is None:
                stop.check()
                with blamed(variant.compiled):
                    found = finite(_trial(variant, seed, stop, listener))
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, json.dumps(found, indent=2, ensure_ascii=False) + "\n")
            trials[variant.name].append(found)
    return finite(result(variants, seeds, trials))  # type: ignore[no-any-return]


def _variant(
    name: str, compiled: Compiled, train: Train, *, data_dir: str | os.PathLike[str] | None, seed: int, limit: int | None
) -> Variant:
    want = wanted(compiled, train, data_dir=data_dir, seed=seed)
    return Variant(name, compiled, train, want, load(want, limit=limit or train.limit))


def check_alike(variants: Sequence[Variant]) -> None:
    """Holds that the variants are for one task.

    Raises:
        SpecError: at the data, or the outputs, of the first that differs from the first of all.
    """
    first = variants[0]
    for other in variants[1:]:
        if first.data.fingerprint != other.data.fingerprint:
            named_alike = other.wanted.name == first.wanted.name
            what = "other samples of it, as its inputs or targets differ" if named_alike else f"`{other.wanted.name}`"
            message = f"`{first.name}` is trained on `{first.wanted.name}`, `{other.name}` on {what}"
            help = "compare designs with the same inputs" if named_alike else "give both the same: `--data digits`"
            raise _refused(other, ("train", "data"), message, help)
        a, b = ([(target.shape, target.form) for target in variant.wanted.targets] for variant in (first, other))
        if a != b:
            message = f"the outputs of `{first.name}` and `{other.name}` differ: {_shapes(first)} and {_shapes(other)}"
            raise _refused(other, ("outputs",), message, "variants have the same outputs and kinds of losses")
        if not common_metrics((first, other)):
            message = f"`{first.name}` and `{other.name}` report no metric in common"
            raise _refused(other, ("train", "metrics"), message, "give both `metrics: [accuracy]`, for example")


def _refused(variant: Variant, at: tuple[str, ...], message: str, help: str) -> SpecError:
    return SpecError((Diagnostic(NotComparable, place(variant.compiled, *at), message, "", help),))


def _shapes(variant: Variant) -> str:
    return ", ".join(f"{target.shape} for {target.loss or 'no loss'}" for target in variant.wanted.targets)


def common_metrics(variants: Sequence[Variant]) -> list[str]:
    """What all variants report and means the same in each, without `test_`: the loss only where it is the same."""
    names = [list(dict.fromkeys(value.name for value in reported(v.train, v.outputs).values())) for v in variants]
    found = [name for name in names[0] if all(name in others for others in names)]
    losses = [[_said(chosen) for chosen in losses_by_output(v.train, v.outputs).values()] for v in variants]
    same = all(other == losses[0] for other in losses)
    return sorted((name for name in found if same or not name.endswith("loss")), key=lambda name: name.endswith("loss"))


def _said(chosen: Chosen) -> object:
    """A loss as a value: its class and arguments, however it was written."""
    return chosen.written if chosen.arguments is None else (chosen.arguments.keras_name(), plain(chosen.arguments.given()))


def trial_key(variant: Variant, seed: int, limit: int | None) -> str:
    """What a trial's result depends on, as a name for its directory."""
    model, document = variant.compiled.model, variant.compiled.document
    assert model is not None
    assert document is not None
    spec = resolved(model, document, train=variant.train)
    parts = [spec, variant.data.fingerprint, seed, limit, versions(), *sources(variant.compiled)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _kept(path: Path) -> dict[str, Any] | None:
    """A trial that an earlier call finished."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("version") == 1 else None


def _trial(variant: Variant, seed: int, stop: Stop, listener: Listener) -> dict[str, Any]:
    """One training from its weights to its test metrics."""
    keras = backend.keras()
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(seed)
    train, compiled = variant.train, variant.compiled
    assert compiled.model is not None
    multiple = variant.wanted.multiple
    data, validation = split(variant.data, train.validation_split, seed, variant.wanted, multiple=multiple)
    model = build(compiled, seed=seed)
    compile_model(model, compiled, train, data.train_samples)
    done = fit(model, compiled, train, data, validation, seed=seed, stop=stop, listener=listener)
    tested = evaluate(model, data.x_test, data.y_test, train.batch_size, stop)
    return {
        "version": 1,
        "variant": variant.name,
        "spec": compiled.path,
        "seed": seed,
        "metrics": {f"test_{name}": value for name, value in tested.items()},
        "train_seconds": done.seconds,
        "latency_ms": latency(model, take(data.x_test, slice(multiple))),
        "epochs": done.lines,
        "versions": versions(),
    }


def latency(model: Any, x: Any) -> float:
    """Milliseconds from one batch to its outputs: the median of many calls of the compiled model."""
    spent = []
    for number in range(WARM + TIMED):
        begun = time.perf_counter()
        model.predict_on_batch(x)
        if number >= WARM:
            spent.append(time.perf_counter() - begun)
    return 1000 * statistics.median(spent)


def result(variants: Sequence[Variant], seeds: Sequence[int], trials: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """The comparison as data."""
    metrics = [f"test_{name}" for name in common_metrics(variants)]
    return {
        "version": 1,
        "data": variants[0].wanted.name,
        "seeds": list(seeds),
        "variants": [_described(variant, trials[variant.name], metrics) for variant in variants],
        "pairs": [pair for metric in metrics for pair in _pairs(variants, trials, metric)],
    }


def _described(variant: Variant, trials: list[dict[str, Any]], metrics: list[str]) -> dict[str, Any]:
    assert variant.compiled.model is not None
    totals = summarize(variant.compiled.model).totals
    return {
        "name": variant.name,
        "spec": variant.compiled.path,
        "params": totals.params,
        "macs": totals.macs,
        "training": _training(variant.train),
        "metrics": {metric: spread(_values(trials, metric)) for metric in metrics},
        "train_seconds": spread([trial["train_seconds"] for trial in trials]),
        "latency_ms": spread([trial["latency_ms"] for trial in trials]),
    }


def _training(train: Train) -> dict[str, Any]:
    """How a variant is trained, whatever of it the spec says."""
    said = {"epochs": train.epochs, "batch_size": train.batch_size, "optimizer": "adam", **plain(train)}
    return {key: value for key, value in said.items() if key not in ("data", "metrics", "seed", "checkpoint")}


def _values(trials: list[dict[str, Any]], metric: str) -> list[float]:
    values = (trial["metrics"].get(metric) for trial in trials)
    return [float("nan") if value is None else value for value in values]


def _pairs(variants: Sequence[Variant], trials: Mapping[str, list[dict[str, Any]]], metric: str) -> Iterator[dict[str, Any]]:
    """Every two variants on one metric, the p-values corrected for the number of pairs."""
    pairs = [
        (a.name, b.name, _values(trials[a.name], metric), _values(trials[b.name], metric)) for a, b in combinations(variants, 2)
    ]
    direction = _direction(variants[0], metric)
    raw = [paired_p(a, b) for _, _, a, b in pairs]
    for (name_a, name_b, a, b), p, adjusted in zip(pairs, raw, holm(raw), strict=True):
        difference = spread([x - y for x, y in zip(a, b, strict=True)])
        yield {
            "a": name_a,
            "b": name_b,
            "metric": metric,
            "difference": {key: difference[key] for key in ("mean", "low", "high")},
            "p_value": p,
            "p_adjusted": adjusted,
            "verdict": _verdict(difference["mean"], adjusted, direction),
        }


def _direction(variant: Variant, metric: str) -> str | None:
    name = metric.removeprefix("test_")
    return next((value.direction for value in reported(variant.train, variant.outputs).values() if value.name == name), None)


def _verdict(difference: float, p: float | None, direction: str | None) -> str:
    """`a` or `b` for the better one, where the difference is more than chance."""
    if p is None or p >= LEVEL or direction is None:
        return "undecided"
    return "a" if (difference > 0) == (direction == "max") else "b"

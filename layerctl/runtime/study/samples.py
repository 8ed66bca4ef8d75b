"""What came of each test sample: whether it was right, its loss, its part of every other metric that is a mean over them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from layerctl.compiler.pipeline import Accepted
from layerctl.language.spec.reported import losses_by_output, weights_by_output
from layerctl.language.spec.train import Train
from layerctl.runtime.backends import backend
from layerctl.runtime.data._types import samples, take
from layerctl.runtime.study.statistics import Array

BATCHES = 64
"""So many batches are predicted at a time."""
MOST = 100_000
"""From more samples, groups are kept: the mean of every so manieth sample."""
NEAR = 1e-4
"""By how much the mean over the samples may differ from the metric, as a share of the metric."""
Values = dict[str, Array]


def each(model: Any, compiled: Accepted, train: Train, x: Any, y: Any, metrics: Mapping[str, float]) -> dict[str, list[float]]:
    """By the names of the metrics, what each sample adds to them; the model is compiled and has been evaluated.

    Only of metrics that are the mean of that: an area under a curve is none, and where masks weigh the steps of a sequence, the
    mean over samples is another figure.
    """
    found: dict[str, list[Array]] = {}
    size = BATCHES * train.batch_size
    for start in range(0, samples(x), size):
        part = slice(start, start + size)
        answers = model.predict(take(x, part), batch_size=train.batch_size, verbose=0)
        for name, values in _values(model, compiled, train, take(y, part), answers):
            found.setdefault(name, []).append(values)
    whole = {name: np.concatenate(values) for name, values in found.items()}
    return {
        name: [float(f"{value:.7g}") for value in _grouped(values)]
        for name, values in whole.items()
        if name in metrics and math.isclose(float(values.mean()), metrics[name], rel_tol=NEAR, abs_tol=NEAR**2)
    }


def _grouped(values: Array) -> Array:
    """At most so many values, each the mean of equally many samples; the last few samples may belong to none."""
    if len(values) <= MOST:
        return values
    return values[: len(values) // MOST * MOST].reshape(-1, MOST).mean(axis=0)


def _values(model: Any, compiled: Accepted, train: Train, y: Any, answers: Any) -> Iterator[tuple[str, Array]]:
    tree = backend.keras().tree
    names = [output.name for output in compiled.model.graph.outputs]
    by_output = [dict(zip(names, _flat(tree, names, part), strict=True)) for part in (y, answers)]
    yield from _losses(model, train, names, *by_output)
    yield from _metrics(model, names, *by_output)


def _flat(tree: Any, names: list[str], part: Any) -> list[Any]:
    return [part[name] for name in names] if isinstance(part, Mapping) else tree.flatten(part)


def _losses(
    model: Any, train: Train, names: list[str], y: Mapping[str, Any], answers: Mapping[str, Any]
) -> Iterator[tuple[str, Array]]:
    """The loss of each output that has one, and their weighted sum with the penalties of the weights."""
    weights = weights_by_output(train, names)
    flat = model._compile_loss._flat_losses
    resolved = {one.name: one.loss for one in flat} if len(names) > 1 else {names[0]: flat[0].loss}  # as Keras chose them
    losses = {name: resolved[name] for name in losses_by_output(train, names) if name in resolved}
    total: Any = sum(float(backend.keras().ops.convert_to_numpy(penalty)) for penalty in model.losses)
    for name, loss in losses.items():
        values = _per_sample(loss.call(*_tensors(y[name], answers[name], loss.dtype)))
        total = total + weights[name] * values
        yield f"{name}_loss", values
    yield "loss", np.asarray(total)


def _metrics(model: Any, names: list[str], y: Mapping[str, Any], answers: Mapping[str, Any]) -> Iterator[tuple[str, Array]]:
    """The metrics that Keras takes the mean of, by the names that it reports."""
    wrapper = backend.keras().metrics.MeanMetricWrapper
    counts: dict[str, int] = {}
    for name, several in zip(names, getattr(model._compile_metrics, "_flat_metrics", ()), strict=False):
        for metric in several.metrics if several else ():
            base = f"{several.output_name}_{metric.name}" if several.output_name else metric.name
            number = counts[base] = counts.get(base, -1) + 1
            if isinstance(metric, wrapper):
                values = metric._fn(*_tensors(y[name], answers[name], metric.dtype), **metric._fn_kwargs)
                yield f"{base}_{number}" if number else base, _per_sample(values)


def _tensors(y: Any, answer: Any, dtype: Any) -> tuple[Any, Any]:
    ops = backend.keras().ops
    return ops.cast(ops.convert_to_tensor(y), dtype), ops.convert_to_tensor(answer, dtype)


def _per_sample(values: Any) -> Array:
    array = np.asarray(backend.keras().ops.convert_to_numpy(values), dtype=np.float64)
    return array.reshape(len(array), -1).mean(axis=1)

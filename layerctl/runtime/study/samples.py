"""What came of each test sample: whether it was right, its loss, its part of every other metric that is a mean over them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from layerctl.compiler.pipeline import Accepted
from layerctl.language.spec.reported import Vector, losses_by_output, weights_by_output
from layerctl.language.spec.train import Train
from layerctl.runtime.backends import backend
from layerctl.runtime.data._types import samples, take
from layerctl.runtime.study.statistics import Array
from layerctl.runtime.training.figures import figures, vectors_of

BATCHES = 64
"""So many batches are predicted at a time."""
MOST = 100_000
"""From more samples, groups are kept: the mean of every so manieth sample."""
GROUPS = 20
"""A metric that is no mean over the samples is computed without each of so many groups of them."""
LARGEST = 1 << 28
"""Of predictions with more bytes such metrics are left out."""
NEAR = 1e-4
"""By how much the mean over the samples may differ from the metric, as a share of the metric."""


Outputs = Mapping[str, tuple[Any, Any]]
"""Labels and predictions of each output by its name."""
Reported = tuple[str, str, Any]
"""A metric: the name that Keras reports it by, the output that it is of, and the object."""
Figures = Mapping[str, float]


def each(model: Any, compiled: Accepted, train: Train, x: Any, y: Any, metrics: Mapping[str, float]) -> dict[str, list[float]]:
    """By the names of the metrics, what each sample adds to them; the model is compiled and has been evaluated.

    Of a metric that is no mean over the samples, such as an area under a curve, it is what each of 20 groups adds: the
    pseudo-values of the jackknife (Tukey 1958) without a group at a time. What does not agree with the metric is left out, as
    where masks weigh the steps of a sequence.
    """
    found: dict[str, list[Array]] = {}
    names = [output.name for output in compiled.model.graph.outputs]
    others = [one for one in _metrics(model, names) if not _is_mean(one[2])]
    kept: list[Outputs] = []
    size = BATCHES * train.batch_size
    for start in range(0, samples(x), size):
        part = slice(start, start + size)
        answers = model.predict(take(x, part), batch_size=train.batch_size, verbose=0)
        outputs = _by_output(names, take(y, part), answers)
        kept += [outputs] if others else []
        if sum(answer.nbytes for outputs in kept for _, answer in outputs.values()) > LARGEST:
            others, kept = [], []
        for name, values in (*_losses(model, train, outputs), *_means(model, outputs)):
            found.setdefault(name, []).append(values)
    whole = [(name, np.concatenate(values)) for name, values in found.items()]
    by_batch = [(name, values * _by_batch(len(values), train.batch_size)) for name, values in whole]
    groups = _jackknife(others, vectors_of(compiled, train), kept, metrics)
    return {
        name: [float(f"{value:.7g}") for value in _grouped(values)]
        for name, values in (*groups, *by_batch, *whole)
        if name in metrics and math.isclose(float(values.mean()), metrics[name], rel_tol=NEAR, abs_tol=NEAR**2)
    }


def _by_batch(count: int, size: int) -> Array:
    """The weight of each sample in a mean over batches, which is what Keras takes of the loss of one output among several."""
    batch = np.arange(count) // size
    sizes = np.bincount(batch)
    return np.asarray(count / len(sizes) / sizes[batch])


def _by_output(names: Sequence[str], y: Any, answers: Any) -> Outputs:
    labels, predicted = (
        [part[name] for name in names] if isinstance(part, Mapping) else backend.keras().tree.flatten(part)
        for part in (y, answers)
    )
    return dict(zip(names, zip(labels, predicted, strict=True), strict=True))


def _grouped(values: Array) -> Array:
    """At most so many values, each the mean of equally many samples; the last few samples may belong to none."""
    if len(values) <= MOST:
        return values
    return values[: len(values) // MOST * MOST].reshape(-1, MOST).mean(axis=0)


def _losses(model: Any, train: Train, outputs: Outputs) -> Iterator[tuple[str, Array]]:
    """The loss of each output that has one, and their weighted sum with the penalties of the weights."""
    names = list(outputs)
    weights = weights_by_output(train, names)
    flat = model._compile_loss._flat_losses
    resolved = {one.name: one.loss for one in flat} if len(names) > 1 else {names[0]: flat[0].loss}  # as Keras chose them
    total: Any = sum(float(backend.keras().ops.convert_to_numpy(penalty)) for penalty in model.losses)
    for name in losses_by_output(train, names):
        if name in resolved:
            values = _per_sample(resolved[name].call(*_tensors(*outputs[name], resolved[name].dtype)))
            total = total + weights[name] * values
            yield f"{name}_loss", values
    yield "loss", np.asarray(total)


def _metrics(model: Any, names: Iterable[str]) -> Iterator[Reported]:
    counts: dict[str, int] = {}
    for output, several in zip(names, getattr(model._compile_metrics, "_flat_metrics", ()), strict=False):
        for metric in several.metrics if several else ():
            base = f"{several.output_name}_{metric.name}" if several.output_name else metric.name
            number = counts[base] = counts.get(base, -1) + 1
            yield f"{base}_{number}" if number else base, output, metric


def _is_mean(metric: Any) -> bool:
    return isinstance(metric, backend.keras().metrics.MeanMetricWrapper)


def _means(model: Any, outputs: Outputs) -> Iterator[tuple[str, Array]]:
    """The metrics that Keras takes the mean of."""
    for name, output, metric in _metrics(model, outputs):
        if _is_mean(metric):
            yield name, _per_sample(metric._fn(*_tensors(*outputs[output], metric.dtype), **metric._fn_kwargs))


def _jackknife(
    others: Sequence[Reported], vectors: Mapping[str, Vector], kept: Sequence[Outputs], metrics: Mapping[str, float]
) -> Iterator[tuple[str, Array]]:
    """Metrics that are no means: pseudo-values, whose mean is the metric but for its bias, which is taken off."""
    for name, output, metric in others:
        y, answers = (np.concatenate([np.asarray(outputs[output][side]) for outputs in kept]) for side in (0, 1))
        if len(answers) < 2 * GROUPS:
            continue
        group = np.arange(len(answers)) % GROUPS

        def figures_of(chosen: Array, name: str = name, metric: Any = metric, y: Any = y, answers: Any = answers) -> Figures:
            one = type(metric).from_config(metric.get_config())
            one.update_state(y[chosen], answers[chosen])
            return figures({name: one.result()}, vectors)

        parts = [figures_of(group != number) for number in range(GROUPS)]
        for figure, value in figures_of(group >= 0).items():
            pseudo = GROUPS * value - (GROUPS - 1) * np.array([part[figure] for part in parts])
            if math.isclose(value, metrics.get(figure, math.nan), rel_tol=NEAR, abs_tol=NEAR):
                yield figure, pseudo - pseudo.mean() + metrics[figure]


def _tensors(y: Any, answer: Any, dtype: Any) -> tuple[Any, Any]:
    ops = backend.keras().ops
    return ops.cast(ops.convert_to_tensor(y), dtype), ops.convert_to_tensor(answer, dtype)


def _per_sample(values: Any) -> Array:
    array = np.asarray(backend.keras().ops.convert_to_numpy(values), dtype=np.float64)
    return array.reshape(len(array), -1).mean(axis=1)

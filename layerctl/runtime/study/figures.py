"""The figures that claims are about, by name: a value for each seed, measured on the first request."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from layerctl.analysis.costs import Totals, summarize
from layerctl.analysis.design import Design
from layerctl.compiler.accepted import accepted
from layerctl.compiler.pipeline import Accepted, compile_text
from layerctl.compiler.trainable import settings, trainable
from layerctl.graph.typed import TypedGraph
from layerctl.runs.listener import Listener
from layerctl.runtime.study import identities, tables
from layerctl.runtime.study.candidate import Candidate, Options, candidate
from layerctl.runtime.study.claim_table import KERNELS
from layerctl.runtime.study.compare import Results, train_all
from layerctl.runtime.study.perturb import PERMUTE
from layerctl.runtime.study.trials import TrialResult

ACCURACY = "test_accuracy"
KERNEL = """
vars: {{size: {size}}}
inputs: {{image: [28, 28, 1]}}
layers:
  - Conv2D: {{filters: 12, kernel_size: $size, padding: same, activation: relu}}
  - MaxPooling2D: 2
  - Conv2D: {{filters: 12, kernel_size: $size, padding: same, activation: relu}}
  - GlobalMaxPooling2D
  - Dense: {{units: 10, activation: softmax}}
train:
  data: digits
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
  batch_size: 32
  epochs: 5
"""
Measured = dict[str, list[float]]


class Figures:
    """`figures("dense: accuracy")` gives the values; the part before the colon names the measurement in `sources`."""

    def __init__(self, data: str, seeds: Sequence[int], epochs: int | None, options: Options, listener: Listener) -> None:
        self.data, self.seeds, self.epochs = data, seeds, epochs
        self.options, self.listener = options, listener
        self.known: Measured = {}
        self.sources: dict[str, Callable[[], Measured]] = {
            **dict.fromkeys(("dense", "conv2d", "dense, permuted", "conv2d, permuted", "conv2d / dense"), self.images),
            **dict.fromkeys(("table, dense", "table, conv2d", "table, conv2d / dense"), self.table),
            **dict.fromkeys((f"kernel {size}" for size in KERNELS), self.kernels),
            **{source: partial(measure, seeds) for source, measure in identities.SOURCES.items()},
        }

    def __call__(self, name: str) -> list[float]:
        if name not in self.known:
            self.known |= self.sources[name.partition(":")[0]]()
        return self.known[name]

    def every(self, figures: Mapping[str, float]) -> Measured:
        """Figures that do not depend on the seed."""
        return {name: [value] * len(self.seeds) for name, value in figures.items()}

    def candidate(self, name: str, compiled: Accepted) -> Candidate:
        return candidate(name, compiled, trainable(compiled), self.options)

    def changes(self, data: str | None = None) -> tuple[str, ...]:
        """The overrides of a spec by the options of `layerctl claims`."""
        return tuple(settings({"data": data, "epochs": self.epochs}))

    def trained(self, candidates: Sequence[Candidate], perturb: Iterable[str] = ()) -> Results:
        return train_all(candidates, self.seeds, self.options._replace(perturb=tuple(perturb)), self.listener)

    def images(self) -> Measured:
        """Dense and Conv2D on images as they are, permuted and shifted; and their weights."""
        specs = {name: accepted(name, overrides=self.changes(self.data)) for name in ("dense", "conv2d")}
        results = self.trained([self.candidate(name, spec) for name, spec in specs.items()], (PERMUTE, "shift"))
        measured: Measured = {}
        for name, spec in specs.items():
            accuracy = _accuracies(results[name])
            moved = [result.disturbed[PERMUTE][1].get(ACCURACY, math.nan) for result in results[name]]
            shifted = [
                np.mean([level.get(ACCURACY, math.nan) for level in result.disturbed["shift"][1:]]) for result in results[name]
            ]
            measured |= {f"{name}: accuracy": accuracy, f"{name}, permuted: accuracy": moved}
            measured |= {f"{name}: loss by permuting": [a - b for a, b in zip(accuracy, moved, strict=True)]}
            measured |= {f"{name}: loss by shifting": [float(a - b) for a, b in zip(accuracy, shifted, strict=True)]}
            measured |= _weights(name, spec, results[name])
        dense, conv2d = map(_totals, specs.values())
        return measured | self.every({"conv2d / dense: parameters": conv2d.params / dense.params})

    def table(self) -> Measured:
        """Dense and Conv2D on a table, whose columns have no spatial arrangement."""
        texts = {"table, dense": tables.DENSE, "table, conv2d": tables.CONV2D}
        specs = {name: _compiled(text, name, self.changes()) for name, text in texts.items()}
        candidates = [self.candidate(name, spec) for name, spec in specs.items()]
        results = self.trained([replace(one, data=tables.data(one.data)) for one in candidates])
        measured = {f"{name}: accuracy": _accuracies(results[name]) for name in specs}
        dense, conv2d = map(_totals, specs.values())
        ratios = {"parameters": conv2d.params / dense.params, "MACs": conv2d.macs / dense.macs}
        return measured | self.every({f"table, conv2d / dense: {label}": ratio for label, ratio in ratios.items()})

    def kernels(self) -> Measured:
        """One design with kernels of several sizes."""
        texts = {f"kernel {size}": KERNEL.format(size=size) for size in KERNELS}
        specs = {name: _compiled(text, name, self.changes(self.data)) for name, text in texts.items()}
        results = self.trained([self.candidate(name, spec) for name, spec in specs.items()])
        measured: Measured = {}
        for name, spec in specs.items():
            seen, blurred = identities.reach(spec, self.seeds)
            measured |= {f"{name}: accuracy": _accuracies(results[name])}
            measured |= {f"{name}: pixels seen": seen, f"{name}: blur": blurred}
            measured |= self.every({f"{name}: receptive field": receptive_field(spec.model)})
        return measured


def _accuracies(results: Sequence[TrialResult]) -> list[float]:
    return [result.trial.metrics.get(ACCURACY, math.nan) for result in results]


def _weights(name: str, spec: Accepted, results: Sequence[TrialResult]) -> Measured:
    """The share of weights within -1 … 1, before and after training."""
    shares = [identities.shares_within_one(spec, result.trial.seed, result.weights) for result in results]
    return {
        f"{name}: initial weights within 1": [initial for initial, _ in shares],
        f"{name}: trained weights within 1": [trained for _, trained in shares],
    }


def receptive_field(model: TypedGraph) -> float:
    """The width in pixels that a value of the last windowed layer depends on: 1 + Σ (window - 1) × product of earlier strides."""
    field, jump = 1, 1
    for _, (slide, *_) in Design(model).windows:
        field, jump = field + (slide.window - 1) * jump, jump * slide.stride
    return float(field)


def _compiled(text: str, name: str, overrides: tuple[str, ...]) -> Accepted:
    """A spec that is not in a file: `table, dense` is that of `<claims>/table_dense.yaml`."""
    path = f"<claims>/{name.replace(',', '').replace(' ', '_')}.yaml"
    return compile_text(text, path, overrides=overrides).accepted()


def _totals(spec: Accepted) -> Totals:
    return summarize(spec.model).totals

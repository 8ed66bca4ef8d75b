"""The figures that claims speak of, by name: each with a value for each seed, measured when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.analysis.costs import summarize
from layerctl.analysis.design import Design
from layerctl.api.claims import KERNELS
from layerctl.api.compare import Options
from layerctl.compiler.accepted import prepared
from layerctl.compiler.pipeline import Accepted
from layerctl.compiler.trainable import settings, trainable
from layerctl.graph.typed import TypedGraph
from layerctl.runs.listener import Listener
from layerctl.runtime.study import identities, tables
from layerctl.runtime.study.compare import Variant, prepared_variant, train_all, trial_key
from layerctl.runtime.study.perturb import PERMUTE
from layerctl.runtime.study.trials import Kept
from layerctl.runtime.study.verdicts import values

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
    """`figures("dense: accuracy")`: what is before the colon says where it is measured.

    Args:
        data: images by name.
        seeds: of the trials.
        epochs: instead of the specs'.
        options: of the trials.
        listener: told of what happens.
    """

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

    def variant(self, name: str, compiled: Accepted) -> Variant:
        options = self.options
        return prepared_variant(name, compiled, trainable(compiled), data_dir=options.data_dir, seed=0, limit=options.limit)

    def changes(self, data: str | None = None) -> tuple[str, ...]:
        return tuple(settings({"data": data, "epochs": self.epochs}))

    def trained(self, variants: Sequence[Variant], perturb: Iterable[str] = ()) -> dict[str, list[dict[str, Any]]]:
        return train_all(variants, self.seeds, self.options._replace(perturb=tuple(perturb)), self.listener)

    def images(self) -> Measured:
        """Dense and Conv2D on images as they are, permuted and shifted; and their weights."""
        variants = [self.variant(name, prepared(name, overrides=self.changes(self.data))) for name in ("dense", "conv2d")]
        found: Measured = {}
        for variant, trials in zip(variants, self.trained(variants, (PERMUTE, "shift")).values(), strict=True):
            name = variant.name
            accuracy = values(trials, ACCURACY)
            moved = [trial["perturbed"][PERMUTE][1][ACCURACY] for trial in trials]
            shifted = [np.mean([level[ACCURACY] for level in trial["perturbed"]["shift"][1:]]) for trial in trials]
            found |= {f"{name}: accuracy": accuracy, f"{name}, permuted: accuracy": moved}
            found |= {f"{name}: loss by permuting": [a - b for a, b in zip(accuracy, moved, strict=True)]}
            found |= {f"{name}: loss by shifting": [float(a - b) for a, b in zip(accuracy, shifted, strict=True)]}
            found |= self.weights(variant)
        return found | self.every({"conv2d / dense: parameters": _ratio(variants, "params")})

    def weights(self, variant: Variant) -> Measured:
        """How many of the weights are within -1 … 1, before and after training."""
        found: Measured = {f"{variant.name}: {when} weights within 1": [] for when in ("initial", "trained")}
        for seed in self.seeds:
            kept = Kept(Path(self.options.runs, "compare", trial_key(variant, seed, self.options.limit)))
            shares = identities.shares_within_one(variant.compiled, seed, kept.weights)
            for of_seeds, share in zip(found.values(), shares, strict=True):
                of_seeds.append(share)
        return found

    def table(self) -> Measured:
        """Dense and Conv2D on readings without any arrangement."""
        variants = []
        for name, text in (("dense", tables.DENSE), ("conv2d", tables.CONV2D)):
            variant = self.variant(f"table, {name}", _compiled(text, f"table_{name}", self.changes()))
            variants.append(replace(variant, data=tables.data(variant.data)))
        trials = self.trained(variants)
        found = {f"{variant.name}: accuracy": values(trials[variant.name], ACCURACY) for variant in variants}
        keys = (("parameters", "params"), ("MACs", "macs"))
        ratios = {f"table, conv2d / dense: {label}": _ratio(variants, key) for label, key in keys}
        return found | self.every(ratios)

    def kernels(self) -> Measured:
        """One design with kernels of several sizes."""
        made = {size: _compiled(KERNEL.format(size=size), f"kernel_{size}", self.changes(self.data)) for size in KERNELS}
        trials = self.trained([self.variant(f"kernel {size}", compiled) for size, compiled in made.items()])
        found: Measured = {}
        for size, compiled in made.items():
            name = f"kernel {size}"
            seen, blurred = identities.reach(compiled, self.seeds)
            found |= {f"{name}: accuracy": values(trials[name], ACCURACY), f"{name}: pixels seen": seen, f"{name}: blur": blurred}
            found |= self.every({f"{name}: receptive field": receptive_field(compiled.model)})
        return found


def receptive_field(model: TypedGraph) -> float:
    """Pixels in a row that a value of the last windowed layer depends on: 1 + Σ (window - 1) × product of earlier strides."""
    field, jump = 1, 1
    for _, (slide, *_) in Design(model).windows:
        field, jump = field + (slide.window - 1) * jump, jump * slide.stride
    return float(field)


def _compiled(text: str, name: str, overrides: tuple[str, ...]) -> Accepted:
    """A spec that is not in a file."""
    from layerctl.compiler.pipeline import compile_text

    return prepared(compile_text(text, f"<claims>/{name}.yaml", overrides=overrides))


def _ratio(variants: Sequence[Variant], key: str) -> float:
    """Of two variants' costs, the second to the first."""
    dense, conv2d = (getattr(summarize(one.compiled.model).totals, key) for one in variants)
    return float(conv2d / dense)

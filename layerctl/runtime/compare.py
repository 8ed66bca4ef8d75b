"""Variants trained alike over several seeds; each finished trial is kept, so that an interrupted comparison goes on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from layerctl.comparing import Options
from layerctl.compiler import Compiled
from layerctl.diagnostics import Diagnostic
from layerctl.emit.resolved import plain, resolved
from layerctl.errors import SpecError
from layerctl.report.listener import Listener
from layerctl.runtime import backend, perturb
from layerctl.runtime.codes import NotComparable
from layerctl.runtime.custom import blamed, sources
from layerctl.runtime.data import Data, load
from layerctl.runtime.data._types import Wanted
from layerctl.runtime.data._wanted import place, wanted
from layerctl.runtime.fit import Stop, stop_on_interrupt
from layerctl.runtime.perturb import Perturbation
from layerctl.runtime.record import versions
from layerctl.runtime.trials import Kept, Trainer
from layerctl.spec.chosen import Chosen
from layerctl.spec.reported import losses_by_output, reported
from layerctl.spec.train import Train


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


class Comparison(NamedTuple):
    """Variants and what was found of them.

    Attributes:
        variants: in the order of the user.
        trials: of each by name, in the order of the seeds.
    """

    variants: tuple[Variant, ...]
    trials: Mapping[str, Sequence[Mapping[str, Any]]]


def run(specs: Sequence[tuple[str, Compiled, Train]], seeds: Sequence[int], options: Options, listener: Listener) -> Comparison:
    """Trains every variant with every seed.

    Args:
        specs: name, spec and section `train` of each variant.
        seeds: of weights, order and split; all variants get the same.
        options: of the comparison.
        listener: told of what happens.

    Raises:
        SpecError: the variants are not for one task, the data do not fit, or a loss is no longer a number.
        KeyboardInterrupt: after Ctrl-C; finished trials are kept.
    """
    common: dict[str, Any] = {"data_dir": options.data_dir, "seed": specs[0][2].seed, "limit": options.limit}
    variants = tuple(prepared_variant(*spec, **common) for spec in specs)
    check_alike(variants)
    return Comparison(variants, train_all(variants, seeds, options, listener))


def train_all(
    variants: Sequence[Variant], seeds: Sequence[int], options: Options, listener: Listener
) -> dict[str, list[dict[str, Any]]]:
    """The trials of variants with ready data, those that an earlier call has finished taken from there.

    Returns:
        By name the trials in the order of the seeds; those on permuted images as a trial's `perturbed["permute"]`.
    """
    backend.keras()
    for variant in variants if options.perturb else ():
        perturb.image_shape(variant)
    tests = perturb.chosen(options.perturb)
    twins = {variant.name: _permuted(variant) for variant in variants} if perturb.PERMUTE in options.perturb else {}
    every = [one for variant in variants for one in (variant, *filter(None, [twins.get(variant.name)]))]
    names = {variant.name for variant in variants}
    trainers = {variant.name: Trainer(variant) for variant in every}
    trials: dict[str, list[dict[str, Any]]] = {variant.name: [] for variant in every}
    with stop_on_interrupt() as stop:
        for number, (seed, variant) in enumerate(((seed, variant) for seed in seeds for variant in every), 1):
            kept = Kept(Path(options.runs, "compare", trial_key(variant, seed, options.limit)))
            listener.trial_begins(variant.name, seed, number, len(seeds) * len(every), kept.trial is not None)
            with blamed(variant.compiled):
                found = _trial(trainers[variant.name], kept, seed, tests if variant.name in names else (), stop, listener)
            trials[variant.name].append(found)
    for name, twin in twins.items():
        for trial, other in zip(trials[name], trials.pop(twin.name), strict=True):
            trial["perturbed"][perturb.PERMUTE] = [trial["metrics"], other["metrics"]]
    return trials


def _trial(
    trainer: Trainer, kept: Kept, seed: int, tests: Iterable[Perturbation], stop: Stop, listener: Listener
) -> dict[str, Any]:
    """A trial, and how its model does on disturbed test images; only what is not kept is done."""
    if kept.trial is None:
        stop.check()
        kept.keep(trainer.train(seed, stop, listener), trainer.model)
    perturbed = {}
    for test in tests:
        found = kept.perturbed(test.name, test.levels)
        if found is None:
            stop.check()
            found = kept.keep_perturbed(test.name, test.levels, trainer.perturbed(test, seed, kept.weights, stop))
        perturbed[test.name] = found
    assert kept.trial is not None
    return {**kept.trial, "perturbed": perturbed}


def _permuted(variant: Variant) -> Variant:
    """The variant on images whose pixels are all moved by one permutation, in training and in the test."""
    data = variant.data
    order = perturb.permutation(variant)
    x = {part: perturb.permuted(getattr(data, part), order) for part in ("x_train", "x_test")}
    moved = replace(data, fingerprint=f"{data.fingerprint}, permuted", **x)
    return replace(variant, name=f"{variant.name} (permuted)", data=moved)


def prepared_variant(
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

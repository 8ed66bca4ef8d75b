"""Variants trained alike over several seeds; each finished trial is kept, so that an interrupted comparison goes on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from layerctl.api.compare import Options
from layerctl.compiler.pipeline import Accepted
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError
from layerctl.language.resolved import plain, resolved
from layerctl.language.spec.chosen import Chosen
from layerctl.language.spec.reported import losses_by_output, reported
from layerctl.language.spec.train import Train
from layerctl.runs.listener import Listener
from layerctl.runtime.backends import backend
from layerctl.runtime.codes import NotComparable
from layerctl.runtime.data import Data, learnt, load
from layerctl.runtime.data._types import Wanted
from layerctl.runtime.data._wanted import place, wanted
from layerctl.runtime.models.custom import blamed, sources
from layerctl.runtime.study import perturb
from layerctl.runtime.study.trials import Kept, Trainer, Work
from layerctl.runtime.training.fit import stop_on_interrupt
from layerctl.runtime.training.record import versions


@dataclass(frozen=True, slots=True)
class Variant:
    """One design.

    Attributes:
        name: unique among the variants.
        compiled: its spec.
        train: how it is trained.
        wanted: what it wants of the data.
        data: as it takes them.
        limit: at most so many training samples, and test samples, of those that are read.
        moved: what is done to the data once they are read.
        seeded: whether the data are those of one seed.
    """

    name: str
    compiled: Accepted
    train: Train
    wanted: Wanted
    data: Data
    limit: int | None = None
    moved: Callable[[Data], Data] | None = None
    seeded: bool = False

    def at(self, seed: int) -> Variant:
        """The variant as a trial takes it: what is learnt of the data is learnt of what the seed leaves for training.

        The test part, and data that are made, are the same for all seeds.
        """
        if self.seeded or not (self.train.validation_split and learnt(self.data)):
            return self
        found = load(replace(self.wanted, aside=seed), limit=self.limit)
        return replace(self, data=self.moved(found) if self.moved else found, seeded=True)

    @property
    def outputs(self) -> list[str]:
        return [output.name for output in self.compiled.model.graph.outputs]


class Comparison(NamedTuple):
    """Variants and what was found of them.

    Attributes:
        variants: in the order of the user.
        trials: of each by name, in the order of the seeds.
    """

    variants: tuple[Variant, ...]
    trials: Mapping[str, Sequence[Mapping[str, Any]]]


def run(specs: Sequence[tuple[str, Accepted, Train]], seeds: Sequence[int], options: Options, listener: Listener) -> Comparison:
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
    with Kept(Path(options.runs, "compare")).writing():
        pass  # what cannot be kept is told before the first trial
    work = [
        Work(variant, seed, Kept(_folder(variant, seed, options)), tests if variant.name in names else ())
        for seed in seeds
        for variant in every
    ]
    trials: dict[str, list[dict[str, Any]]] = {variant.name: [] for variant in every}
    for one, found in zip(work, _done(work, options, listener), strict=True):
        trials[one.variant.name].append(found)
    for name, twin in twins.items():
        for trial, other in zip(trials[name], trials.pop(twin.name), strict=True):
            trial["perturbed"][perturb.PERMUTE] = [trial["metrics"], other["metrics"]]
    return trials


def _done(work: Sequence[Work], options: Options, listener: Listener) -> list[dict[str, Any]]:
    """The trials, one after another in this process, or as tasks of Ray."""
    with stop_on_interrupt() as stop:
        if options.ray is not None:
            from layerctl.runtime.study import rays

            return rays.done(work, stop, listener, options.ray)
        trainers: dict[str, Trainer] = {}
        found = []
        for number, one in enumerate(work, 1):
            listener.trial_begins(one.variant.name, one.seed, number, len(work), one.kept.trial is not None)
            trainer = trainers.setdefault(one.variant.name, Trainer(one.variant))
            with blamed(one.variant.compiled):
                one.do(trainer, stop, listener)
            found.append(one.result)
            listener.trial_ends()
    return found


def _folder(variant: Variant, seed: int, options: Options) -> Path:
    return Path(options.runs, "compare", trial_key(variant, seed, options.limit))


def _permuted(variant: Variant) -> Variant:
    """The variant on images whose pixels are all moved by one permutation, in training and in the test."""
    moved = partial(_moved, perturb.permutation(variant))
    return replace(variant, name=f"{variant.name} (permuted)", data=moved(variant.data), moved=moved)


def _moved(order: perturb.Array, data: Data) -> Data:
    x = {part: perturb.permuted(getattr(data, part), order) for part in ("x_train", "x_test")}
    return replace(data, fingerprint=f"{data.fingerprint}, permuted", **x)


def prepared_variant(
    name: str, compiled: Accepted, train: Train, *, data_dir: str | os.PathLike[str] | None, seed: int, limit: int | None
) -> Variant:
    want = wanted(compiled, train, data_dir=data_dir, seed=seed)
    limit = limit or train.limit
    return Variant(name, compiled, train, want, load(want, limit=limit), limit)


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
    spec = resolved(variant.compiled.model, variant.compiled.document, train=variant.train)
    parts = [spec, variant.data.fingerprint, seed, limit, versions(), *sources(variant.compiled)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]

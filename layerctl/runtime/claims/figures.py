"""The figures that claims are about, by name: a value for each seed, and of an accuracy one for each test sample too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from layerctl.analysis.costs import Totals, summarize
from layerctl.analysis.design import Design as Windows
from layerctl.compiler.pipeline import Accepted
from layerctl.compiler.trainable import settings, trainable
from layerctl.graph.typed import TypedGraph
from layerctl.report.results.claims import Claim
from layerctl.runs.listener import Listener
from layerctl.runtime.claims import identities, probes
from layerctl.runtime.claims.designs import Design
from layerctl.runtime.claims.identities import Measured
from layerctl.runtime.data import Data
from layerctl.runtime.data._types import Array, take
from layerctl.runtime.data._wanted import wanted
from layerctl.runtime.study.candidate import Candidate, Options, candidate
from layerctl.runtime.study.compare import train_all
from layerctl.runtime.study.pairs import values
from layerctl.runtime.study.perturb import PERMUTE
from layerctl.runtime.study.trials import Outcome, TrialResult

ACCURACY = "test_accuracy"
SHIFT = "shift"
PERMUTED = f", {PERMUTE}d"
READ = "kernel 5"
"""The design whose feature maps and first kernels are read."""


class Figures:
    """`figures("dense: accuracy")` gives the values: an axis for the seeds, and of an accuracy one for the test samples.

    The part of a name before the colon says what is measured: a design, two designs with ` / ` between for a ratio, or something
    of `identities` or of `probes`.

    Args:
        designs: by name.
        data: the images.
        seeds: of the trials.
        epochs: instead of the specs'.
        options: how trials are run and kept.
        listener: is informed of the progress.
    """

    def __init__(
        self,
        designs: Mapping[str, Design],
        data: str,
        seeds: Sequence[int],
        epochs: int | None,
        options: Options,
        listener: Listener,
    ) -> None:
        self.designs, self.data, self.seeds, self.epochs = designs, data, seeds, epochs
        self.options, self.listener = options, listener
        self._known: Measured = {}
        self._candidates: dict[str, Candidate] = {}
        self._trials: dict[str, Sequence[TrialResult]] = {}

    def __call__(self, name: str) -> Array:
        if name not in self._known:
            self._known |= self._measured(name)
        return self._known[name]

    def prepare(self, claims: Iterable[Claim]) -> None:
        """Trains all designs that claims are about."""
        trained = [figure for claim in claims for figure in claim.figures if figure.partition(": ")[2] not in COSTS]
        names = dict.fromkeys(name for figure in trained for name in needed(figure) if name in self.designs)
        wanted = {name: {test for figure in trained if name in needed(figure) for test in _tests(figure)} for name in names}
        for tests in sorted({tuple(sorted(tests)) for tests in wanted.values()}, key=len, reverse=True):
            self._train([name for name in names if tuple(sorted(wanted[name])) == tests], *tests)

    def check(self, names: Iterable[str]) -> None:
        """Reads the data of designs, and says of them what a user should know.

        Raises:
            SpecError: they cannot be read, or do not fit.
        """
        for note in dict.fromkeys(note for name in names for note in self.candidate(name).data.notes):
            self.listener.noticed(note)

    def trials(self, name: str, *tests: str) -> Sequence[TrialResult]:
        """The trials of a design, tested under these disturbances too."""
        self._train([name], *tests)
        return self._trials[name]

    def _train(self, names: Sequence[str], *tests: str) -> None:
        done = [name for name, (first, *_) in self._trials.items() if set(tests) <= set(first.disturbed)]
        if further := [name for name in names if name not in done]:
            options = self.options._replace(perturb=tests)
            self._trials |= train_all([self.candidate(name) for name in further], self.seeds, options, self.listener)

    def candidate(self, name: str) -> Candidate:
        """A design with its data."""
        if name not in self._candidates:
            design = self.designs[name]
            compiled = self.compiled(name)
            self._candidates[name] = (
                self._of_table(name, design, compiled) if design.table else self._of_images(name, design, compiled)
            )
        return self._candidates[name]

    def compiled(self, name: str) -> Accepted:
        """A design's spec, with the options of `layerctl claims`."""
        design = self.designs[name]
        data = None if design.table else self.data
        epochs = None if design.one_epoch else self.epochs
        return design.compiled(name, tuple(settings({"data": data, "epochs": epochs})))

    def _of_table(self, name: str, design: Design, compiled: Accepted) -> Candidate:
        found = candidate(name, compiled, trainable(compiled), self.options)
        assert design.table is not None
        return replace(found, data=design.table.data(found.data, self.options.limit))

    def _of_images(self, name: str, design: Design, compiled: Accepted) -> Candidate:
        train = trainable(compiled)
        want = wanted(compiled, train, data_dir=self.options.data_dir)
        return Candidate(name, compiled, train, want, _part(self.images, design.share), self.options.limit or train.limit)

    @cached_property
    def images(self) -> Data:
        """The images, which all designs take in the same form."""
        compiled = self.compiled(READ)
        return candidate(READ, compiled, trainable(compiled), self.options).data

    @property
    def busy(self) -> float:
        """The largest share of the processors that other programs took while a design was trained."""
        return max((result.trial.busy or 0.0 for trials in self._trials.values() for result in trials), default=0.0)

    def _measured(self, name: str) -> Measured:
        subject, _, what = name.partition(": ")
        if subject in identities.SOURCES:
            return identities.SOURCES[subject](self.seeds)
        if subject in PROBES:
            return self._probed()
        if subject in FILTERS:
            return self._filtered()
        if " / " in subject:
            above, below = subject.split(" / ")
            return {name: self(f"{above}: {what}") / self(f"{below}: {what}")}
        return {f"{subject}: {key}": value for key, value in self._of_design(subject, what).items()}

    def _of_design(self, name: str, what: str) -> Measured:
        """What is measured of a design, or of one on permuted images."""
        if what == "accuracy":
            return {what: self._accuracy(name)}
        if what in COSTS:
            return {what: np.full(len(self.seeds), float(getattr(_totals(self.compiled(name)), COSTS[what])))}
        if what == "samples":
            return {what: np.full(len(self.seeds), float(self.candidate(name).data.train_samples // self.designs[name].share))}
        if what == "seconds":
            return {what: np.array([result.trial.train_seconds for result in self.trials(name)])}
        if what == "loss by permuting":
            return {what: self._accuracy(name) - self._accuracy(name + PERMUTED)}
        if what == "loss by shifting":
            return {what: self._accuracy(name) - np.mean(self.shifted(name)[1:], axis=0)}
        if what.endswith("weights within 1"):
            return self._weights(name)
        return self._reach(name)

    def _accuracy(self, name: str) -> Array:
        design = name.removesuffix(PERMUTED)
        if name == design:
            return _by_sample([result.tested for result in self.trials(name)])
        return _by_sample([result.disturbed[PERMUTE][1] for result in self.trials(design, PERMUTE)])

    def shifted(self, name: str) -> list[Array]:
        """The accuracies of a design for each distance by which the test images are shifted."""
        levels = zip(*(result.disturbed[SHIFT] for result in self.trials(name, SHIFT)), strict=True)
        return [_by_sample(tests) for tests in levels]

    def _weights(self, name: str) -> Measured:
        """The share of weights within -1 … 1, before and after training."""
        spec = self.compiled(name)
        shares = np.array([identities.shares_within_one(spec, result) for result in self.trials(name)])
        return {f"{when} weights within 1": shares[:, place] for place, when in enumerate(("initial", "trained"))}

    def _reach(self, name: str) -> Measured:
        spec = self.compiled(name)
        seen, blurred = identities.reach(spec, self.seeds)
        field = np.full(len(self.seeds), receptive_field(spec.model))
        return {"pixels seen": seen, "blur": blurred, "receptive field": field}

    def _probed(self) -> Measured:
        spec = self.compiled(READ)
        found = [probes.probed(spec, result, self.images) for result in self.trials(READ)]
        parts = {what: [getattr(one, what) for one in found] for what in probes.Probes._fields}
        return {
            f"{what}, {name}: accuracy": np.array([one[name] for one in part]) for what, part in parts.items() for name in part[0]
        }

    def _filtered(self) -> Measured:
        spec = self.compiled(READ)
        found: dict[str, list[float]] = {name: [] for name in FILTERS}
        for result in self.trials(READ):
            initial, trained = (probes.first_kernels(model) for model in probes.before_and_after(spec, result))
            by_chance = probes.shuffled(trained, result.trial.seed), [probes.as_smooth(trained, result.trial.seed)]
            for name, kernels in zip(FILTERS, ([initial], [trained], *by_chance), strict=True):
                found[name].append(float(np.mean([*map(probes.orientation, kernels)])))
        return {f"{name}: orientation": np.array(values) for name, values in found.items()}


COSTS = {"parameters": "params", "MACs": "macs", "activations": "activation_bytes"}
"""What is known of a design without training, by the name of its sum."""
PROBES = tuple(f"{what}, {name}" for what in probes.Probes._fields for name in ("Flatten", "pooling"))
FILTERS = ("initial kernels", "trained kernels", "shuffled kernels", "random kernels")


def _tests(figure: str) -> Iterator[str]:
    """The disturbances that a figure is about."""
    subject, _, what = figure.partition(": ")
    if subject.endswith(PERMUTED) or what == "loss by permuting":
        yield PERMUTE
    if what == "loss by shifting":
        yield SHIFT


def needed(figure: str) -> list[str]:
    """The names of the designs that a figure may be about."""
    subject = figure.partition(": ")[0]
    if subject in (*PROBES, *FILTERS):
        return [READ]
    return [name.removesuffix(PERMUTED) for name in subject.split(" / ")]


def _part(data: Data, share: int) -> Data:
    """The data with one of so many parts of the training samples, drawn by lot, so many times: as many steps in an epoch."""
    if share == 1:
        return data
    drawn = np.random.default_rng(share).permutation(data.train_samples)
    part = np.tile(drawn[: max(1, data.train_samples // share)], share)
    fingerprint = f"{data.fingerprint}, one of {share} parts, {share} times"
    return replace(data, x_train=take(data.x_train, part), y_train=take(data.y_train, part), fingerprint=fingerprint)


def _by_sample(tests: Sequence[Outcome]) -> Array:
    """The accuracies: for each seed whether each test sample was right, or their mean where that is not known."""
    found = values(tests, ACCURACY, (len(tests),), "max")
    return found.trials if found.samples is None else found.samples


def receptive_field(model: TypedGraph) -> float:
    """The width in pixels that a value of the last windowed layer depends on: 1 + Σ (window - 1) × product of earlier strides."""
    field, jump = 1, 1
    for _, (slide, *_) in Windows(model).windows:
        field, jump = field + (slide.window - 1) * jump, jump * slide.stride
    return float(field)


def _totals(spec: Accepted) -> Totals:
    return summarize(spec.model).totals

"""The trials of one candidate: a model is built and traced once, and trained with one seed after another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from layerctl.language.spec.train import Train, changed
from layerctl.runs.listener import Listener
from layerctl.runtime.backends import backend
from layerctl.runtime.data import Data, split
from layerctl.runtime.data._types import samples, take
from layerctl.runtime.models.saved import load_weights
from layerctl.runtime.models.verified import verified
from layerctl.runtime.study.candidate import Candidate
from layerctl.runtime.study.kept import Kept, Latency, Level, Metrics, Samples, Trial, TrialEpoch, again
from layerctl.runtime.study.perturb import Perturbation, disturbed
from layerctl.runtime.study.samples import each
from layerctl.runtime.study.statistics import Array
from layerctl.runtime.study.timing import Busy, latency, without_layers
from layerctl.runtime.training.fit import Epochs, Stop, compile_model, evaluate, fit
from layerctl.runtime.training.record import versions

BATCH = 128
"""The size of the larger batch whose latency is measured."""


class Seed(NamedTuple):
    """The chance of a trial.

    Attributes:
        weights: the seed of the initial weights, and of what is random in the layers.
        order: the seed of the order of the data, and of the part for validation.
    """

    weights: int
    order: int

    @property
    def name(self) -> str:
        """`3`, or `3x1` if the two differ."""
        return str(self.weights) if self.weights == self.order else f"{self.weights}x{self.order}"


class Trainer:
    """Trains one candidate with one seed after another.

    Building and tracing take longer than training a small model, so both are done once; for each seed all variables of the model
    and the optimizer are set to their initial values.
    """

    def __init__(self, candidate: Candidate) -> None:
        self._original = self.candidate = candidate
        self._seed: int | None = None
        self.model: Any = None
        self.empty: Any = None
        self._optimizer: list[Any] = []

    def take(self, candidate: Candidate) -> None:
        """Continues with the same candidate on other data."""
        self._original, self._seed = candidate, None

    def data(self, seed: int) -> tuple[Data, tuple[Any, Any] | None]:
        """The training and test data, and the validation data if the spec sets some aside."""
        if self._seed != seed:
            self.candidate, self._seed = self._original.at(seed), seed
        one = self.candidate
        return split(one.data, one.train.validation_split, seed, one.wanted, multiple=one.wanted.multiple)

    def begin(self, seed: Seed) -> tuple[Data, tuple[Any, Any] | None]:
        """Sets the model to the state in which training with that seed begins; gives the data as `data` does."""
        keras = backend.keras()
        keras.utils.set_random_seed(seed.weights)
        data, validation = self.data(seed.order)
        fresh: Any = verified(self.candidate.compiled, seed=seed.weights).model
        if self.model is None:
            self.model, self.empty = fresh, without_layers(fresh)
            compile_model(fresh, self.candidate.compiled, self.candidate.train, data.train_samples)
            self._optimizer = [np.array(variable) for variable in fresh.optimizer.variables]
            self._trace(data, validation)
            return self.begin(seed)
        for variable, other in zip(self.model.variables, fresh.variables, strict=True):
            variable.assign(other)
        for variable, value in zip(self.model.optimizer.variables, self._optimizer, strict=True):
            variable.assign(value)
        return data, validation

    def _trace(self, data: Data, validation: Any) -> None:
        """Trains on a few samples, so that tracing does not count in a trial's time; `begin` then resets the model."""
        train = self.candidate.train
        size = train.batch_size
        few = slice(min(size + data.train_samples % size, data.train_samples))
        test = slice(min(size, data.test_samples))
        part = replace(
            data,
            **{name: take(getattr(data, name), few) for name in ("x_train", "y_train")},
            **{name: take(getattr(data, name), test) for name in ("x_test", "y_test")},
        )
        some = take(list(validation), slice(min(size, samples(validation[0])))) if validation else None
        self._fit(changed(train, epochs=1), part, some, 0, Stop(), Listener())

    def _fit(self, train: Train, data: Data, validation: Any, seed: int, stop: Stop, listener: Listener) -> Epochs:
        watched = tuple(validation) if validation else (data.x_test, data.y_test)
        return fit(self.model, self.candidate.compiled, train, data, watched, seed=seed, stop=stop, listener=listener)

    def train(self, seed: Seed, stop: Stop, listener: Listener, *, timed: bool = True) -> tuple[Trial, Samples]:
        """One training from its weights to its test metrics, and what came of each test sample.

        The learning curve is of the validation part; without one of the test part, which then does not choose a best epoch.
        """
        data, validation = self.begin(seed)
        one, busy = self.candidate, Busy()
        done = self._fit(one.train, data, validation, seed.order, stop, listener)
        tested = self._tested(data.x_test, data, stop)
        several = max(1, BATCH // one.wanted.multiple) * one.wanted.multiple
        trial = Trial(
            version=5,
            variant=one.name,
            spec=one.compiled.path,
            seed=seed.weights,
            order=seed.order,
            metrics=tested["metrics"],
            train_seconds=done.seconds,
            latency=[self._latency(data, batch) for batch in (one.wanted.multiple, several)] if timed else [],
            busy=busy.share(),
            curves_on="validation" if validation else "test",
            kept_epoch=done.restored,
            epochs=[TrialEpoch.model_validate(epoch.to_json()) for epoch in done.epochs],
            versions=versions(),
        )
        return trial, Samples(count=data.test_samples, metrics=tested["samples"])

    def _latency(self, data: Data, batch: int) -> Latency:
        return latency(self.model, self.empty, take(data.x_test, np.resize(np.arange(data.test_samples), batch)), batch)

    def disturbed(self, test: Perturbation, seed: Seed, weights: Path, stop: Stop) -> list[Level]:
        """What comes of the test of a trial's model at each strength of a disturbance."""
        data, _ = self.begin(seed)
        load_weights(self.model, weights, again(weights.parent))
        levels = []
        for level in test.levels:
            stop.check()
            levels.append(Level.model_validate(self._tested(disturbed(self.candidate, data.x_test, test, level), data, stop)))
        return levels

    def _tested(self, x: Any, data: Data, stop: Stop) -> dict[str, dict[str, Any]]:
        """The test metrics with these inputs, and what each sample adds to them."""
        one = self.candidate
        metrics = evaluate(self.model, one.compiled, one.train, x, data.y_test, stop)
        samples = each(self.model, one.compiled, one.train, x, data.y_test, metrics)
        return {
            "metrics": {f"test_{name}": value for name, value in metrics.items()},
            "samples": {f"test_{name}": values for name, values in samples.items()},
        }


class Outcome(NamedTuple):
    """What came of a test.

    Attributes:
        metrics: by name.
        samples: by metric what each test sample, or each group of them, adds to it.
        of: how many test samples there are.
    """

    metrics: Metrics
    samples: Mapping[str, Array] = {}
    of: int = 0


class TrialResult(NamedTuple):
    """The figures of a finished trial.

    Attributes:
        tested: what came of its test.
        disturbed: by disturbance what came of the test at each strength.
        weights: the path of its weights.
    """

    trial: Trial
    tested: Outcome
    disturbed: Mapping[str, Sequence[Outcome]]
    weights: Path


class Work(NamedTuple):
    """A trial to run: a candidate, a seed, the directory of the trial, and disturbances to test the model under.

    Attributes:
        timed: whether the latency of its model is needed.
    """

    candidate: Candidate
    seed: Seed
    kept: Kept
    tests: tuple[Perturbation, ...] = ()
    timed: bool = True

    @property
    def trained(self) -> bool:
        """Whether the trial is kept, with all that is needed of it."""
        return self.kept.trial is not None and (bool(self.kept.trial.latency) or not self.timed)

    @property
    def ready(self) -> bool:
        """Whether nothing is left to do."""
        return self.trained and all(self.kept.disturbed(test.name, test.levels) for test in self.tests)

    def do(self, trainer: Trainer, stop: Stop, listener: Listener) -> None:
        """Trains, and tests on disturbed images, as far as there are no results in the directory."""
        kept = self.kept
        if not self.trained:
            stop.check()
            kept.keep(*trainer.train(self.seed, stop, listener, timed=self.timed), trainer.model)
        for test in self.tests:
            if kept.disturbed(test.name, test.levels) is None:
                stop.check()
                kept.keep_disturbed(test.name, test.levels, trainer.disturbed(test, self.seed, kept.weights, stop))

    @property
    def result(self) -> TrialResult:
        """The result, after `do`."""
        kept = self.kept
        assert kept.trial is not None
        samples = kept.samples()
        levels = {test.name: kept.disturbed(test.name, test.levels) or [] for test in self.tests}
        return TrialResult(
            kept.trial,
            _tested(kept.trial.metrics, samples.metrics, samples.count),
            {name: [_tested(one.metrics, one.samples, samples.count) for one in tests] for name, tests in levels.items()},
            kept.weights,
        )


def _tested(metrics: Metrics, samples: Mapping[str, Sequence[float]], count: int) -> Outcome:
    return Outcome(metrics, {name: np.asarray(values) for name, values in samples.items()}, count)

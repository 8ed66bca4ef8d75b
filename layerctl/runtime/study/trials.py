"""The trials of one candidate: a model is built and traced once, and trained with one seed after another."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
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
from layerctl.runtime.study.kept import Kept, Metrics, Trial, TrialEpoch, again
from layerctl.runtime.study.perturb import Perturbation, disturbed
from layerctl.runtime.training.fit import Epochs, Stop, compile_model, evaluate, fit
from layerctl.runtime.training.record import versions

WARM, TIMED, SECONDS = 3, 60, 0.4
"""For latency: calls before the measurement, the most measured calls, and the most seconds for them."""
BATCH = 128
"""The size of the larger batch whose latency is measured."""


class Trainer:
    """Trains one candidate with one seed after another.

    Building and tracing take longer than training a small model, so both are done once; for each seed all variables of the model
    and the optimizer are set to their initial values.
    """

    def __init__(self, candidate: Candidate) -> None:
        self._original = self.candidate = candidate
        self._seed: int | None = None
        self.model: Any = None
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

    def begin(self, seed: int) -> tuple[Data, tuple[Any, Any] | None]:
        """Sets the model to the state in which training with that seed begins; gives the data as `data` does."""
        keras = backend.keras()
        keras.utils.set_random_seed(seed)
        data, validation = self.data(seed)
        fresh: Any = verified(self.candidate.compiled, seed=seed).model
        if self.model is None:
            self.model = fresh
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

    def train(self, seed: int, stop: Stop, listener: Listener) -> Trial:
        """One training from its weights to its test metrics.

        The learning curve is of the validation part; without one of the test part, which then does not choose a best epoch.
        """
        data, validation = self.begin(seed)
        one = self.candidate
        done = self._fit(one.train, data, validation, seed, stop, listener)
        tested = evaluate(self.model, one.compiled, one.train, data.x_test, data.y_test, stop)
        least = one.wanted.multiple
        several: Any = np.resize(np.arange(data.test_samples), max(1, BATCH // least) * least)
        return Trial(
            version=3,
            variant=one.name,
            spec=one.compiled.path,
            seed=seed,
            metrics={f"test_{name}": value for name, value in tested.items()},
            train_seconds=done.seconds,
            latency_ms=latency(self.model, take(data.x_test, slice(least))),
            latency_128_ms=latency(self.model, take(data.x_test, several)),
            curves_on="validation" if validation else "test",
            kept_epoch=done.restored,
            epochs=[TrialEpoch.model_validate(epoch.to_json()) for epoch in done.epochs],
            versions=versions(),
        )

    def disturbed(self, test: Perturbation, seed: int, weights: Path, stop: Stop) -> list[Metrics]:
        """The test metrics of a trial's model at each strength of a disturbance."""
        data, _ = self.begin(seed)
        load_weights(self.model, weights, again(weights.parent))
        metrics = []
        for level in test.levels:
            stop.check()
            x = disturbed(self.candidate, data.x_test, test, level)
            tested = evaluate(self.model, self.candidate.compiled, self.candidate.train, x, data.y_test, stop)
            metrics.append({f"test_{name}": value for name, value in tested.items()})
        return metrics


class TrialResult(NamedTuple):
    """The figures of a finished trial, by disturbance its test metrics at each strength, and the path of its weights."""

    trial: Trial
    disturbed: Mapping[str, list[Metrics]]
    weights: Path


class Work(NamedTuple):
    """A trial to run: a candidate, a seed, the directory of the trial, and disturbances to test the model under."""

    candidate: Candidate
    seed: int
    kept: Kept
    tests: tuple[Perturbation, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether nothing is left to do."""
        return self.kept.trial is not None and all(self.kept.disturbed(test.name, test.levels) for test in self.tests)

    def do(self, trainer: Trainer, stop: Stop, listener: Listener) -> None:
        """Trains, and tests on disturbed images, as far as there are no results in the directory."""
        kept = self.kept
        if kept.trial is None:
            stop.check()
            kept.keep(trainer.train(self.seed, stop, listener), trainer.model)
        for test in self.tests:
            if kept.disturbed(test.name, test.levels) is None:
                stop.check()
                kept.keep_disturbed(test.name, test.levels, trainer.disturbed(test, self.seed, kept.weights, stop))

    @property
    def result(self) -> TrialResult:
        """The result, after `do`."""
        kept = self.kept
        assert kept.trial is not None
        tested = {test.name: kept.disturbed(test.name, test.levels) or [] for test in self.tests}
        return TrialResult(kept.trial, tested, kept.weights)


def latency(model: Any, x: Any) -> float:
    """Milliseconds from one batch to its outputs: the median of many calls of the compiled model."""
    spent: list[float] = []
    for _ in range(WARM):
        model.predict_on_batch(x)
    while len(spent) < TIMED and sum(spent) < SECONDS:
        begun = time.perf_counter()
        model.predict_on_batch(x)
        spent.append(time.perf_counter() - begun)
    return 1000 * statistics.median(spent)

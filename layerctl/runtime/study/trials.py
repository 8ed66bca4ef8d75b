"""The trials of one variant: trained with one seed after another by a model that is built and traced once, and kept."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from layerctl.base.files import replacing, write_whole
from layerctl.base.progress import Listener
from layerctl.diagnostics.errors import UsageError
from layerctl.language.spec.train import Train
from layerctl.runtime.backends import backend
from layerctl.runtime.data import Data, split
from layerctl.runtime.data._types import samples, take
from layerctl.runtime.models.verified import verified
from layerctl.runtime.study.perturb import Perturbation, disturbed
from layerctl.runtime.training.fit import Epochs, Stop, compile_model, evaluate, fit
from layerctl.runtime.training.record import finite, versions

if TYPE_CHECKING:
    from layerctl.runtime.study.compare import Variant

VERSION = 3
"""Of what is kept of a trial."""
TRIAL = "trial.json"
"""The file of a trial's figures; where it is, the trial is finished."""
WARM, TIMED, SECONDS = 3, 60, 0.4
"""Calls before the latency is measured, calls that are at most, and the time after which no further one is."""
BATCH = 128
"""The size of the larger batch whose latency is measured."""


class Trainer:
    """Trains one variant with one seed after another.

    Building and tracing take longer than training a small model does, so both are done once; for each seed every variable of
    model and optimizer is set to what it would begin with in a new model.
    """

    def __init__(self, variant: Variant) -> None:
        self._given = self.variant = variant
        self._seed: int | None = None
        self.model: Any = None
        self._optimizer: list[Any] = []

    def take(self, variant: Variant) -> None:
        """Goes on with the same variant on other data."""
        self._given, self._seed = variant, None

    def data(self, seed: int) -> tuple[Data, tuple[Any, Any] | None]:
        """What is trained and tested on, and what is validated on, if the spec says so."""
        if self._seed != seed:
            self.variant, self._seed = self._given.at(seed), seed
        variant = self.variant
        return split(variant.data, variant.train.validation_split, seed, variant.wanted, multiple=self.variant.wanted.multiple)

    def begin(self, seed: int) -> tuple[Data, tuple[Any, Any] | None]:
        """Brings the model into the state in which training with that seed begins."""
        keras = backend.keras()
        keras.utils.set_random_seed(seed)
        data, validation = self.data(seed)
        fresh = verified(self.variant.compiled, seed=seed).model
        if self.model is None:
            self.model = fresh
            compile_model(fresh, self.variant.compiled, self.variant.train, data.train_samples)
            self._optimizer = [np.array(variable) for variable in fresh.optimizer.variables]
            self._trace(data, validation)
            return self.begin(seed)
        for variable, other in zip(self.model.variables, fresh.variables, strict=True):
            variable.assign(other)
        for variable, value in zip(self.model.optimizer.variables, self._optimizer, strict=True):
            variable.assign(value)
        return data, validation

    def _trace(self, data: Data, validation: Any) -> None:
        """Trains on a few samples, so that no trial's time holds that of tracing; what that does to the model is undone."""
        size = self.variant.train.batch_size
        few = slice(min(size + data.train_samples % size, data.train_samples))
        test = slice(min(size, data.test_samples))
        part = replace(
            data,
            **{name: take(getattr(data, name), few) for name in ("x_train", "y_train")},
            **{name: take(getattr(data, name), test) for name in ("x_test", "y_test")},
        )
        aside = take(list(validation), slice(min(size, samples(validation[0])))) if validation else None
        train = self.variant.train
        once = type(train).model_construct(**{name: getattr(train, name) for name in train.model_fields_set} | {"epochs": 1})
        self._fit(once, part, aside, 0, Stop(), Listener())

    def _fit(self, train: Train, data: Data, validation: Any, seed: int, stop: Stop, listener: Listener) -> Epochs:
        variant = self.variant
        watched = tuple(validation) if validation else (data.x_test, data.y_test)
        return fit(self.model, variant.compiled, train, data, watched, seed=seed, stop=stop, listener=listener)

    def train(self, seed: int, stop: Stop, listener: Listener) -> dict[str, Any]:
        """One training from its weights to its test metrics.

        The learning curve is of the validation part; where the spec sets none aside, of the test part, by which nothing is
        chosen then.
        """
        data, validation = self.begin(seed)
        done = self._fit(self.variant.train, data, validation, seed, stop, listener)
        tested = evaluate(self.model, data.x_test, data.y_test, self.variant.train.batch_size, stop)
        one = self.variant.wanted.multiple
        several: Any = np.resize(np.arange(data.test_samples), max(1, BATCH // one) * one)
        return {
            "version": VERSION,
            "variant": self.variant.name,
            "spec": self.variant.compiled.path,
            "seed": seed,
            "metrics": {f"test_{name}": value for name, value in tested.items()},
            "train_seconds": done.seconds,
            "latency_ms": latency(self.model, take(data.x_test, slice(one))),
            "latency_128_ms": latency(self.model, take(data.x_test, several)),
            "curves_on": "validation" if validation else "test",
            "epochs": done.lines,
            "versions": versions(),
        }

    def perturbed(self, test: Perturbation, seed: int, weights: Path, stop: Stop) -> list[dict[str, float]]:
        """The test metrics of a trial's model at each strength of a disturbance."""
        data, _ = self.begin(seed)
        self.model.load_weights(str(weights))
        found = []
        for level in test.levels:
            stop.check()
            x = disturbed(self.variant, data.x_test, test, level)
            metrics = evaluate(self.model, x, data.y_test, self.variant.train.batch_size, stop)
            found.append({f"test_{name}": value for name, value in metrics.items()})
        return found


class Kept:
    """What a finished trial leaves in its directory: its figures, its weights, how it does under disturbances.

    Attributes:
        trial: the figures; None where the trial is not finished.
        weights: the path of the trained model's weights.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.weights = folder / "model.weights.h5"
        found = _read(folder / TRIAL)
        self.trial = found if found is not None and found.get("version") == VERSION and self.weights.exists() else None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Writes what is kept.

        Raises:
            UsageError: it cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            yield
        except OSError as error:
            message = f"cannot keep a trial in {self.folder}: {(error.strerror or str(error)).lower()}"
            raise UsageError(message, "make room, or name another place with `--runs-dir`") from error

    def keep(self, trial: dict[str, Any], model: Any) -> None:
        with self.writing(), replacing(self.weights) as temporary:
            model.save_weights(temporary)
        self.trial = finite(trial)
        self._write(TRIAL, self.trial)

    def perturbed(self, name: str, levels: Sequence[float]) -> list[dict[str, float]] | None:
        """The metrics at each strength; None where these strengths have not been tested."""
        found = _read(self.folder / f"{name}.json")
        return found["metrics"] if found is not None and found.get("levels") == list(levels) else None

    def keep_perturbed(self, name: str, levels: Sequence[float], metrics: list[dict[str, float]]) -> None:
        self._write(f"{name}.json", {"levels": list(levels), "metrics": finite(metrics)})

    def _write(self, name: str, content: Any) -> None:
        with self.writing():
            write_whole(self.folder / name, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


class Work(NamedTuple):
    """A trial that is to be there in the end.

    Attributes:
        variant: what is trained.
        seed: of it.
        kept: what is left of earlier calls.
        tests: disturbances that its model is tested under.
    """

    variant: Variant
    seed: int
    kept: Kept
    tests: tuple[Perturbation, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether nothing is left to do."""
        return self.kept.trial is not None and all(self.kept.perturbed(test.name, test.levels) for test in self.tests)

    def do(self, trainer: Trainer, stop: Stop, listener: Listener) -> None:
        """Trains, and tests on disturbed images; only what is not kept is done."""
        kept = self.kept
        if kept.trial is None:
            stop.check()
            kept.keep(trainer.train(self.seed, stop, listener), trainer.model)
        for test in self.tests:
            if kept.perturbed(test.name, test.levels) is None:
                stop.check()
                kept.keep_perturbed(test.name, test.levels, trainer.perturbed(test, self.seed, kept.weights, stop))

    @property
    def result(self) -> dict[str, Any]:
        """The figures of a trial that is done, those on disturbed images with them."""
        assert self.kept.trial is not None
        return {**self.kept.trial, "perturbed": {test.name: self.kept.perturbed(test.name, test.levels) for test in self.tests}}


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


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

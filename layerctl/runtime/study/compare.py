"""Candidates trained alike over several seeds; each finished trial is kept, so that an interrupted comparison goes on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from layerctl.base.machine import stage
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError
from layerctl.language.resolved import resolved
from layerctl.runs.listener import Listener
from layerctl.runtime.backends import backend
from layerctl.runtime.codes import NotComparable
from layerctl.runtime.data import Data
from layerctl.runtime.data._types import Array
from layerctl.runtime.data._wanted import place
from layerctl.runtime.models.custom import blamed, sources
from layerctl.runtime.study import perturb
from layerctl.runtime.study.candidate import Candidate, Options, common_metrics
from layerctl.runtime.study.kept import Kept, writing
from layerctl.runtime.study.trials import Seed, Trainer, TrialResult, Work
from layerctl.runtime.training.fit import stop_on_interrupt
from layerctl.runtime.training.record import versions

Results = Mapping[str, Sequence[TrialResult]]
"""The trials of each candidate by its name, in the order of the seeds."""


def train_all(candidates: Sequence[Candidate], seeds: Sequence[Seed | int], options: Options, listener: Listener) -> Results:
    """Trains every candidate with every seed, as `Study` does."""
    return Study(candidates, options, listener).results([one if isinstance(one, Seed) else Seed(one, one) for one in seeds])


class Study:
    """The trials of several candidates, for more and more seeds; what an earlier call has finished is read from its files.

    Results on permuted images become a trial's `disturbed["permute"]`.

    Raises:
        SpecError: the images cannot be disturbed.
        UsageError: trials cannot be kept.
    """

    def __init__(self, candidates: Sequence[Candidate], options: Options, listener: Listener) -> None:
        backend.keras()
        for candidate in candidates if options.perturb else ():
            perturb.image_shape(candidate)
        self.candidates, self.options, self.listener = candidates, options, listener
        self._tests = perturb.chosen(options.perturb)
        self._twins = {one.name: _permuted(one) for one in candidates} if perturb.PERMUTE in options.perturb else {}
        self._trainers: dict[str, Trainer] = {}
        self._done: dict[str, list[TrialResult]] = {one.name: [] for one in candidates}
        with writing(Path(options.runs, "compare")):
            pass  # a directory that cannot be written is an error before the first trial

    def results(self, seeds: Sequence[Seed]) -> Results:
        """The trials with these seeds, which begin with those of the call before; only the further ones are new.

        Raises:
            SpecError: a loss is not a number, or a kept trial is damaged.
            KeyboardInterrupt: after Ctrl-C; finished trials are kept.
        """
        further = seeds[len(self._done[self.candidates[0].name]) :]
        results = iter(self._run(list(self._work(further))))
        for _ in further:
            for one in self.candidates:
                result = next(results)
                if self._twins:
                    tests = [result.tested, next(results).tested]
                    result = result._replace(disturbed={perturb.PERMUTE: tests, **result.disturbed})
                self._done[one.name].append(result)
        return {name: tuple(results) for name, results in self._done.items()}

    def _work(self, seeds: Sequence[Seed]) -> Iterator[Work]:
        for seed in seeds:
            for one in self.candidates:
                yield self._trial(one, seed, self._tests)
                if twin := self._twins.get(one.name):
                    yield self._trial(twin, seed)

    def _trial(self, candidate: Candidate, seed: Seed, tests: tuple[perturb.Perturbation, ...] = ()) -> Work:
        return Work(candidate, seed, Kept(_folder(candidate, seed, self.options)), tests, self.options.timed)

    def _run(self, work: Sequence[Work]) -> list[TrialResult]:
        """The results of the trials, which run one after another in this process, or as tasks of Ray."""
        if earlier := sum(one.kept.earlier for one in work):
            trials = f"{earlier} trials were" if earlier > 1 else "a trial was"
            self.listener.noticed(f"{trials} kept by an earlier version of layerctl, without the test samples: done anew")
        with stop_on_interrupt() as stop:
            if self.options.ray is not None:
                from layerctl.runtime.study import rays

                return rays.results(work, stop, self.listener, self.options.ray)
            for number, one in enumerate(work, 1):
                kept = one.trained
                self.listener.trial_begins(one.candidate.name, one.seed.name, number, len(work), kept)
                trainer = self._trainers.setdefault(one.candidate.name, Trainer(one.candidate))
                with blamed(one.candidate.compiled), stage(f"`{one.candidate.name}` was trained with seed {one.seed.name}"):
                    one.do(trainer, stop, self.listener)
                self.listener.trial_ends()
                stop.check()
        return [one.result for one in work]


def _folder(candidate: Candidate, seed: Seed, options: Options) -> Path:
    return Path(options.runs, "compare", trial_key(candidate, seed, options.limit))


def trial_key(candidate: Candidate, seed: Seed, limit: int | None) -> str:
    """The name of a trial's directory: a hash of everything that its result depends on."""
    return _hash(_identity(candidate, seed.weights if seed.weights == seed.order else list(seed), limit))


def design_key(candidate: Candidate, limit: int | None) -> str:
    """The name of a candidate, whatever the seed: a hash of everything else that its results depend on."""
    return _hash(_identity(candidate, None, limit))


def _identity(candidate: Candidate, seed: object, limit: int | None) -> list[object]:
    spec = resolved(candidate.compiled.model, candidate.compiled.document, train=candidate.train)
    return [spec, candidate.data.fingerprint, seed, limit, versions(), *sources(candidate.compiled)]


def _hash(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _permuted(candidate: Candidate) -> Candidate:
    """The candidate on images whose pixels are permuted, for training and for the test."""
    moved = partial(_moved, perturb.permutation(candidate))
    return replace(candidate, name=f"{candidate.name} (permuted)", data=moved(candidate.data), moved=moved)


def _moved(order: Array, data: Data) -> Data:
    parts = [part for part in ("x_train", "x_val", "x_test") if getattr(data, part) is not None]
    x = {part: perturb.permuted(getattr(data, part), order) for part in parts}
    return replace(data, fingerprint=f"{data.fingerprint}, permuted", **x)


def check_alike(candidates: Sequence[Candidate]) -> None:
    """Checks that the candidates are for one task.

    Raises:
        SpecError: a candidate has other data, outputs or metrics than the first; at its entry in the spec.
    """
    first = candidates[0]
    for other in candidates[1:]:
        if first.data.fingerprint != other.data.fingerprint:
            named_alike = other.wanted.name == first.wanted.name
            what = "other samples of it, as its inputs or targets differ" if named_alike else f"`{other.wanted.name}`"
            message = f"`{first.name}` is trained on `{first.wanted.name}`, `{other.name}` on {what}"
            help = "compare designs with the same inputs" if named_alike else "give both the same: `--data digits`"
            raise _refused(other, ("train", "data"), message, help)
        a, b = ([(target.shape, target.form) for target in one.wanted.targets] for one in (first, other))
        if a != b:
            message = f"the outputs of `{first.name}` and `{other.name}` differ: {_shapes(first)} and {_shapes(other)}"
            raise _refused(other, ("outputs",), message, "variants have the same outputs and kinds of losses")
        if not common_metrics((first, other)):
            message = f"`{first.name}` and `{other.name}` report no metric in common"
            raise _refused(other, ("train", "metrics"), message, "give both `metrics: [accuracy]`, for example")


def _refused(candidate: Candidate, at: tuple[str, ...], message: str, help: str) -> SpecError:
    return SpecError((Diagnostic(NotComparable, place(candidate.compiled, *at), message, "", help),))


def _shapes(candidate: Candidate) -> str:
    return ", ".join(f"{target.shape} for {target.loss or 'no loss'}" for target in candidate.wanted.targets)

"""A design that is compared with others: its spec, how it is trained, and its data."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from layerctl.analysis.data.wanted import Wanted
from layerctl.analysis.losses import units_of
from layerctl.compiler.pipeline import Accepted
from layerctl.compiler.variants import Match
from layerctl.language.resolved import plain
from layerctl.language.spec.chosen import Chosen
from layerctl.language.spec.reported import losses_by_output, reported
from layerctl.language.spec.train import Train
from layerctl.runtime.data import Data, learnt, load
from layerctl.runtime.data._wanted import wanted
from layerctl.runtime.training.validation import check_validation


class Options(NamedTuple):
    """How all candidates of a comparison are trained and tested.

    Attributes:
        runs: the directory in which finished trials are kept.
        data_dir: where files of named sets are looked for first.
        limit: at most this many training samples, and test samples.
        perturb: the disturbances of the images to test under, by name.
        timed: whether the latency of each trial's model is measured.
        ray: the address of the cluster that runs the trials, `""` for that of `RAY_ADDRESS` or this machine; None without Ray.
    """

    runs: str | os.PathLike[str] = "runs"
    data_dir: str | os.PathLike[str] | None = None
    limit: int | None = None
    perturb: tuple[str, ...] = ()
    ray: str | None = None
    timed: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """A design with its data, ready to be trained with any seed.

    Attributes:
        name: unique among the candidates.
        compiled: its spec.
        train: how it is trained.
        wanted: the shapes and types that it needs of the data.
        data: the data in that form.
        limit: at most this many training samples, and test samples.
        moved: a change of the data after reading.
        seeded: whether the data were prepared for one seed.
        overrides: the changes that make the spec a variant, `vars.width=64`.
        match: the width that brings it to the cost of the first candidate; None without `--match`.
    """

    name: str
    compiled: Accepted
    train: Train
    wanted: Wanted
    data: Data
    limit: int | None = None
    moved: Callable[[Data], Data] | None = None
    seeded: bool = False
    overrides: tuple[str, ...] = ()
    match: Match | None = None

    def at(self, seed: int) -> Candidate:
        """The candidate with its preprocessing adapted to the samples that this seed leaves for training.

        The test part, and synthetic data, are the same for all seeds.
        """
        if self.seeded or not (self.train.validation_split and learnt(self.data)):
            return self
        data = load(replace(self.wanted, aside=seed), limit=self.limit)
        return replace(self, data=self.moved(data) if self.moved else data, seeded=True)

    @property
    def outputs(self) -> list[str]:
        """The names of the model's outputs."""
        return [output.name for output in self.compiled.model.graph.outputs]


def candidate(
    name: str,
    compiled: Accepted,
    train: Train,
    options: Options,
    *,
    seed: int = 0,
    overrides: tuple[str, ...] = (),
    match: Match | None = None,
) -> Candidate:
    """Reads the data of a design; `seed` is that of synthetic data.

    Raises:
        SpecError: the data cannot be read, or do not fit.
    """
    want = wanted(compiled, train, data_dir=options.data_dir, seed=seed)
    limit = options.limit or train.limit
    data = load(want, limit=limit)
    check_validation(compiled, train, data)
    return Candidate(name, compiled, train, want, data, limit, overrides=overrides, match=match)


def common_metrics(candidates: Sequence[Candidate]) -> list[str]:
    """The metrics that all candidates report, without `test_`; losses only if all candidates have the same.

    A name under which some report what should rise, and others what should fall, is none of them.
    """
    reports = [dict.fromkeys(reported(one.train, units_of(one.compiled.model)).values()) for one in candidates]
    common = [value.name for value in reports[0] if all(value in others for others in reports)]
    losses = [[_as_value(chosen) for chosen in losses_by_output(one.train, one.outputs).values()] for one in candidates]
    same = all(other == losses[0] for other in losses)
    return sorted((name for name in common if same or not name.endswith("loss")), key=lambda name: name.endswith("loss"))


def _as_value(chosen: Chosen) -> object:
    """A loss for comparison: its class and arguments, in whichever form it was written."""
    return chosen.written if chosen.arguments is None else (chosen.arguments.keras_name(), plain(chosen.arguments.given()))

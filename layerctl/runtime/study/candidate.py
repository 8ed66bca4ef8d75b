"""A design that is compared with others: its spec, how it is trained, and its data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from layerctl.compiler.pipeline import Accepted
from layerctl.compiler.variants import Match
from layerctl.language.resolved import plain
from layerctl.language.spec.chosen import Chosen
from layerctl.language.spec.reported import losses_by_output, reported
from layerctl.language.spec.train import Train
from layerctl.runtime.data import Data, learnt, load
from layerctl.runtime.data._types import Wanted
from layerctl.runtime.data._wanted import wanted
from layerctl.runtime.study.options import Options


@dataclass(frozen=True, slots=True)
class Candidate:
    """A design with its data, ready to be trained with any seed.

    Attributes:
        name: unique among the candidates.
        compiled: its spec.
        train: how it is trained.
        wanted: what it wants of the data.
        data: as it takes them.
        limit: at most so many training samples, and test samples, of those that are read.
        moved: what is done to the data once they are read.
        seeded: whether the data are those of one seed.
        overrides: the changes that make the spec a variant, `vars.width=64`.
        match: the width that brings it to the cost of the first candidate; None where nothing was to be matched.
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
        """The candidate as a trial takes it: what is learnt of the data is learnt of what the seed leaves for training.

        The test part, and data that are made, are the same for all seeds.
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
    """Reads the data of a design.

    Args:
        name: unique among the candidates.
        compiled: its spec.
        train: how it is trained.
        options: of the comparison.
        seed: of data that are made.
        overrides: the changes that make the spec a variant.
        match: the width that brings it to the cost of the first candidate.

    Raises:
        SpecError: the data cannot be had, or do not fit.
    """
    want = wanted(compiled, train, data_dir=options.data_dir, seed=seed)
    limit = options.limit or train.limit
    data = load(want, limit=limit)
    return Candidate(name, compiled, train, want, data, limit, overrides=overrides, match=match)


def common_metrics(candidates: Sequence[Candidate]) -> list[str]:
    """What all candidates report and means the same in each, without `test_`: the loss only where it is the same."""
    names = [list(dict.fromkeys(value.name for value in reported(one.train, one.outputs).values())) for one in candidates]
    common = [name for name in names[0] if all(name in others for others in names)]
    losses = [[_as_value(chosen) for chosen in losses_by_output(one.train, one.outputs).values()] for one in candidates]
    same = all(other == losses[0] for other in losses)
    return sorted((name for name in common if same or not name.endswith("loss")), key=lambda name: name.endswith("loss"))


def _as_value(chosen: Chosen) -> object:
    """A loss as a value: its class and arguments, however it was written."""
    return chosen.written if chosen.arguments is None else (chosen.arguments.keras_name(), plain(chosen.arguments.given()))

"""What `layerctl compare` finds: figures of each variant, differences of each two, and what they allow to be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, NamedTuple

from layerctl.base.json_text import plain
from layerctl.compiler.variants import Match
from layerctl.report.results.intervals import Interval, Spread

Verdict = Literal["a", "b", "undecided"]


class Curves(NamedTuple):
    """Learning curves.

    Attributes:
        on: the part of the data that they are of: `validation`, or `test`.
        metrics: by the name of the metric, the mean over the seeds after each epoch.
    """

    on: str
    metrics: Mapping[str, tuple[Interval, ...]]

    def to_json(self) -> dict[str, Any]:
        return {"on": self.on, **plain(self.metrics)}


class TimeToTarget(NamedTuple):
    """How long training takes until a metric has a value.

    Attributes:
        metric: the first metric.
        target: the value.
        reached: how many trials reached it.
        of: how many trials there are.
        epochs: over the trials that reached it; None where none did.
        seconds: of training, likewise.
    """

    metric: str
    target: float
    reached: int
    of: int
    epochs: Spread | None
    seconds: Spread | None


@dataclass(frozen=True, slots=True)
class VariantFigures:
    """One variant: its cost, and what it came to over the seeds.

    Attributes:
        name: unique among the variants.
        spec: the path of its spec.
        params: parameters.
        macs: multiply-accumulates of one sample.
        weight_bytes: memory of the weights.
        activation_bytes: memory of the activations of one sample; None where a dimension is unknown.
        training: how it is trained, as its section `train` says it.
        metrics: the test metrics by name, `test_accuracy`.
        train_seconds: of the steps of training alone.
        latency_ms: milliseconds from one sample to its output.
        latency_128_ms: milliseconds from 128 samples to their outputs.
        curves: the learning curves.
        to_target: how long it takes to a target; None without one.
        overrides: the changes of its spec, `vars.width=64`.
        match: the width that brings it to the cost of the first variant; None where nothing was to be matched.
    """

    name: str
    spec: str
    params: int
    macs: int
    weight_bytes: int
    activation_bytes: int | None
    training: Mapping[str, Any]
    metrics: Mapping[str, Spread]
    train_seconds: Spread
    latency_ms: Spread
    latency_128_ms: Spread
    curves: Curves
    to_target: TimeToTarget | None = None
    overrides: tuple[str, ...] = ()
    match: Match | None = None

    def to_json(self) -> dict[str, Any]:
        data = {field.name: plain(getattr(self, field.name)) for field in fields(self)}
        return {key: value for key, value in data.items() if value or key not in ("to_target", "overrides", "match")}


class Pair(NamedTuple):
    """Two variants compared by one metric.

    Attributes:
        a: the name of the first variant.
        b: the name of the second one.
        metric: `test_accuracy`.
        difference: of `a` minus `b`, taken seed by seed.
        p_value: of a paired t-test; None with fewer than two seeds, or where a value is no number.
        p_adjusted: the p-value corrected for the number of pairs (Holm).
        verdict: the better one, where the difference is more than chance.
        worthwhile_difference: one that is worth knowing.
        needed_seeds: how many seeds would show it with a chance of 80 %; None where that cannot be said.
    """

    a: str
    b: str
    metric: str
    difference: Interval
    p_value: float | None
    p_adjusted: float | None
    verdict: Verdict
    worthwhile_difference: float
    needed_seeds: int | None


class DisturbedVariant(NamedTuple):
    """A variant's test metrics under one disturbance.

    Attributes:
        name: of the variant.
        metrics: by the name of the metric, one for each strength.
    """

    name: str
    metrics: Mapping[str, tuple[Spread, ...]]


class Disturbance(NamedTuple):
    """All variants under one disturbance of the test images.

    Attributes:
        name: `permute`, `shift`, `noise`, `occlude` or `rotate`.
        unit: of its strength.
        levels: the strengths that were tested, from none.
        variants: in the order of the comparison.
    """

    name: str
    unit: str
    levels: tuple[float, ...]
    variants: tuple[DisturbedVariant, ...]

    def to_json(self) -> dict[str, Any]:
        return {"unit": self.unit, "levels": list(self.levels), "variants": plain(self.variants)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Variants trained alike over several seeds.

    Attributes:
        data: the name of the data, or their path.
        seeds: of the trials.
        variants: in the order of the user.
        pairs: each two variants by each metric that all report.
        disturbances: how all variants do on disturbed images, where that was asked for.
    """

    data: str
    seeds: tuple[int, ...]
    variants: tuple[VariantFigures, ...]
    pairs: tuple[Pair, ...]
    disturbances: tuple[Disturbance, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The comparison as `layerctl compare --format json` prints it."""
        data: dict[str, Any] = {
            "version": 1,
            "data": self.data,
            "seeds": list(self.seeds),
            "variants": plain(self.variants),
            "pairs": plain(self.pairs),
        }
        if self.disturbances:
            data["perturbations"] = {disturbance.name: disturbance.to_json() for disturbance in self.disturbances}
        return data

"""The result of `layerctl compare`: the figures of each variant, and the differences of every two with their verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from layerctl.base.json_text import by_field, plain
from layerctl.compiler.variants import Match
from layerctl.report.results.intervals import Interval, Spread

Verdict = Literal["a", "b", "undecided"]


class Curves(NamedTuple):
    """Learning curves.

    Attributes:
        on: the part of the data that they were measured on: `validation`, or `test`.
        metrics: by the name of the metric, the mean over the seeds after each epoch.
    """

    on: str
    metrics: Mapping[str, tuple[Interval, ...]]

    def to_json(self) -> dict[str, Any]:
        return {"on": self.on, **plain(self.metrics)}


class TimeToTarget(NamedTuple):
    """How long training takes until the first metric reaches a value.

    Attributes:
        reached: how many trials reached it.
        of: how many trials there are.
        epochs: over the trials that reached it; None if none did.
        seconds: of training; likewise.
    """

    metric: str
    target: float
    reached: int
    of: int
    epochs: Spread | None
    seconds: Spread | None


@dataclass(frozen=True, slots=True)
class VariantFigures:
    """A variant with its cost and its results over the seeds.

    Attributes:
        name: unique among the variants.
        spec: the path of its spec.
        macs: multiply-accumulates of one sample.
        weight_bytes: memory of the weights.
        activation_bytes: memory of the activations of one sample; None if a dimension is unknown.
        training: the settings of its section `train`.
        metrics: the test metrics by name, `test_accuracy`.
        train_seconds: of the training steps alone.
        latency_ms: milliseconds that one call takes on one sample.
        latency_128_ms: milliseconds that one call takes on 128 samples.
        to_target: the time to a target; None without one.
        overrides: its changes of the spec, `vars.width=64`.
        match: the width that brings it to the cost of the first variant; None without `match`.
        kept_epochs: by seed, the epoch whose weights early stopping restored, and `metrics` are of; empty if the last ones stay.
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
    kept_epochs: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return by_field(self, "to_target", "overrides", "match", "kept_epochs")


class Pair(NamedTuple):
    """Two variants compared by one metric.

    Attributes:
        a: the name of the first variant.
        b: the name of the second variant.
        metric: `test_accuracy`.
        difference: `a` minus `b`, seed by seed.
        p_value: of a paired t-test; None with one seed, or if a value is not a number.
        p_adjusted: the p-value corrected for the number of pairs (Holm).
        verdict: the better variant if the difference is significant.
        worthwhile_difference: the smallest difference worth knowing.
        needed_seeds: how many seeds would show that difference with a probability of 80 %; None if that is unknown.
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
    """The test metrics of a variant under a disturbance: by name, one for each strength."""

    name: str
    metrics: Mapping[str, tuple[Spread, ...]]


class Disturbance(NamedTuple):
    """All variants under one disturbance of the test images.

    Attributes:
        name: `permute`, `shift`, `noise`, `occlude` or `rotate`.
        unit: of its strength.
        levels: the strengths that were tested; the first is 0.
        variants: in the order of the comparison.
        change: what arrived, for each strength: the root mean square change of a pixel, as a share of the range; empty where the
            pixels are permuted.
    """

    name: str
    unit: str
    levels: tuple[float, ...]
    variants: tuple[DisturbedVariant, ...]
    change: tuple[float, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return by_field(self, "change")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Variants trained alike over several seeds.

    Attributes:
        data: the name of the data, or their path.
        variants: in the order in which they were named.
        pairs: every two variants by each metric that all report.
        disturbances: the results on disturbed images, if `perturb` was given.
    """

    data: str
    seeds: tuple[int, ...]
    variants: tuple[VariantFigures, ...]
    pairs: tuple[Pair, ...]
    disturbances: tuple[Disturbance, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The comparison as `layerctl compare --format json` prints it."""
        data = {"version": 1, **by_field(self)}
        perturbations = {one.pop("name"): one for one in data.pop("disturbances")}
        return data | ({"perturbations": perturbations} if perturbations else {})

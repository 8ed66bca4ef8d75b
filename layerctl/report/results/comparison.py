"""The result of `layerctl compare`: the figures of each variant, and the differences of every two with their verdicts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from layerctl.base.json_text import by_field, finite, plain
from layerctl.compiler.variants import Match
from layerctl.report.results.intervals import Interval, Spread

Verdict = Literal["a", "b", "undecided"]
POINTS = 0.005
"""The worthwhile difference of shares, such as accuracies: half a percentage point."""


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
        epochs: over all trials, up to the horizon: one that does not reach the target counts with all of it; None if none does.
        seconds: of training; likewise.
        horizon: the epochs and the seconds up to which every trial is known, of all variants.
    """

    metric: str
    target: float
    reached: int
    of: int
    epochs: Spread | None
    seconds: Spread | None
    horizon: tuple[float, float] = (math.inf, math.inf)

    def to_json(self) -> dict[str, Any]:
        epochs, seconds = self.horizon
        return by_field(self) | {"horizon": finite({"epochs": epochs, "seconds": seconds})}


class Timing(NamedTuple):
    """The time of one call, in milliseconds: quartiles without the call itself, and what a call takes by itself.

    Each is the median over the trials.
    """

    batch: int
    low_ms: float
    median_ms: float
    high_ms: float
    empty_ms: float


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
        latency_ms: milliseconds that the layers take on one sample: one call, less that of a model without layers.
        latency_128_ms: the same on 128 samples.
        to_target: the time to a target; None without one.
        overrides: its changes of the spec, `vars.width=64`.
        match: the width that brings it to the cost of the first variant; None without `match`.
        kept_epochs: by seed, the epoch whose weights early stopping restored, and `metrics` are of; empty if the last ones stay.
        with_samples: the means of `metrics` with intervals by chance in training and in the test samples.
        latency: quartiles of the calls, and the time of an empty one; on one sample and on 128.
        busy: the largest share of the machine's processors that other programs took during a trial; None where that is unknown.
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
    with_samples: Mapping[str, Interval] = field(default_factory=dict)
    latency: tuple[Timing, ...] = ()
    busy: float | None = None

    def to_json(self) -> dict[str, Any]:
        return by_field(self, "to_target", "overrides", "match", "kept_epochs", "busy")


class Pair(NamedTuple):
    """Two variants compared by one metric.

    Attributes:
        a: the name of the first variant.
        b: the name of the second variant.
        metric: `test_accuracy`.
        difference: `a` minus `b`, seed by seed, with its interval by chance in training.
        p_value: by chance in training and in the test samples; None with one seed, or if a value is not a number. By chance in
            training alone of a metric that is no mean over the samples.
        p_adjusted: the p-value corrected for the number of pairs, and for earlier looks; None for a metric that decides nothing.
        verdict: the better variant if the difference is significant.
        worthwhile_difference: the smallest difference worth knowing.
        needed_seeds: how many seeds would show that difference with a probability of 80 %; None if that is unknown, or if no
            number of seeds does.
        with_samples: the difference with its interval by chance in training and in the test samples; None without them.
        p_training: the p-value by chance in training alone, of a paired t-test.
        correlation: of the two variants' values over the seeds: what pairing gains.
        needed_samples: how many test samples would show the worthwhile difference, with enough seeds.
        primary: whether the verdict goes by this metric; the others are described.
        looks: the numbers of trials of all looks up to this one.
        decided_at: the number of trials of the earlier look that had decided already.
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
    with_samples: Interval | None = None
    p_training: float | None = None
    correlation: float | None = None
    needed_samples: int | None = None
    primary: bool = True
    looks: tuple[int, ...] = ()
    decided_at: int | None = None

    @property
    def of_shares(self) -> bool:
        """Whether the metric is a share; its differences are then shown in percentage points."""
        return self.worthwhile_difference == POINTS


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
        orders: the seeds of the order of the data, if they are crossed with `seeds`, which are then those of the weights.
        test_samples: how many there are.
        plan: the number of trials at which the looks end, if they are planned.
    """

    data: str
    seeds: tuple[int, ...]
    variants: tuple[VariantFigures, ...]
    pairs: tuple[Pair, ...]
    disturbances: tuple[Disturbance, ...] = ()
    orders: tuple[int, ...] = ()
    test_samples: int = 0
    plan: int | None = None

    @property
    def trials(self) -> int:
        """Of each variant."""
        return len(self.seeds) * max(1, len(self.orders))

    def to_json(self) -> dict[str, Any]:
        """The comparison as `layerctl compare --format json` prints it."""
        data = {"version": 1, **by_field(self, "orders", "plan")}
        perturbations = {one.pop("name"): one for one in data.pop("disturbances")}
        return data | ({"perturbations": perturbations} if perturbations else {})

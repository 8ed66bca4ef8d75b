"""What figures allow to be said: verdicts, and the seeds that a verdict would need; by trials made up, without a framework."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from layerctl.compiler.pipeline import compile_text
from layerctl.compiler.trainable import trainable
from layerctl.compiler.variants import Match
from layerctl.report.results.comparison import Comparison, Pair, TimeToTarget
from layerctl.report.results.intervals import Spread
from layerctl.runtime.study.candidate import Candidate, common_metrics
from layerctl.runtime.study.kept import Latency, Trial
from layerctl.runtime.study.pairs import Seen, side, verdict, worthwhile
from layerctl.runtime.study.pairs import values as values_of
from layerctl.runtime.study.power import needed_seeds
from layerctl.runtime.study.spending import Look, next_level
from layerctl.runtime.study.statistics import SHARE, estimate
from layerctl.runtime.study.trials import Outcome, Seed, TrialResult
from layerctl.runtime.study.verdicts import Terms, compared, direction

SPEC = """
inputs: {x: [6]}
layers: [{Dense: {units: 3, activation: softmax}}]
train: {data: synthetic, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
"""
Metrics = Mapping[str, float | None]
Disturbed = Mapping[str, Sequence[Metrics]]
Results = Mapping[str, Sequence[TrialResult]]


def candidate(name: str, text: str = SPEC) -> Candidate:
    compiled = compile_text(text, f"{name}.yaml").accepted()
    wanted: Any = SimpleNamespace(name=f"data of {name}")
    data: Any = None
    return Candidate(name, compiled, trainable(compiled), wanted, data)


def trial(
    accuracy: float, disturbed: Disturbed | None = None, samples: Mapping[str, Any] | None = None, **changes: Any
) -> TrialResult:
    """A trial that came to an accuracy."""
    values = {
        "variant": "", "spec": "", "seed": 0, "metrics": {"test_accuracy": accuracy, "test_loss": 1 - accuracy},
        "train_seconds": 1.0, "latency": [latency(1, 1.0), latency(128, 1.0)], "curves_on": "test", "epochs": epochs(accuracy),
        "versions": {}, "version": 5, "order": 0, **changes,
    }  # fmt: skip
    found = Trial.model_validate(values)
    levels = {name: [Outcome(metrics) for metrics in levels] for name, levels in (disturbed or {}).items()}  # type: ignore[arg-type]
    return TrialResult(found, Outcome(found.metrics, samples or {}, 8), levels, Path())


def latency(batch: int, ms: float) -> Latency:
    return Latency(batch=batch, quartiles_ms=[ms, ms + 0.25, ms + 0.5], empty_ms=0.25)


def epochs(*accuracy: float | None) -> list[dict[str, Any]]:
    return [
        {"epoch": n, "seconds": 0.5 * n, "samples": 8, "val_accuracy": value, "val_loss": 1 - (value or 0)}
        for n, value in enumerate(accuracy, 1)
    ]


def comparison(results: Results, *, text: str = SPEC, seeds: Sequence[Seed] | None = None, **terms: Any) -> Comparison:
    """The comparison of candidates by their trials."""
    alike = [Seed(seed, seed) for seed in range(len(next(iter(results.values()))))]
    return compared([candidate(name, text) for name in results], results, seeds or alike, Terms(**terms))


def accuracies(**values: Sequence[float]) -> Results:
    return {name: [trial(value) for value in many] for name, many in values.items()}


def pair(found: Comparison, a: str, b: str, metric: str = "test_accuracy") -> Pair:
    """What is said of two variants on a metric."""
    (one,) = (one for one in found.pairs if (one.a, one.b, one.metric) == (a, b, metric))
    return one


ONE = [0.90, 0.91, 0.92, 0.91, 0.90]
LIKELY_BETTER = [0.911, 0.922, 0.923, 0.921, 0.901]
"""Better than `ONE` by a p-value of 0.03: enough where nothing else is compared."""
BETTER = [0.95, 0.962, 0.968, 0.961, 0.951]
FIRST = 1 / 0.8
"""The first look spends four fifths of the 5 %: its p-values are corrected by this factor."""


def test_a_verdict_goes_by_the_corrected_p_value() -> None:
    raw = stats.ttest_rel(ONE, LIKELY_BETTER).pvalue
    assert 0.05 / 3 < raw * FIRST < 0.05
    alone = pair(comparison(accuracies(one=ONE, other=LIKELY_BETTER)), "one", "other")
    assert (alone.p_value, alone.p_adjusted, alone.verdict) == (pytest.approx(raw), pytest.approx(FIRST * raw), "b")
    assert alone.p_training == alone.p_value
    third = [0.905, 0.925, 0.90, 0.935, 0.88]
    among = comparison(accuracies(one=ONE, other=LIKELY_BETTER, third=third))
    assert all(one.p_value is not None and one.p_value >= raw * (1 - 1e-9) for one in among.pairs)
    found = pair(among, "one", "other")
    assert (found.p_value, found.p_adjusted) == (pytest.approx(raw), pytest.approx(3 * FIRST * raw))
    assert found.verdict == "undecided"


def test_one_metric_decides_and_the_others_are_described() -> None:
    for terms, decides, described in (({}, "accuracy", "loss"), ({"metric": "loss"}, "loss", "accuracy")):
        found = comparison(accuracies(one=ONE, better=BETTER), **terms)
        first, other = (pair(found, "one", "better", f"test_{name}") for name in (decides, described))
        assert [one.metric for one in found.pairs] == [first.metric, other.metric]
        assert (first.primary, first.verdict, first.looks) == (True, "b", (5,))
        assert (other.primary, other.verdict, other.looks) == (False, "undecided", ())
        assert other.p_adjusted is None
        assert other.p_value is not None
        assert other.p_value < 0.001
        assert list(found.variants[0].metrics) == [first.metric, other.metric]


@pytest.mark.parametrize(("a", "b", "said"), [(BETTER, ONE, "a"), (ONE, BETTER, "b")])
def test_the_better_one_has_the_higher_accuracy_and_the_lower_loss(a: list[float], b: list[float], said: str) -> None:
    for metric, sign in (("accuracy", 1), ("loss", -1)):
        one = pair(comparison(accuracies(one=a, other=b), metric=metric), "one", "other", f"test_{metric}")
        mean, low, high = one.difference
        assert one.verdict == said
        assert mean == pytest.approx(sign * (np.mean(a) - np.mean(b)))
        assert low is not None
        assert high is not None
        assert low < mean < high


@pytest.mark.parametrize(
    ("difference", "p", "better", "said"),
    [
        (0.1, 0.0499, "max", "a"),
        (-0.1, 0.0499, "max", "b"),
        (0.1, 0.0499, "min", "b"),
        (-0.1, 0.0499, "min", "a"),
        (0.1, 0.05, "max", "undecided"),
        (0.1, 0.0501, "max", "undecided"),
        (0.1, None, "max", "undecided"),
        (0.1, 0.0001, None, "undecided"),
    ],
)
def test_a_difference_counts_from_one_chance_in_twenty(difference: float, p: float | None, better: str | None, said: str) -> None:
    assert verdict(difference, p, better) == said


def test_the_seeds_needed_are_those_of_a_further_look_among_all_pairs() -> None:
    """Among three variants each pair is held against a third of the level, so that more seeds are needed to tell two apart."""
    differences = estimate(np.subtract(ONE, LIKELY_BETTER))
    two = pair(comparison(accuracies(one=ONE, other=LIKELY_BETTER)), "one", "other").needed_seeds
    three = pair(comparison(accuracies(one=ONE, other=LIKELY_BETTER, third=BETTER)), "one", "other").needed_seeds
    assert two == needed_seeds(differences, 0.005, next_level([Look(5)], 0.05))
    assert three == needed_seeds(differences, 0.005, next_level([Look(5)], 0.05 / 3))
    assert two is not None
    assert three is not None
    assert two < three
    described = pair(comparison(accuracies(one=ONE, other=LIKELY_BETTER), metric="loss"), "one", "other").needed_seeds
    assert described == needed_seeds(differences, 0.005, 0.05)
    among = comparison(accuracies(one=ONE, other=LIKELY_BETTER, third=BETTER), metric="loss")
    assert pair(among, "one", "other").needed_seeds == needed_seeds(differences, 0.005, 0.05 / 3)


@pytest.mark.parametrize(
    ("values", "share", "worth"),
    [((0.9, 0.8), True, 0.005), ((0.4, 0.6), False, 0.025), ((-0.5, 0.9), False, 0.01), ((-3.0, -5.0), False, 0.2)],
)
def test_a_difference_worth_knowing_is_half_a_point_or_five_percent(values: tuple[float, ...], share: bool, worth: float) -> None:
    assert worthwhile(values, share=share) == pytest.approx(worth, rel=1e-12)


@pytest.mark.parametrize(
    ("values", "better", "share"),
    [
        ((0.9, 0.8), "max", True),
        ((0.0, 1.0), "max", True),
        ((0.9, 1.1), "max", False),
        ((-0.5, 0.9), "max", False),
        ((0.4, 0.6), "min", False),
        ((0.4, 0.6), None, False),
        ((0.4, math.nan), "max", False),
    ],
)
def test_a_share_is_within_0_and_1_and_the_more_the_better(values: tuple[float, ...], better: str | None, share: bool) -> None:
    assert values_of([trial(value).tested for value in values], "test_accuracy", (2,), better).share == share


def test_each_metric_has_a_difference_worth_knowing() -> None:
    found = comparison(accuracies(one=ONE, better=BETTER))
    assert pair(found, "one", "better").worthwhile_difference == 0.005
    loss = 1 - np.mean([*ONE, *BETTER])
    assert pair(found, "one", "better", "test_loss").worthwhile_difference == pytest.approx(0.05 * loss)


def test_every_two_are_compared_the_loss_last() -> None:
    found = comparison(accuracies(a=ONE, b=BETTER, c=LIKELY_BETTER))
    metrics = ("test_accuracy", "test_loss")
    pairs = (("a", "b"), ("a", "c"), ("b", "c"))
    assert [(one.a, one.b, one.metric) for one in found.pairs] == [(*two, name) for name in metrics for two in pairs]


def test_a_value_that_is_no_number_leaves_its_pairs_open() -> None:
    found = comparison(
        {"one": [trial(0.9), trial(0.8, metrics={"test_accuracy": None, "test_loss": 0.1})], "other": [trial(0.5)] * 2}
    )
    one = pair(found, "one", "other")
    assert math.isnan(one.difference.mean)
    assert (one.p_value, one.p_adjusted, one.verdict, one.needed_seeds) == (None, None, "undecided", None)


def test_the_direction_of_a_metric() -> None:
    one = candidate(
        "one",
        "inputs: {x: [6]}\nlayers: [{Dense: 3}]\ntrain: {data: synthetic, loss: mse, metrics: [mae, r2_score, TruePositives]}",
    )
    names = ("test_loss", "test_mae", "test_r2_score", "test_TruePositives", "test_other")
    assert [direction(one, name) for name in names] == ["min", "min", "max", None, None]


def test_a_name_of_what_should_rise_here_and_fall_there_is_not_compared() -> None:
    spec = SPEC.replace("sparse_", "").replace("[accuracy]", "[accuracy, {CategoricalAccuracy: {name: score}}]")
    rising, falling = candidate("rising", spec), candidate("falling", spec.replace("CategoricalAccuracy", "MeanSquaredError"))
    assert common_metrics((rising, falling)) == ["accuracy", "loss"]
    assert common_metrics((rising, rising)) == ["accuracy", "score", "loss"]


INTERVAL = stats.t.ppf(0.975, 1) / math.sqrt(2)
"""Half the 95 % interval of the mean of two values, in their standard deviations."""


def figure(a: float, b: float, *, share: bool = False) -> dict[str, Any]:
    """Two values in their order, their mean and its interval; that of a share after Wilson."""
    half, mean = INTERVAL * abs(a - b) / math.sqrt(2), (a + b) / 2
    low, high = mean - half, mean + half
    if share:
        ratio = half**2 / (mean * (1 - mean))
        middle, reach = (mean + ratio / 2) / (1 + ratio), math.sqrt(half**2 + ratio**2 / 4) / (1 + ratio)
        low, high = middle - reach, middle + reach
    return {"mean": pytest.approx(mean), "low": pytest.approx(low), "high": pytest.approx(high), "values": [a, b]}


def summed(a: float, b: float, *, share: bool = False) -> dict[str, Any]:
    return {key: value for key, value in figure(a, b, share=share).items() if key != "values"}


def test_the_whole_result() -> None:
    """Two variants, two seeds, one disturbance; each figure where it belongs."""
    strengths = [{"test_accuracy": 0.5, "test_loss": 0.5}, {"test_accuracy": 0.25, "test_loss": 0.75}]
    disturbed = {
        "shift": [*strengths, *strengths, strengths[0]],
        "permute": [{"test_accuracy": 0.5, "test_loss": 0.5}, {"test_accuracy": 0.125}],
    }
    first = [
        trial(
            0.5,
            disturbed,
            train_seconds=2.0,
            latency=[latency(1, 3.0), latency(128, 7.0)],
            curves_on="validation",
            epochs=epochs(0.25, 0.5),
        ),
        trial(
            0.75,
            disturbed,
            train_seconds=4.0,
            latency=[latency(1, 3.5), latency(128, 8.0)],
            busy=0.5,
            curves_on="validation",
            epochs=epochs(0.75),
        ),
    ]
    second = [trial(0.25, disturbed), trial(0.5, disturbed)]
    measured = comparison({"one": first, "other": second}, target=0.5)
    found = measured.to_json()
    assert found["test_samples"] == 8
    assert list(found) == ["version", "data", "seeds", "variants", "pairs", "test_samples", "perturbations"]
    assert (found["version"], found["data"], found["seeds"]) == (1, "data of one", [0, 1])
    assert found["variants"][0] == {
        "name": "one",
        "spec": "one.yaml",
        "params": 21,
        "macs": 18,
        "weight_bytes": 84,
        "activation_bytes": 12,
        "training": {"epochs": 5, "batch_size": 32, "optimizer": "adam", "loss": "sparse_categorical_crossentropy"},
        "metrics": {"test_accuracy": figure(0.5, 0.75, share=True), "test_loss": figure(0.5, 0.25)},
        "train_seconds": figure(2.0, 4.0),
        "latency_ms": figure(3.0, 3.5),
        "latency_128_ms": figure(7.0, 8.0),
        "curves": {
            "on": "validation",
            "accuracy": [summed(0.25, 0.75, share=True), {"mean": 0.5, "low": None, "high": None}],
            "loss": [summed(0.75, 0.25), {"mean": 0.5, "low": None, "high": None}],
        },
        "to_target": {
            "metric": "accuracy",
            "target": 0.5,
            "reached": 2,
            "of": 2,
            "epochs": figure(2.0, 1.0),
            "seconds": figure(1.5, 0.5),
            "horizon": {"epochs": 2.0, "seconds": 1.5},
        },
        "with_samples": {},
        "latency": [
            {"batch": 1, "low_ms": 3.0, "median_ms": 3.25, "high_ms": 3.5, "empty_ms": 0.25},
            {"batch": 128, "low_ms": 7.25, "median_ms": 7.5, "high_ms": 7.75, "empty_ms": 0.25},
        ],
        "busy": 0.5,
    }
    assert found["variants"][1]["name"] == "other"
    assert found["variants"][1]["to_target"]["reached"] == 1
    assert list(found["perturbations"]) == ["permute", "shift"]
    permute = found["perturbations"]["permute"]
    assert (permute["unit"], permute["levels"]) == ("whether all pixels are permuted", [0, 1])
    assert [one["name"] for one in permute["variants"]] == ["one", "other"]
    assert permute["variants"][0]["metrics"]["test_accuracy"] == [figure(0.5, 0.5, share=True), figure(0.125, 0.125, share=True)]
    assert permute["variants"][0]["metrics"]["test_loss"][1]["mean"] is None
    assert math.isnan(measured.disturbances[0].variants[0].metrics["test_loss"][1].mean)
    shift = found["perturbations"]["shift"]
    assert shift["unit"] == "pixels"
    assert len(shift["variants"][1]["metrics"]["test_accuracy"]) == len(shift["levels"])


def test_how_a_variant_was_made_is_said() -> None:
    results = accuracies(one=ONE, other=ONE)
    match = Match("params", 100, 101, "width", 8, 9)
    variant = replace(candidate("other"), overrides=("vars.width=9",), match=match)
    found = compared([candidate("one"), variant], results, [Seed(seed, seed) for seed in range(5)], Terms())
    assert [(one.overrides, one.match) for one in found.variants] == [((), None), (("vars.width=9",), match)]


def test_the_epochs_that_early_stopping_kept_are_said() -> None:
    trials = {"one": [trial(0.9, kept_epoch=3), trial(0.8), trial(0.7, kept_epoch=1)], "other": [trial(0.5)] * 3}
    assert [variant.kept_epochs for variant in comparison(trials).variants] == [(3, 1), ()]


def test_a_trial_without_a_metric_leaves_its_pairs_open() -> None:
    found = comparison({"one": [trial(0.5), trial(0.5, metrics={"test_loss": 0.5})], "other": [trial(0.25), trial(0.5)]})
    assert (pair(found, "one", "other").p_value, pair(found, "one", "other").verdict) == (None, "undecided")
    assert pair(found, "one", "other", "test_loss").difference.mean == -0.125


def test_an_epoch_whose_metric_is_no_number_has_none_in_the_curve() -> None:
    found = comparison({"one": [trial(0.5, epochs=epochs(None, 0.5))], "other": [trial(0.5)]}, target=0.5)
    one = found.variants[0]
    first, second = one.curves.metrics["accuracy"]
    assert math.isnan(first.mean)
    assert second.mean == 0.5
    assert one.to_target is not None
    assert one.to_target.epochs is not None
    assert one.to_target.epochs.mean == 2, "no number does not reach a target"


def test_a_target_that_nobody_reaches() -> None:
    found = comparison(accuracies(one=ONE, other=ONE), target=0.99)
    assert found.variants[0].to_target == TimeToTarget("accuracy", 0.99, 0, 5, None, None, (1.0, 0.5))


def test_a_target_of_the_loss_is_reached_from_above() -> None:
    loss = SPEC.replace(", metrics: [accuracy]", "")
    found = comparison({"one": [trial(0.5, epochs=epochs(0.25, 0.5, 0.75))], "other": [trial(0.5)]}, target=0.5, text=loss)
    one = found.variants[0]
    assert list(one.metrics) == ["test_loss"]
    assert one.to_target is not None
    assert one.to_target.epochs is not None
    assert one.to_target.epochs.mean == 2


def test_what_says_how_a_variant_is_trained() -> None:
    """All but what is the same for all, or chooses among epochs only."""
    more = "metrics: [accuracy], seed: 3, epochs: 9, optimizer: sgd, validation_split: 0.5, checkpoint: {monitor: loss}"
    found = comparison(accuracies(one=ONE, other=ONE), text=SPEC.replace("metrics: [accuracy]", more))
    assert found.variants[0].training == {
        "epochs": 9, "batch_size": 32, "optimizer": "sgd", "loss": "sparse_categorical_crossentropy", "validation_split": 0.5,
    }  # fmt: skip


def test_each_seed_was_tested_with_the_same_strengths() -> None:
    disturbed: Disturbed = {"shift": [{"test_accuracy": 0.5, "test_loss": 0.5}] * 5}
    fewer: Disturbed = {"shift": disturbed["shift"][1:]}
    with pytest.raises(ValueError, match="shorter"):
        comparison({"one": [trial(0.5, disturbed), trial(0.5, fewer)], "other": [trial(0.5, disturbed)] * 2})


def test_one_seed_is_tested_under_disturbances_too() -> None:
    disturbed = {"shift": [{"test_accuracy": 0.5, "test_loss": 0.5}] * 5}
    found = comparison({"one": [trial(0.5, disturbed)], "other": [trial(0.5, disturbed)]})
    assert [disturbance.name for disturbance in found.disturbances] == ["shift"]


def test_trials_that_do_not_arrive_count_with_the_time_up_to_which_all_are_known() -> None:
    """Two epochs are planned: one trial arrives in the first, one in the second, one not at all, and one was stopped before."""
    text = SPEC.replace("metrics: [accuracy]", "metrics: [accuracy], epochs: 2")
    one = [
        trial(0.9, epochs=epochs(0.8, 0.9)), trial(0.9, epochs=epochs(0.1, 0.8)), trial(0.2, epochs=epochs(0.1, 0.2)),
        trial(0.1, epochs=epochs(0.1)),
    ]  # fmt: skip
    found = comparison({"one": one, "other": [trial(0.9, epochs=epochs(0.9, 0.9))] * 4}, text=text, target=0.75)
    first, other = (variant.to_target for variant in found.variants)
    assert first is not None
    assert other is not None
    assert (first.reached, first.of, first.horizon) == (2, 4, (2.0, 1.5))
    assert first.epochs is not None
    assert first.epochs.values == (1.0, 2.0, 2.0, 2.0)
    assert first.seconds is not None
    assert first.seconds.values == (0.5, 1.5, 1.5, 1.5)
    assert other.epochs is not None
    assert (other.reached, other.epochs.values) == (4, (1.0,) * 4)


RIGHT = np.array([[1, 1, 1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 0, 1, 0], [1, 1, 1, 1, 0, 1, 0, 1]], float)


def sampled(right: Any) -> list[TrialResult]:
    """Trials with what came of each test sample."""
    return [trial(float(row.mean()), samples={"test_accuracy": row}) for row in np.asarray(right, float)]


def test_the_verdict_goes_by_training_and_test_samples() -> None:
    """Three seeds that differ by the same, and seven samples: sure by the seeds, and not by the samples."""
    other = RIGHT.copy()
    other[:, 0] = 0
    found = pair(comparison({"one": sampled(RIGHT), "other": sampled(other)}), "one", "other")
    assert found.difference == (0.125, 0.125, 0.125)
    assert found.p_training == 0.25
    both = estimate(RIGHT - other, bounds=(-1.0, 1.0), samples=8)
    assert both is not None
    assert found.p_value == both.p_value()
    assert found.p_value is not None
    assert 0.25 < found.p_value < 1
    assert found.with_samples == both.interval()
    assert found.verdict == "undecided"
    assert found.needed_samples is not None


def test_samples_of_every_trial_are_needed() -> None:
    some = [*sampled(RIGHT[:2]), trial(0.75)]
    fewer = [*sampled(RIGHT[:2]), trial(0.75, samples={"test_accuracy": RIGHT[0][:4]})]
    for results in (some, fewer):
        found = comparison({"one": sampled(RIGHT), "other": results})
        one = pair(found, "one", "other")
        assert (one.with_samples, one.needed_samples) == (None, None)
        assert one.p_value == one.p_training
        assert list(found.variants[0].with_samples) == ["test_accuracy"]
        assert list(found.variants[1].with_samples) == []
        assert found.test_samples == 8


def test_where_a_metric_is_no_number_its_samples_decide_nothing() -> None:
    results = sampled(RIGHT)
    results[1] = trial(0.5, samples={"test_accuracy": RIGHT[1]}, metrics={"test_accuracy": None, "test_loss": 0.5})
    one = pair(comparison({"one": results, "other": sampled(1 - RIGHT)}), "one", "other")
    assert (one.p_value, one.with_samples, one.verdict) == (None, None, "undecided")


def test_a_difference_is_bounded_where_both_are_shares() -> None:
    """An accuracy of 1.5 is none, so that the interval of its difference from one that is may go beyond 1."""
    for one, other in (("one", "other"), ("other", "one")):
        found = pair(comparison({one: [trial(0.0), trial(1.0)], other: [trial(1.5), trial(0.5)]}), one, other)
        assert found.difference.high is not None
        assert found.difference.high > 1
    shares = pair(comparison(accuracies(one=[0.0, 1.0], other=[0.5, 0.4])), "one", "other").difference
    assert (shares.low, shares.high) == (-1.0, 1.0)


def test_a_mean_has_both_intervals() -> None:
    found = comparison({"one": sampled(RIGHT), "other": sampled(RIGHT)})
    one = found.variants[0]
    both = estimate(RIGHT, bounds=(0.0, 1.0), samples=8)
    assert both is not None
    assert one.with_samples == {"test_accuracy": both.interval()}
    low, high = one.metrics["test_accuracy"].low, one.metrics["test_accuracy"].high
    assert low is not None
    assert high is not None
    assert (low, high) == (0.75, 0.75), "every seed is right as often"


def test_seeds_of_weights_and_of_the_order_are_crossed() -> None:
    """The difference is by the weights alone: the four orders of each add nothing, as if there were three trials."""
    seeds = [Seed(weights, order) for weights in range(3) for order in range(4)]
    one = [trial(0.5 + 0.1 * seed.weights) for seed in seeds]
    other = [trial(0.5) for _ in seeds]
    found = comparison({"one": one, "other": other}, seeds=seeds)
    assert (found.seeds, found.orders, found.trials) == ((0, 1, 2), (0, 1, 2, 3), 12)
    assert found.to_json()["orders"] == [0, 1, 2, 3]
    alone = pair(comparison(accuracies(one=[0.5, 0.6, 0.7], other=[0.5] * 3)), "one", "other")
    crossed = pair(found, "one", "other")
    assert crossed.difference == pytest.approx(alone.difference)
    assert crossed.p_value == pytest.approx(alone.p_value)
    assert len(found.variants[0].metrics["test_accuracy"].values) == 12
    assert found.variants[0].metrics["test_accuracy"].low == pytest.approx(
        comparison(accuracies(one=[0.5, 0.6, 0.7], other=[0.5] * 3)).variants[0].metrics["test_accuracy"].low
    )


def names(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(count)))


FIVE = Seen(names(5), None, "test_accuracy")


def test_a_further_look_has_less_to_spend() -> None:
    raw = stats.ttest_rel(ONE * 2, LIKELY_BETTER * 2).pvalue
    results = accuracies(one=ONE * 2, other=LIKELY_BETTER * 2)
    first = pair(comparison(results), "one", "other")
    assert (first.looks, first.p_adjusted) == ((10,), pytest.approx(FIRST * raw))
    further = pair(comparison(results, history={("one", "other"): [FIVE]}), "one", "other")
    assert further.looks == (5, 10)
    assert further.p_adjusted is not None
    assert further.p_adjusted > 4 * raw
    assert pair(comparison(results, history={("one", "other"): [FIVE]}, plan=40), "one", "other").p_adjusted == 1.0
    elsewhere = pair(comparison(results, history={("other", "one"): [FIVE]}), "one", "other")
    assert elsewhere.looks == (10,), "of another pair"


def test_the_same_look_again_spends_nothing() -> None:
    results = accuracies(one=ONE, other=LIKELY_BETTER)
    for history in ([FIVE], [FIVE, Seen(names(10), None, "test_accuracy")]):
        again = pair(comparison(results, history={("one", "other"): history}), "one", "other")
        assert (again.looks, again.verdict, again.decided_at) == ((5,), "b", None)
    by_loss = pair(comparison(results, history={("one", "other"): [FIVE._replace(metric="test_loss")]}), "one", "other")
    assert (by_loss.looks, by_loss.verdict) == ((5, 5), "undecided"), "another metric is another look"


@pytest.mark.parametrize(
    ("before", "better", "said", "at"),
    [
        (FIVE._replace(verdict="b"), True, "b", 5),
        (FIVE._replace(verdict="b"), False, "undecided", None),
        (FIVE._replace(verdict="a"), True, "undecided", None),
        (FIVE._replace(verdict="b", metric="test_loss"), True, "undecided", None),
        (FIVE, True, "undecided", None),
    ],
)
def test_what_a_look_has_decided_stands(before: Seen, better: bool, said: str, at: int | None) -> None:
    """As long as the mean is on the same side, by the same metric."""
    values = [0.90, 0.95, 0.91, 0.92, 0.90, 0.90, 0.92, 0.93, 0.91, 0.90]
    other = [0.95, 0.92, 0.91, 0.93, 0.91, 0.91, 0.92, 0.92, 0.91, 0.91]
    one, two = (values, other) if better else (other, values)
    found = pair(comparison(accuracies(one=one, other=two), history={("one", "other"): [before]}), "one", "other")
    assert (found.verdict, found.decided_at) == (said, at)
    assert (found.p_adjusted is None) == (at is not None)


def test_a_pair_that_is_decided_leaves_its_part_to_the_others() -> None:
    results = accuracies(one=ONE, other=BETTER, third=LIKELY_BETTER)
    history = {("one", "other"): [Seen(names(3), None, "test_accuracy", "b")]}
    with_it = comparison(results, history=history)
    assert pair(with_it, "one", "other").decided_at == 3
    raw = pair(with_it, "one", "third").p_value
    assert raw is not None
    assert pair(with_it, "one", "third").p_adjusted == pytest.approx(FIRST * raw), "the clearer ones are decided"


def test_the_correlation_of_pairs_is_told() -> None:
    found = comparison(accuracies(one=ONE, other=LIKELY_BETTER))
    assert pair(found, "one", "other").correlation == pytest.approx(np.corrcoef(ONE, LIKELY_BETTER)[0, 1])


def test_the_figures_of_cost_are_medians_and_the_worst_load() -> None:
    trials = [
        trial(0.5, latency=[latency(1, ms), latency(128, 2 * ms)], busy=busy)
        for ms, busy in ((1.0, 0.1), (9.0, 0.3), (2.0, None))
    ]
    found = comparison({"one": trials, "other": [trial(0.5)] * 3})
    one, several = found.variants[0].latency
    assert one == (1, 1.75, 2.0, 2.25, 0.25)
    assert (several.batch, several.median_ms) == (128, 4.0)
    assert found.variants[0].latency_ms.values == (1.0, 9.0, 2.0)
    assert [variant.busy for variant in found.variants] == [0.3, None]
    assert "busy" not in found.to_json()["variants"][1]


def test_no_call_takes_less_than_nothing() -> None:
    assert Latency(batch=1, quartiles_ms=[0.2, 0.5, 0.9], empty_ms=0.4).ms == pytest.approx((0.0, 0.1, 0.5))


def test_disturbed_images_have_both_sources_of_chance() -> None:
    """The interval is that by training and by the test samples, where these are known; the values are those of the trials."""
    levels = [Outcome({"test_accuracy": float(row.mean()), "test_loss": 0.5}, {"test_accuracy": row}, 8) for row in RIGHT]
    trials = [trial(0.5)._replace(disturbed={"shift": [level] * 5}) for level in levels]
    found = comparison({"one": trials, "other": trials}).disturbances[0].variants[0].metrics
    known = estimate(RIGHT, bounds=SHARE, samples=8)
    assert known is not None
    assert found["test_accuracy"][4] == Spread(*known.interval(), tuple(RIGHT.mean(axis=1)))
    assert found["test_loss"][4].values == (0.5, 0.5, 0.5)


def test_the_better_side() -> None:
    assert [side(difference, "max") for difference in (0.5, 1.0, -1.0, 0.0, math.nan)] == ["a", "a", "b", None, None]
    assert [side(difference, "min") for difference in (0.5, 1.0, -1.0, 0.0)] == ["b", "b", "a", None]
    assert side(0.5, None) is None


def test_disturbances_of_crossed_seeds_have_an_axis_for_each() -> None:
    """Four orders of each of three weights add nothing: the interval is that of three trials."""
    right = np.repeat(RIGHT, 4, axis=0)
    levels = [Outcome({"test_accuracy": float(row.mean()), "test_loss": 0.5}, {"test_accuracy": row}, 8) for row in right]
    trials = [trial(0.5)._replace(disturbed={"shift": [level] * 5}) for level in levels]
    seeds = [Seed(weights, order) for weights in range(3) for order in range(4)]
    one, other = candidate("one"), candidate("other")
    found = compared([one, other], {"one": trials, "other": trials}, seeds, Terms())
    known = estimate(right.reshape(3, 4, 8), bounds=SHARE, samples=8)
    assert known is not None
    assert found.disturbances[0].variants[0].metrics["test_accuracy"][0][:3] == pytest.approx(known.interval())

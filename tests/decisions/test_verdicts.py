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
from layerctl.runtime.study.candidate import Candidate
from layerctl.runtime.study.kept import Trial
from layerctl.runtime.study.statistics import needed_pairs
from layerctl.runtime.study.trials import TrialResult
from layerctl.runtime.study.verdicts import compared, direction, verdict, worthwhile

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


def trial(accuracy: float, disturbed: Disturbed | None = None, **changes: Any) -> TrialResult:
    """A trial that came to an accuracy."""
    values = {
        "variant": "", "spec": "", "seed": 0, "metrics": {"test_accuracy": accuracy, "test_loss": 1 - accuracy},
        "train_seconds": 1.0, "latency_ms": 1.0, "latency_128_ms": 1.0, "curves_on": "test", "epochs": epochs(accuracy),
        "versions": {}, "version": 3, **changes,
    }  # fmt: skip
    return TrialResult(Trial.model_validate(values), disturbed or {}, Path())  # type: ignore[arg-type]


def epochs(*accuracy: float | None) -> list[dict[str, Any]]:
    return [
        {"epoch": n, "seconds": 0.5 * n, "samples": 8, "val_accuracy": value, "val_loss": 1 - (value or 0)}
        for n, value in enumerate(accuracy, 1)
    ]


def comparison(results: Results, *, target: float | None = None, text: str = SPEC) -> Comparison:
    """The comparison of candidates by their trials."""
    seeds = range(len(next(iter(results.values()))))
    return compared([candidate(name, text) for name in results], results, seeds, target=target)


def accuracies(**values: Sequence[float]) -> Results:
    return {name: [trial(value) for value in many] for name, many in values.items()}


def pair(found: Comparison, a: str, b: str, metric: str = "test_accuracy") -> Pair:
    """What is said of two variants on a metric."""
    (one,) = (one for one in found.pairs if (one.a, one.b, one.metric) == (a, b, metric))
    return one


ONE = [0.90, 0.91, 0.92, 0.91, 0.90]
LIKELY_BETTER = [0.91, 0.92, 0.922, 0.919, 0.9]
"""Better than `ONE` by a p-value of 0.03: enough where nothing else is compared."""
BETTER = [0.95, 0.962, 0.968, 0.961, 0.951]


def test_a_verdict_goes_by_the_corrected_p_value() -> None:
    raw = stats.ttest_rel(ONE, LIKELY_BETTER).pvalue
    assert 0.05 / 3 < raw < 0.05
    alone = pair(comparison(accuracies(one=ONE, other=LIKELY_BETTER)), "one", "other")
    assert (alone.p_value, alone.p_adjusted, alone.verdict) == (pytest.approx(raw), pytest.approx(raw), "b")
    third = [0.905, 0.925, 0.90, 0.935, 0.88]
    among = comparison(accuracies(one=ONE, other=LIKELY_BETTER, third=third))
    assert all(one.p_value is not None and one.p_value >= raw * (1 - 1e-9) for one in among.pairs)
    found = pair(among, "one", "other")
    assert (found.p_value, found.p_adjusted) == (pytest.approx(raw), pytest.approx(3 * raw))
    assert found.verdict == "undecided"


def test_the_correction_is_for_the_pairs_of_one_metric() -> None:
    found = comparison(accuracies(one=ONE, better=BETTER))
    assert [one.p_adjusted == one.p_value for one in found.pairs] == [True, True]


@pytest.mark.parametrize(("a", "b", "said"), [(BETTER, ONE, "a"), (ONE, BETTER, "b")])
def test_the_better_one_has_the_higher_accuracy_and_the_lower_loss(a: list[float], b: list[float], said: str) -> None:
    found = comparison(accuracies(one=a, other=b))
    for metric, sign in (("test_accuracy", 1), ("test_loss", -1)):
        one = pair(found, "one", "other", metric)
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


def test_the_seeds_needed_are_those_of_a_test_among_all_pairs() -> None:
    """Among three variants each pair is held against a third of the level, so that more seeds are needed to tell two apart."""
    differences = np.subtract(ONE, LIKELY_BETTER)
    two = pair(comparison(accuracies(one=ONE, other=LIKELY_BETTER)), "one", "other").needed_seeds
    three = pair(comparison(accuracies(one=ONE, other=LIKELY_BETTER, third=BETTER)), "one", "other").needed_seeds
    assert two == needed_pairs(differences, 0.005, 0.05)
    assert three == needed_pairs(differences, 0.005, 0.05 / 3)
    assert two is not None
    assert three is not None
    assert two < three


@pytest.mark.parametrize(
    ("values", "better", "worth"),
    [
        ((0.9, 0.8), "max", 0.005),
        ((0.0, 1.0), "max", 0.005),
        ((0.9, 1.1), "max", 0.05),
        ((-0.5, 0.9), "max", 0.01),
        ((0.4, 0.6), "min", 0.025),
        ((0.4, 0.6), None, 0.025),
        ((-3.0, -5.0), "min", 0.2),
    ],
)
def test_a_difference_worth_knowing_is_half_a_point_or_five_percent(
    values: tuple[float, ...], better: str | None, worth: float
) -> None:
    assert worthwhile(values, better) == pytest.approx(worth, rel=1e-12)


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


INTERVAL = stats.t.ppf(0.975, 1) / math.sqrt(2)
"""Half the 95 % interval of the mean of two values, in their standard deviations."""


def figure(a: float, b: float) -> dict[str, Any]:
    """Two values in their order, their mean and its interval."""
    half = INTERVAL * abs(a - b) / math.sqrt(2)
    mean = (a + b) / 2
    return {"mean": pytest.approx(mean), "low": pytest.approx(mean - half), "high": pytest.approx(mean + half), "values": [a, b]}


def summed(a: float, b: float) -> dict[str, Any]:
    return {key: value for key, value in figure(a, b).items() if key != "values"}


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
            latency_ms=3.0,
            latency_128_ms=7.0,
            curves_on="validation",
            epochs=epochs(0.25, 0.5),
        ),
        trial(
            0.75, disturbed, train_seconds=4.0, latency_ms=3.5, latency_128_ms=8.0, curves_on="validation", epochs=epochs(0.75)
        ),
    ]
    second = [trial(0.25, disturbed), trial(0.5, disturbed)]
    measured = comparison({"one": first, "other": second}, target=0.5)
    found = measured.to_json()
    assert list(found) == ["version", "data", "seeds", "variants", "pairs", "perturbations"]
    assert (found["version"], found["data"], found["seeds"]) == (1, "data of one", [0, 1])
    assert found["variants"][0] == {
        "name": "one",
        "spec": "one.yaml",
        "params": 21,
        "macs": 18,
        "weight_bytes": 84,
        "activation_bytes": 12,
        "training": {"epochs": 5, "batch_size": 32, "optimizer": "adam", "loss": "sparse_categorical_crossentropy"},
        "metrics": {"test_accuracy": figure(0.5, 0.75), "test_loss": figure(0.5, 0.25)},
        "train_seconds": figure(2.0, 4.0),
        "latency_ms": figure(3.0, 3.5),
        "latency_128_ms": figure(7.0, 8.0),
        "curves": {
            "on": "validation",
            "accuracy": [summed(0.25, 0.75), {"mean": 0.5, "low": None, "high": None}],
            "loss": [summed(0.75, 0.25), {"mean": 0.5, "low": None, "high": None}],
        },
        "to_target": {
            "metric": "accuracy",
            "target": 0.5,
            "reached": 2,
            "of": 2,
            "epochs": figure(2.0, 1.0),
            "seconds": figure(1.5, 0.5),
        },
    }
    assert found["variants"][1]["name"] == "other"
    assert found["variants"][1]["to_target"]["reached"] == 1
    assert list(found["perturbations"]) == ["permute", "shift"]
    permute = found["perturbations"]["permute"]
    assert (permute["unit"], permute["levels"]) == ("whether all pixels are permuted", [0, 1])
    assert [one["name"] for one in permute["variants"]] == ["one", "other"]
    assert permute["variants"][0]["metrics"]["test_accuracy"] == [figure(0.5, 0.5), figure(0.125, 0.125)]
    assert permute["variants"][0]["metrics"]["test_loss"][1]["mean"] is None
    assert math.isnan(measured.disturbances[0].variants[0].metrics["test_loss"][1].mean)
    shift = found["perturbations"]["shift"]
    assert shift["unit"] == "pixels"
    assert len(shift["variants"][1]["metrics"]["test_accuracy"]) == len(shift["levels"])


def test_how_a_variant_was_made_is_said() -> None:
    results = accuracies(one=ONE, other=ONE)
    match = Match("params", 100, 101, "width", 8, 9)
    variant = replace(candidate("other"), overrides=("vars.width=9",), match=match)
    found = compared([candidate("one"), variant], results, range(5))
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
    assert found.variants[0].to_target == TimeToTarget("accuracy", 0.99, reached=0, of=5, epochs=None, seconds=None)


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

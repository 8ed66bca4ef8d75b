"""What figures allow to be said: verdicts, and the seeds that a verdict would need; by trials made up, without a framework."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from layerctl.compiler.pipeline import compile_text
from layerctl.runtime.study.compare import Comparison, Variant
from layerctl.runtime.study.statistics import needed_pairs
from layerctl.runtime.study.verdicts import direction, number, result, verdict, worthwhile

SPEC = """
inputs: {x: [6]}
layers: [{Dense: {units: 3, activation: softmax}}]
train: {data: synthetic, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
"""
Trials = Mapping[str, Sequence[Mapping[str, Any]]]


def variant(name: str, text: str = SPEC) -> Variant:
    compiled = compile_text(text, f"{name}.yaml")
    assert compiled.ok
    assert compiled.document is not None
    return Variant(name, compiled, compiled.document.train, SimpleNamespace(name=f"data of {name}"), None)  # type: ignore[arg-type]


def trial(accuracy: float, **changes: Any) -> dict[str, Any]:
    """The figures of a trial."""
    made = {"train_seconds": 1.0, "latency_ms": 1.0, "latency_128_ms": 1.0, "curves_on": "test", "perturbed": {}}
    epochs = [{"epoch": 1, "seconds": 1.0, "val_accuracy": accuracy, "val_loss": 1 - accuracy}]
    return {"metrics": {"test_accuracy": accuracy, "test_loss": 1 - accuracy}, "epochs": epochs, **made, **changes}


def compared(trials: Trials, *, target: float | None = None, text: str = SPEC) -> dict[str, Any]:
    """The comparison of what was measured of some variants, by their names."""
    seeds = range(len(next(iter(trials.values()))))
    found = Comparison(tuple(variant(name, text) for name in trials), trials)
    return result(found, list(seeds), target=target)


def accuracies(**values: Sequence[float]) -> Trials:
    return {name: [trial(value) for value in many] for name, many in values.items()}


def pair(found: Mapping[str, Any], a: str, b: str, metric: str = "test_accuracy") -> dict[str, Any]:
    """What is said of two variants on a metric."""
    (one,) = (one for one in found["pairs"] if (one["a"], one["b"], one["metric"]) == (a, b, metric))
    return dict(one)


ONE = [0.90, 0.91, 0.92, 0.91, 0.90]
LIKELY_BETTER = [0.91, 0.92, 0.922, 0.919, 0.9]
"""Better than `ONE` by a p-value of 0.03: enough where nothing else is compared."""
BETTER = [0.95, 0.962, 0.968, 0.961, 0.951]


def test_a_verdict_goes_by_the_corrected_p_value() -> None:
    raw = stats.ttest_rel(ONE, LIKELY_BETTER).pvalue
    assert 0.05 / 3 < raw < 0.05
    alone = pair(compared(accuracies(one=ONE, other=LIKELY_BETTER)), "one", "other")
    assert (alone["p_value"], alone["p_adjusted"], alone["verdict"]) == (pytest.approx(raw), pytest.approx(raw), "b")
    third = [0.905, 0.925, 0.90, 0.935, 0.88]
    among = compared(accuracies(one=ONE, other=LIKELY_BETTER, third=third))
    assert all(one["p_value"] >= raw * (1 - 1e-9) for one in among["pairs"])
    found = pair(among, "one", "other")
    assert (found["p_value"], found["p_adjusted"]) == (pytest.approx(raw), pytest.approx(3 * raw))
    assert found["verdict"] == "undecided"


def test_the_correction_is_for_the_pairs_of_one_metric() -> None:
    found = compared(accuracies(one=ONE, better=BETTER))
    assert [one["p_adjusted"] == one["p_value"] for one in found["pairs"]] == [True, True]


@pytest.mark.parametrize(("a", "b", "said"), [(BETTER, ONE, "a"), (ONE, BETTER, "b")])
def test_the_better_one_has_the_higher_accuracy_and_the_lower_loss(a: list[float], b: list[float], said: str) -> None:
    found = compared(accuracies(one=a, other=b))
    for metric, sign in (("test_accuracy", 1), ("test_loss", -1)):
        one = pair(found, "one", "other", metric)
        assert one["verdict"] == said
        assert one["difference"]["mean"] == pytest.approx(sign * (np.mean(a) - np.mean(b)))
        assert one["difference"]["low"] < one["difference"]["mean"] < one["difference"]["high"]


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
    two = pair(compared(accuracies(one=ONE, other=LIKELY_BETTER)), "one", "other")["needed_seeds"]
    three = pair(compared(accuracies(one=ONE, other=LIKELY_BETTER, third=BETTER)), "one", "other")["needed_seeds"]
    assert two == needed_pairs(differences, 0.005, 0.05)
    assert three == needed_pairs(differences, 0.005, 0.05 / 3)
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
    found = compared(accuracies(one=ONE, better=BETTER))
    assert pair(found, "one", "better")["worthwhile_difference"] == 0.005
    loss = 1 - np.mean([*ONE, *BETTER])
    assert pair(found, "one", "better", "test_loss")["worthwhile_difference"] == pytest.approx(0.05 * loss)


def test_every_two_are_compared_the_loss_last() -> None:
    found = compared(accuracies(a=ONE, b=BETTER, c=LIKELY_BETTER))
    metrics = ("test_accuracy", "test_loss")
    pairs = (("a", "b"), ("a", "c"), ("b", "c"))
    assert [(one["a"], one["b"], one["metric"]) for one in found["pairs"]] == [(*two, name) for name in metrics for two in pairs]


def test_a_value_that_is_no_number_leaves_its_pairs_open() -> None:
    found = compared(
        {"one": [trial(0.9), trial(0.8, metrics={"test_accuracy": None, "test_loss": 0.1})], "other": [trial(0.5)] * 2}
    )
    one = pair(found, "one", "other")
    assert math.isnan(one["difference"]["mean"])
    assert (one["p_value"], one["p_adjusted"], one["verdict"], one["needed_seeds"]) == (None, None, "undecided", None)
    assert number(None) != number(None)
    assert number(0.5) == 0.5


def test_the_direction_of_a_metric() -> None:
    one = variant(
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


def epochs(*accuracy: float | None) -> list[dict[str, Any]]:
    return [
        {"epoch": n, "seconds": 0.5 * n, "val_accuracy": value, "val_loss": 1 - (value or 0)}
        for n, value in enumerate(accuracy, 1)
    ]


def test_the_whole_result() -> None:
    """Two variants, two seeds, one disturbance; each figure where it belongs."""
    first = [
        trial(0.5, train_seconds=2.0, latency_ms=3.0, latency_128_ms=7.0, curves_on="validation", epochs=epochs(0.25, 0.5)),
        trial(0.75, train_seconds=4.0, latency_ms=3.5, latency_128_ms=8.0, curves_on="validation", epochs=epochs(0.75)),
    ]
    strengths = [{"test_accuracy": 0.5, "test_loss": 0.5}, {"test_accuracy": 0.25, "test_loss": 0.75}]
    permuted = [{"test_accuracy": 0.5, "test_loss": 0.5}, {"test_accuracy": 0.125}]
    for one in first:
        one["perturbed"] = {"shift": strengths * 4, "permute": permuted}
    second = [trial(0.25, perturbed=first[0]["perturbed"]), trial(0.5, perturbed=first[0]["perturbed"])]
    found = compared({"one": first, "other": second}, target=0.5)
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
    assert math.isnan(permute["variants"][0]["metrics"]["test_loss"][1]["mean"])
    shift = found["perturbations"]["shift"]
    assert shift["unit"] == "pixels"
    assert len(shift["variants"][1]["metrics"]["test_accuracy"]) == len(shift["levels"])


def test_an_epoch_whose_metric_is_no_number_has_none_in_the_curve() -> None:
    found = compared({"one": [trial(0.5, epochs=epochs(None, 0.5))], "other": [trial(0.5)]}, target=0.5)
    first, second = found["variants"][0]["curves"]["accuracy"]
    assert math.isnan(first["mean"])
    assert second["mean"] == 0.5
    assert found["variants"][0]["to_target"]["epochs"]["mean"] == 2, "no number does not reach a target"


def test_a_target_that_nobody_reaches() -> None:
    found = compared(accuracies(one=ONE, other=ONE), target=0.99)
    assert found["variants"][0]["to_target"] == {
        "metric": "accuracy", "target": 0.99, "reached": 0, "of": 5, "epochs": None, "seconds": None,
    }  # fmt: skip


def test_a_target_of_the_loss_is_reached_from_above() -> None:
    loss = SPEC.replace(", metrics: [accuracy]", "")
    found = compared({"one": [trial(0.5, epochs=epochs(0.25, 0.5, 0.75))], "other": [trial(0.5)]}, target=0.5, text=loss)
    assert list(found["variants"][0]["metrics"]) == ["test_loss"]
    assert found["variants"][0]["to_target"]["epochs"]["mean"] == 2


def test_what_says_how_a_variant_is_trained() -> None:
    """All but what is the same for all, or chooses among epochs only."""
    more = "metrics: [accuracy], seed: 3, epochs: 9, optimizer: sgd, validation_split: 0.5, checkpoint: {monitor: loss}"
    found = compared(accuracies(one=ONE, other=ONE), text=SPEC.replace("metrics: [accuracy]", more))
    assert found["variants"][0]["training"] == {
        "epochs": 9, "batch_size": 32, "optimizer": "sgd", "loss": "sparse_categorical_crossentropy", "validation_split": 0.5,
    }  # fmt: skip


def test_one_seed_is_tested_under_disturbances_too() -> None:
    perturbed = {"shift": [{"test_accuracy": 0.5, "test_loss": 0.5}] * 5}
    found = compared({"one": [trial(0.5, perturbed=perturbed)], "other": [trial(0.5, perturbed=perturbed)]})
    assert list(found["perturbations"]) == ["shift"]

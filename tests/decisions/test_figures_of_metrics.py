"""Metrics that give several figures: their names, and how they are shown."""

from __future__ import annotations

import math

import numpy as np
import pytest

from layerctl.analysis.losses import units_of
from layerctl.compiler.pipeline import compile_text
from layerctl.language.spec.reported import figure, monitored, reported, vectors
from layerctl.language.spec.train import Train
from layerctl.report.metrics import MOST_ROWS, cell, grouped, mean, rows, shown
from layerctl.report.runs import numbers
from layerctl.runtime.training.figures import figures

ONE = "inputs: {x: [4]}\nlayers: [{Dense: {units: 3, activation: softmax}}]\n"
TWO = """inputs: {x: [4]}
layers: [{Dense: {units: 3, activation: softmax}, name: a}, {Dense: {units: 2, activation: softmax}, inputs: x, name: b}]
outputs: [a, b]
"""
LOSS = "loss: categorical_crossentropy"


def section(model: str, metrics: str, more: str = "") -> tuple[Train, dict[str, int | None]]:
    compiled = compile_text(f"{model}train: {{{LOSS}, metrics: {metrics}{more}}}").accepted()
    assert compiled.document.train is not None
    return compiled.document.train, units_of(compiled.model)


@pytest.mark.parametrize(
    ("model", "metrics", "names"),
    [
        (ONE, "[{F1Score: {}}]", ["f1_score[0]", "f1_score[1]", "f1_score[2]"]),
        (ONE, "[F1Score]", ["F1Score[0]", "F1Score[1]", "F1Score[2]"]),
        (ONE, "[{F1Score: {average: macro}}]", ["f1_score"]),
        (ONE, "[{F1Score: {average: macro}}, {F1Score: {}}]", ["f1_score", "f1_score_1[0]", "f1_score_1[1]", "f1_score_1[2]"]),
        (ONE, "[{R2Score: {class_aggregation: null, name: r}}]", ["r[0]", "r[1]", "r[2]"]),
        (ONE, "[{Recall: {thresholds: [0.25, 0.5]}}]", ["recall[0.25]", "recall[0.5]"]),
        (ONE, "[{Recall: {thresholds: [0.25]}}]", ["recall"]),
        (ONE, "[{AUC: {thresholds: [0.25, 0.5], multi_label: true}}]", ["auc"]),
        (TWO, "{b: [{F1Score: {}}]}", ["a_loss", "b_loss", "b_f1_score[0]", "b_f1_score[1]"]),
    ],
)
def test_each_figure_has_a_name(model: str, metrics: str, names: list[str]) -> None:
    train, units = section(model, metrics)
    assert list(dict.fromkeys(value.name for value in reported(train, units).values())) == ["loss", *names]


def test_a_figure_is_monitored_by_its_name() -> None:
    train, units = section(ONE, "[{F1Score: {}}]", ", validation_split: 0.1")
    assert monitored(train, "val_f1_score[1]", units) == ("val_f1_score[1]", "max")
    assert monitored(train, "val_f1_score", units) is None
    assert monitored(train, "f1_score[3]", units) is None


def test_kerass_values_become_numbers() -> None:
    train, units = section(ONE, "[{F1Score: {}}, {Recall: {thresholds: [0.2, 0.5]}}]")
    logs = {"loss": 0.5, "val_f1_score": np.array([0.1, 0.2, 0.3]), "recall": np.array([0.4, math.nan]), "other": np.array([7.0])}
    named = figures(logs, vectors(train, units))
    assert list(named) == ["loss", *(f"val_f1_score[{at}]" for at in range(3)), "recall[0.2]", "recall[0.5]", "other"]
    assert (named["loss"], named["val_f1_score[2]"], named["other"]) == (0.5, 0.3, 7.0)
    assert math.isnan(named["recall[0.5]"])
    assert all(type(value) is float for value in named.values())
    assert list(figures({"recall": np.zeros(3)}, vectors(train, units))) == ["recall[0]", "recall[1]", "recall[2]"]


def test_figures_are_shown_together() -> None:
    assert grouped(["loss", "f[0]", "f[1]", "g"]) == {"loss": ["loss"], "f": ["f[0]", "f[1]"], "g": ["g"]}
    assert numbers({"f[0]": 0.25, "f[1]": 0.5, "loss": 1.0, "val_f[0]": 0.125}) == "loss 1.0000  f [0.2500, 0.5000]  val_f 0.1250"
    assert shown([0.1, 0.5, 0.2, 0.3, math.nan]) == "[0.1000 … 0.5000, 5 figures]"
    assert shown([math.nan] * 5) == "[nan … nan, 5 figures]"


def test_many_figures_share_a_row() -> None:
    few, many = ([figure("f", str(at)) for at in range(count)] for count in (MOST_ROWS, MOST_ROWS + 1))
    assert list(rows([*few, "loss"])) == ["loss", *few]
    assert rows([*many, "loss"]) == {"loss": ["loss"], "f (mean of 21)": many}
    assert (cell([0.5]), cell([0.25, 0.75]), cell([])) == ("0.5000", "0.5000", "")


def test_the_mean_of_figures() -> None:
    assert mean([1.0, 2.0]) == 1.5
    assert mean([1.0, None]) is None
    assert mean([]) is None

"""Which shapes of outputs the metrics and losses of the catalogue take, held against Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from layerctl.catalog import CATALOGS
from layerctl.catalog.losses._base import Loss
from layerctl.catalog.metrics._base import Metric
from tests.judge.test_training_catalog import REQUIRED

keras = pytest.importorskip("keras")

SHAPES = ((3,), (4, 3), (2, 2, 3), (1,), (4, 1))
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "AUC": [{"multi_label": True}, {"multi_label": True, "num_labels": 3}, {"label_weights": (1.0, 2.0, 3.0)}],
    "CosineSimilarity": [{"axis": 1}, {"axis": 2}],
    "F1Score": [{"average": "macro"}, {"average": "micro"}],
    "IoU": [{"sparse_y_pred": False}, {"sparse_y_true": False, "sparse_y_pred": False}],
    "MeanIoU": [{"sparse_y_pred": False}, {"sparse_y_true": False, "sparse_y_pred": False}],
    "OneHotMeanIoU": [{"sparse_y_pred": True}],
    "PearsonCorrelation": [{"axis": 1}, {"axis": 2}],
    "Precision": [{"top_k": 2}, {"top_k": 7}, {"class_id": 1}, {"class_id": 7}, {"thresholds": (0.2, 0.5)}],
    "R2Score": [{"class_aggregation": None}],
    "Recall": [{"class_id": 1, "top_k": 2}],
    "SensitivityAtSpecificity": [{"class_id": 1}, {"class_id": 7}],
    "SparseCategoricalCrossentropy": [{"axis": 1}],
}
STRICTER = {
    ("AUC", (1,)): "`num_labels` for several outputs and one unit: broadcast, whatever that measures",
    ("IoU", "sparse_y_pred"): "probabilities as class numbers: they are cut off to 0",
    ("MeanIoU", "sparse_y_pred"): "likewise",
}
"""What Keras computes and layerctl refuses, and why."""
ONE_CLASS = ("SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy")
"""Losses that Keras computes on one unit, where there is only one class: they are always 0."""
pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore:.*num_classes > 1:SyntaxWarning")]


def variants() -> list[tuple[str, dict[str, Any]]]:
    return [(name, one) for name in CATALOGS["metrics"].names() for one in ({}, *VARIANTS.get(name, ()))]


def made(name: str, arguments: dict[str, Any]) -> tuple[Metric, dict[str, Any]]:
    """A metric of the catalogue, and the arguments of Keras's own."""
    cls = CATALOGS["metrics"].find(name)
    assert cls is not None
    required = {key: REQUIRED[key] for key, field in cls.model_fields.items() if field.is_required()}
    bound = {key: tuple(value) if isinstance(value, list) else value for key, value in required.items()} | arguments
    metric = cls.model_validate(bound)
    assert isinstance(metric, Metric)
    return metric, {key: list(value) if isinstance(value, tuple) else value for key, value in bound.items()}


def targets_and_outputs(shape: tuple[int, ...], form: str) -> tuple[Any, Any]:
    random = np.random.default_rng(0)
    outputs = random.random((6, *shape)).astype("float32")
    units = shape[-1] if shape else 1
    numbers = random.integers(0, units, (6, *shape[:-1]))
    if form == "index":
        return numbers, outputs
    if units > 1:
        return np.eye(units, dtype="float32")[numbers], outputs
    return (random.random((6, *shape)) > 0.5).astype("float32"), outputs


def works(measure: Any, shape: tuple[int, ...], form: str) -> bool:
    try:
        measure(*targets_and_outputs(shape, form))
    except Exception:  # any error of the back end about shapes
        return False
    return True


@pytest.mark.parametrize(("name", "arguments"), variants(), ids=str)
def test_a_metric_takes_the_outputs_that_are_declared(name: str, arguments: dict[str, Any]) -> None:
    ours, given = made(name, arguments)
    for shape in SHAPES:
        if shape[-1:] == (1,) and ours.expects() == "index":
            continue  # no loss of class numbers takes a single unit
        unfit = ours.unfit((None, *shape))
        theirs = works(getattr(keras.metrics, name)(**given), shape, ours.expects())
        if unfit is not None and theirs:
            assert (name, shape) in STRICTER or (name, unfit.argument) in STRICTER, (shape, unfit)
        else:
            assert (unfit is None) == theirs, (shape, unfit)


@pytest.mark.parametrize("name", CATALOGS["losses"].names())
def test_a_loss_takes_the_outputs_that_are_declared(name: str) -> None:
    cls = CATALOGS["losses"].find(name)
    assert cls is not None
    ours = cls.model_validate({})
    assert isinstance(ours, Loss)
    if ours.targets == "sequence":
        assert [shape for shape in SHAPES if ours.unfit((None, *shape)) is None] == [(4, 3), (4, 1)]
        return
    for shape in SHAPES:
        unfit = ours.unfit((None, *shape))
        theirs = works(getattr(keras.losses, name)(), shape, ours.targets)
        assert unfit is None or not theirs or (name in ONE_CLASS and shape == (1,)), (shape, unfit)
        assert unfit is not None or theirs, shape


def test_the_figures_of_a_metric_are_as_many_as_are_named() -> None:
    for name, arguments in variants():
        ours, given = made(name, arguments)
        if ours.unfit((None, 3)) is None:
            metric = getattr(keras.metrics, name)(**given)
            metric.update_state(*targets_and_outputs((3,), ours.expects()))
            assert max(1, len(ours.figures(3))) == np.size(metric.result()), (name, arguments)

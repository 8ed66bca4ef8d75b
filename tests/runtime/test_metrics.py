"""Every loss and every metric of the catalogue trains for an epoch, and is what Keras computes from the same predictions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layerctl.api.evaluate import evaluate
from layerctl.api.train import Run, resume, train
from layerctl.catalog import CATALOGS
from layerctl.compiler.pipeline import compile_bytes
from layerctl.report.runs import metrics_table, numbers, run_lines
from layerctl.runs.stored import epochs, find
from layerctl.runtime.data import load
from layerctl.runtime.data._wanted import wanted

ONE_HOT, INDEX, BINARY, NUMBERS = "onehot", "index", "binary", "values"
"""Outputs whose losses take one-hot vectors, class numbers, 0 or 1, and numbers."""
LOSSES = {
    ONE_HOT: "categorical_crossentropy",
    INDEX: "sparse_categorical_crossentropy",
    BINARY: "binary_crossentropy",
    NUMBERS: "mse",
}
UNITS = {ONE_HOT: (3, "softmax"), INDEX: (3, "softmax"), BINARY: (1, "sigmoid"), NUMBERS: (2, "sigmoid")}
ARGUMENTS: dict[str, list[dict[str, Any]]] = {
    "AUC": [
        {},
        {"multi_label": True, "num_labels": 3, "label_weights": [1.0, 2.0, 3.0]},
        {"curve": "PR", "thresholds": [0.2, 0.6]},
    ],
    "CosineSimilarity": [{}, {"axis": 1}],
    "F1Score": [{}, {"average": "macro"}, {"average": "micro"}, {"average": "weighted", "threshold": 0.4}],
    "FBetaScore": [{}, {"beta": 2.0, "threshold": 0.4}, {"average": "weighted"}],
    "IoU": [{"num_classes": 3, "target_class_ids": [0, 2], "sparse_y_true": False, "sparse_y_pred": False}],
    "MeanIoU": [{"num_classes": 3, "sparse_y_true": False, "sparse_y_pred": False}],
    "OneHotIoU": [{"num_classes": 3, "target_class_ids": [1]}],
    "OneHotMeanIoU": [{"num_classes": 3}],
    "Precision": [{}, {"thresholds": [0.2, 0.4]}, {"top_k": 2}, {"class_id": 1}, {"thresholds": [0.3]}],
    "PrecisionAtRecall": [{"recall": 0.5}, {"recall": 0.5, "class_id": 2}],
    "Recall": [{}, {"thresholds": [0.2, 0.4, 0.6]}, {"class_id": 0, "top_k": 1}],
    "RecallAtPrecision": [{"precision": 0.4}],
    "SensitivityAtSpecificity": [{"specificity": 0.5}],
    "SpecificityAtSensitivity": [{"sensitivity": 0.5}],
    "TopKCategoricalAccuracy": [{"k": 2}],
    "TruePositives": [{}, {"thresholds": [0.2, 0.4]}],
    "TrueNegatives": [{}, {"thresholds": [0.2, 0.4]}],
    "FalsePositives": [{"thresholds": 0.3}],
}
"""Of metrics on one-hot vectors, where the defaults are not all that there is to train."""
SPARSE: dict[str, list[dict[str, Any]]] = {
    "SparseCategoricalAccuracy": [{}],
    "SparseCategoricalCrossentropy": [{}, {"axis": 1}],
    "SparseTopKCategoricalAccuracy": [{"k": 2}],
    "IoU": [{"num_classes": 3, "target_class_ids": [0, 1], "sparse_y_pred": False}],
    "MeanIoU": [{"num_classes": 3, "sparse_y_pred": False}],
}
OTHERS: dict[str, dict[str, list[dict[str, Any]]]] = {
    BINARY: {
        "Accuracy": [{}],
        "BinaryAccuracy": [{"threshold": 0.4}],
        "BinaryIoU": [{}, {"target_class_ids": [1], "threshold": 0.4}],
        "F1Score": [{"threshold": 0.5}],
        "MeanIoU": [{"num_classes": 2}],
        "AUC": [{}],
        "Precision": [{"thresholds": [0.4, 0.5]}],
    },
    NUMBERS: {
        "R2Score": [{}, {"class_aggregation": None}, {"class_aggregation": "variance_weighted_average"}],
        "PearsonCorrelation": [{}],
        "ConcordanceCorrelation": [{}],
        "RootMeanSquaredError": [{}],
        "MeanSquaredLogarithmicError": [{}],
        "CosineSimilarity": [{}],
    },
}


def metrics() -> dict[str, list[tuple[str, str, dict[str, Any]]]]:
    """The metrics of each output: a name in reports, the class, and its arguments."""
    dense = [name for name in CATALOGS["metrics"].names() if name not in SPARSE and name != "BinaryIoU"]
    chosen = {ONE_HOT: {name: ARGUMENTS.get(name, [{}]) for name in (*dense, "IoU", "MeanIoU")}, INDEX: SPARSE, **OTHERS}
    return {
        output: [(f"m{number}_{at}", name, one) for number, name in enumerate(many) for at, one in enumerate(many[name])]
        for output, many in chosen.items()
    }


def losses() -> dict[str, str]:
    """An output for every loss."""
    return {f"l{number}": name for number, name in enumerate(CATALOGS["losses"].names())}


def output(name: str, units: int = 3, activation: str = "softmax", inputs: str = "flat") -> list[dict[str, Any]]:
    """The layers of an output. Keras computes some losses from the logits of a softmax: it does not see them behind a Reshape."""
    dense = {"Dense": {"units": units, "activation": activation}, "inputs": inputs}
    return [dense, {"Reshape": [6, units] if inputs == "x" else [units], "name": name}]


def spec() -> str:
    """A model with an output for each loss, and with the outputs that have metrics; as JSON, which is YAML too."""
    layers: list[dict[str, Any]] = [{"Flatten": {}, "name": "flat"}]
    for name, loss in losses().items():
        layers += output(name, activation="linear", inputs="x") if loss == "CTC" else output(name)
    for name, (units, activation) in UNITS.items():
        layers += output(name, units, activation)
    measured = {
        output: [{name: {"name": reported, **arguments}} for reported, name, arguments in many]
        for output, many in metrics().items()
    }
    section = {
        "data": "synthetic",
        "loss": losses() | LOSSES,
        "metrics": measured,
        "epochs": 1,
        "limit": 48,
        "batch_size": 48,  # Circle compares the samples of a batch, so only of a single one its value is known
    }
    outputs = [*losses(), *UNITS]
    return json.dumps({"inputs": {"x": [6, 4]}, "layers": layers, "outputs": outputs, "train": section})


@pytest.fixture(scope="module")
def trained(keras: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, dict[str, Any], dict[str, Any]]:
    """The run, its test targets and its predictions, by output."""
    folder = tmp_path_factory.mktemp("metrics")
    (folder / "all.yaml").write_text(spec())
    run = train(str(folder / "all.yaml"), runs_dir=folder / "runs")
    compiled = compile_bytes("all.yaml", (folder / "all.yaml").read_bytes()).accepted()
    data = load(wanted(compiled, compiled.document.train), limit=48)
    names = [output.name for output in compiled.model.graph.outputs]
    model = keras.models.load_model(run.path / "model.keras", compile=False)
    predictions = model.predict(data.x_test, batch_size=48, verbose=0)
    return run, dict(zip(names, data.y_test, strict=True)), dict(zip(names, predictions, strict=True))


def test_the_whole_catalogue_is_trained() -> None:
    assert {name for many in metrics().values() for _, name, _ in many} == set(CATALOGS["metrics"].names())
    assert set(losses().values()) == set(CATALOGS["losses"].names())


@pytest.mark.parametrize("output", [ONE_HOT, INDEX, BINARY, NUMBERS])
def test_metrics_are_kerass_own(output: str, trained: Any, keras: Any) -> None:
    run, targets, predictions = trained
    for reported, name, arguments in metrics()[output]:
        metric = getattr(keras.metrics, name)(**arguments)
        metric.update_state(targets[output], predictions[output])
        expected = np.ravel(metric.result()).tolist()
        base = f"test_{output}_{reported}"
        figures = [value for key, value in run.metrics.items() if key == base or key.startswith(f"{base}[")]
        assert figures == pytest.approx(expected, rel=1e-3, abs=1e-4, nan_ok=True), (name, arguments)


def test_losses_are_kerass_own(trained: Any, keras: Any) -> None:
    run, targets, predictions = trained
    for output, name in losses().items():
        expected = float(getattr(keras.losses, name)()(targets[output], predictions[output]))
        assert run.metrics[f"test_{output}_loss"] == pytest.approx(expected, rel=1e-3, abs=1e-4), name


def test_figures_go_by_what_tells_them_apart(trained: Any) -> None:
    run, *_ = trained
    keys = list(epochs(run.path)[0].metrics)
    for name, arguments, labels in (
        ("F1Score", {}, ("0", "1", "2")),
        ("Recall", {"thresholds": [0.2, 0.4, 0.6]}, ("0.2", "0.4", "0.6")),
    ):
        base = next(f"{ONE_HOT}_{reported}" for reported, *one in metrics()[ONE_HOT] if one == [name, arguments])
        assert [key for key in keys if key.startswith(base)] == [f"{base}[{label}]" for label in labels]
    assert {key.removeprefix("test_") for key in run.metrics if key.startswith("test_")} == set(keys)


def test_a_run_with_figures_is_read_by_all(trained: Any) -> None:
    run, *_ = trained
    stored = find(run.path)
    assert evaluate(run.path).metrics == pytest.approx(
        {name.removeprefix("test_"): value for name, value in run.metrics.items() if name.startswith("test_")}, nan_ok=True
    )
    assert any("[0]" in line for line in metrics_table(stored.record, 100))
    assert any("(mean of 3)" in line for line in run_lines(stored, run.history, 100))
    assert (run.path / "curves.png").is_file()
    assert "[" in numbers(run.history[0].metrics)


SMALL = """
inputs: {x: [4]}
layers: [{Dense: {units: 3, activation: softmax}}]
train:
  data: synthetic
  loss: categorical_crossentropy
  metrics: [{F1Score: {}}]
  epochs: 2
  limit: 90
  validation_split: 0.3
  early_stopping: {monitor: 'val_f1_score[1]', restore_best_weights: true}
  checkpoint: {monitor: 'f1_score[2]'}
"""


def test_figures_are_monitored_and_resumed(keras: Any, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    whole = train(str(tmp_path / "small.yaml"), runs_dir=tmp_path / "a")
    first = train(str(tmp_path / "small.yaml"), epochs=1, runs_dir=tmp_path / "b")
    resumed = resume(first.path, epochs=2)
    assert [epoch.metrics for epoch in resumed.history] == [epoch.metrics for epoch in whole.history]
    assert resumed.metrics == whole.metrics
    assert whole.record.best is not None
    assert whole.record.best.value == max(epoch.metrics["f1_score[2]"] for epoch in whole.history)

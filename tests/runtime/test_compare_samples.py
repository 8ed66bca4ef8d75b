"""What came of each test sample: the mean over the samples is the metric, of every loss and every metric that is such a mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layerctl.compiler.pipeline import compile_text
from layerctl.compiler.trainable import trainable
from layerctl.runs.listener import Listener
from layerctl.runtime.study import samples
from layerctl.runtime.study.candidate import Options, candidate
from layerctl.runtime.study.trials import Seed, Trainer
from layerctl.runtime.training.fit import Stop

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]
IMAGE = "inputs: {x: [6]}\nlayers: [{Dense: {units: %s, activation: %s}}]\ntrain: {data: synthetic, epochs: 1, limit: 130, %s}"
PENALTY = """
inputs: {x: [6]}
layers: [{Dense: {units: 2, kernel_regularizer: l2}}]
train: {data: synthetic, epochs: 1, limit: 70, loss: mse}
"""
TWO = """
inputs: {x: [6]}
layers:
  - Dense: 8
  - {Dense: {units: 3, activation: softmax}, name: kind}
  - {Dense: 1, name: size, inputs: dense}
outputs: [kind, size]
train:
  data: synthetic
  epochs: 1
  limit: 100
  loss: {kind: sparse_categorical_crossentropy, size: mse}
  loss_weights: {kind: 2.0, size: 0.5}
  metrics: {kind: [accuracy, accuracy], size: [mae]}
"""
STEPS = "inputs: {x: [5, 3]}\nlayers: [{Dense: 2}]\ntrain: {data: synthetic, epochs: 1, limit: 100, loss: mae, metrics: [mse]}"
MASKED = """
inputs: {x: [5, 3]}
layers: [Masking, {LSTM: {units: 2, return_sequences: true}}]
train: {data: synthetic, epochs: 1, limit: 100, loss: mae, metrics: [mse]}
"""


def trained(text: str) -> tuple[dict[str, float], dict[str, list[float]], int]:
    """The test metrics of a trial, what is kept of its test samples, and how many there are."""
    compiled = compile_text(text, "v.yaml").accepted()
    trainer = Trainer(candidate("v", compiled, trainable(compiled), Options()))
    trial, kept = trainer.train(Seed(0, 0), Stop(), Listener())
    return trial.metrics, kept.metrics, trainer.data(0)[0].test_samples


@pytest.mark.parametrize(
    "text",
    [
        IMAGE % (3, "softmax", "loss: sparse_categorical_crossentropy, metrics: [accuracy, {SparseTopKCategoricalAccuracy: 2}]"),
        IMAGE % (3, "softmax", "loss: categorical_crossentropy, metrics: [accuracy, mae]"),
        IMAGE % (1, "sigmoid", "loss: binary_crossentropy, metrics: [accuracy, {BinaryAccuracy: {threshold: 0.7}}]"),
        IMAGE % (4, "linear", "loss: {Huber: {delta: 0.5}}, metrics: [mae, cosine_similarity, mse]"),
        PENALTY,
        TWO,
        STEPS,
    ],
)
def test_the_mean_over_the_samples_is_the_metric(text: str) -> None:
    metrics, kept, count = trained(text)
    assert set(kept) == set(metrics), "each of them"
    for name, values in kept.items():
        assert len(values) == count
        assert np.mean(values) == pytest.approx(metrics[name], rel=1e-4)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        (IMAGE % (1, "sigmoid", "loss: binary_crossentropy, metrics: [AUC, accuracy, RootMeanSquaredError, Precision]"), 3),
        (IMAGE % (3, "softmax", "loss: categorical_crossentropy, metrics: [F1Score]"), 3),
        (IMAGE % (4, "linear", "loss: mse, metrics: [r2_score]"), 1),
    ],
)
def test_of_what_is_no_mean_over_the_samples_groups_are_kept(text: str, others: int) -> None:
    metrics, kept, count = trained(text)
    assert set(kept) == set(metrics)
    assert sorted(map(len, kept.values())) == [20] * others + [count] * (len(metrics) - others)
    for name, values in kept.items():
        assert np.mean(values) == pytest.approx(metrics[name], rel=1e-3, abs=1e-4)


def test_the_groups_tell_how_a_metric_scatters() -> None:
    """The error of a root mean square by its groups is that of the delta method: half of the mean square's, by the root."""
    text = IMAGE % (1, "linear", "loss: mse, metrics: [RootMeanSquaredError]")
    metrics, kept, count = trained(text)
    (name,) = set(metrics) - {"test_loss"}
    expected = np.std(kept["test_loss"], ddof=1) / np.sqrt(count) / 2 / metrics[name]
    groups = np.array(kept[name])
    assert groups.std(ddof=1) / np.sqrt(len(groups)) == pytest.approx(expected, rel=0.4)


def test_where_a_mask_weighs_the_steps_nothing_is_kept_that_is_wrong() -> None:
    metrics, kept, _ = trained(MASKED)
    for name, values in kept.items():
        assert np.mean(values) == pytest.approx(metrics[name], rel=1e-4)


def test_many_samples_are_kept_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "MOST", 10)
    values = np.arange(25.0)
    assert samples._grouped(values).tolist() == [(n + n + 10) / 2 for n in range(10)]
    assert samples._grouped(values[:10]).tolist() == values[:10].tolist()


def test_an_empty_model_takes_the_same_inputs(keras: Any, tmp_path: Path) -> None:
    from layerctl.runtime.study.timing import without_layers

    a, b = keras.Input((4, 4, 1), name="a"), keras.Input((3,), dtype="int32", name="b")
    out = keras.layers.Concatenate()([keras.layers.Flatten()(a), keras.layers.Flatten()(keras.layers.Embedding(5, 2)(b))])
    x = {"a": np.ones((7, 4, 4, 1), np.float32), "b": np.ones((7, 3), np.int32)}
    for inputs, fed in (({"a": a, "b": b}, x), ([a, b], list(x.values()))):
        answers = without_layers(keras.Model(inputs, out)).predict_on_batch(fed)
        assert [np.shape(answer)[0] for answer in answers] == [7, 7]

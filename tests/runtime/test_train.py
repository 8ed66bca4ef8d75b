"""Training: the files of a run, repeatability by seed, and how training ends."""

from __future__ import annotations

import json
import math
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layerctl.api.train import Run, train
from layerctl.compiler.pipeline import compile_bytes, compile_text
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.runs.listener import Listener
from layerctl.runs.record import Epoch, RunRecord
from tests.command_line import CommandLine
from tests.runtime.specs import DENSE

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]
GIVEN = os.environ.get("LAYERCTL_TEST_DATA_DIR")
VALIDATED = DENSE + "  validation_split: 0.25\n  checkpoint: {monitor: val_accuracy}\n"


def run(text: str, folder: Path, **options: Any) -> Run:
    compiled = compile_text(text, "tiny.yaml")
    assert compiled.ok, [diagnostic.message for diagnostic in compiled.diagnostics]
    return train(compiled, runs_dir=folder / "runs", **options)


def lines(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run.path / "metrics.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, keras: Any) -> Run:
    """A finished run with validation."""
    return run(VALIDATED, tmp_path_factory.mktemp("train"), limit=800)


def test_the_files_of_a_run(done: Run) -> None:
    expected = "spec.yaml resolved.yaml run.json metrics.jsonl last.keras best.keras model.keras tensorboard curves.png"
    expected += " state confusion.json confusion.png preprocessing.json"
    assert sorted(path.name for path in done.path.iterdir()) == sorted(expected.split())
    assert (done.path / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert (done.path / "spec.yaml").read_text() == VALIDATED


def test_the_record(done: Run) -> None:
    record = json.loads((done.path / "run.json").read_text())
    assert json.dumps(record) == json.dumps(done.record.to_json())
    assert record["version"] == 1
    assert (record["status"], record["epochs"], record["seed"]) == ("finished", 2, 0)
    assert record["run"] == done.path.as_posix()
    assert record["data"].pop("fingerprint").startswith("sha256:")
    assert record["data"] == {"name": "synthetic", "train": 600, "validation": 200, "test": 800}
    assert set(record["metrics"]) == {f"{part}{name}" for part in ("", "val_", "test_") for name in ("loss", "accuracy")}
    assert record["best"]["monitor"] == "val_accuracy"
    assert record["best"]["value"] == max(line["val_accuracy"] for line in lines(done))
    assert {"layerctl", "python", "keras", "backend", "numpy"} <= set(record["versions"])
    assert record["times"]["training_seconds"] == pytest.approx(sum(line["seconds"] for line in lines(done)), abs=1e-3)


def test_the_lines_of_metrics(done: Run) -> None:
    epochs = lines(done)
    assert [line["epoch"] for line in epochs] == [1, 2]
    for line in epochs:
        assert list(line)[:3] == ["epoch", "seconds", "samples"]
        assert line["samples"] == 600
        assert line["seconds"] > 0
        assert set(line) - {"epoch", "seconds", "samples"} == {"loss", "accuracy", "val_loss", "val_accuracy"}


def test_the_resolved_spec_gives_the_same_model(done: Run) -> None:
    resolved = compile_bytes("tiny.yaml", (done.path / "resolved.yaml").read_bytes())
    assert resolved.ok
    assert resolved.model is not None
    original = compile_text(VALIDATED, "tiny.yaml")
    assert original.model is not None
    assert resolved.model.nodes == original.model.nodes


def test_the_saved_models_are_what_was_trained(done: Run, keras: Any) -> None:
    from layerctl.runtime.data import load
    from layerctl.runtime.data._wanted import wanted

    compiled = compile_text(VALIDATED, "tiny.yaml")
    assert compiled.document is not None
    data = load(wanted(compiled, compiled.document.train), limit=800)
    for name in ("model.keras", "last.keras"):
        metrics = keras.models.load_model(done.path / name).evaluate(data.x_test, data.y_test, verbose=0, return_dict=True)
        assert metrics["accuracy"] == pytest.approx(done.record.metrics["test_accuracy"], abs=1e-6)
    assert keras.models.load_model(done.path / "best.keras").count_params() == done.record.params


def test_the_event_files_hold_the_curves(done: Run) -> None:
    tf = pytest.importorskip("tensorflow")
    curves: dict[tuple[str, str], list[float]] = {}
    for part in ("train", "validation"):
        (path,) = (done.path / "tensorboard" / part).iterdir()
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                assert value.metadata.plugin_data.plugin_name in ("scalars", "")
                curves.setdefault((part, value.tag), []).append(float(tf.make_ndarray(value.tensor)))
    for (part, tag), name in {("train", "epoch_loss"): "loss", ("validation", "epoch_accuracy"): "val_accuracy"}.items():
        assert curves[part, tag] == pytest.approx([line[name] for line in lines(done)], rel=1e-6)


def test_no_run_is_overwritten_and_one_seed_is_one_result(done: Run) -> None:
    folder = done.path.parent.parent
    again = run(VALIDATED, folder, limit=800)
    other = run(VALIDATED, folder, limit=800, name="tiny", seed=None)
    assert [done.path.name, again.path.name, other.path.name] == ["tiny-1", "tiny-2", "tiny-3"]
    assert again.record.metrics == done.record.metrics
    changed = compile_text(VALIDATED, "tiny.yaml", overrides=("train.seed=1",))
    different = train(changed, runs_dir=folder / "runs", limit=800)
    assert different.record.metrics != done.record.metrics
    assert different.record.data.fingerprint != done.record.data.fingerprint


def test_two_runs_never_get_the_same_number(tmp_path: Path) -> None:
    from layerctl.runtime.training.rundir import RunDirectory

    for name in ("a-1", "a-7", "a-x", "ab-9"):
        (tmp_path / name).mkdir()
    assert RunDirectory.claim(tmp_path, "a").path.name == "a-8"
    with pytest.raises(UsageError):
        RunDirectory.claim(tmp_path, "../a")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot make a run directory"):
        RunDirectory.claim(tmp_path / "file", "a")


def test_each_epoch_has_an_order_of_its_own_by_seed() -> None:
    from layerctl.runtime.backends import tensorflow

    x = np.arange(10, dtype=np.float32)[:, None]
    dataset, order = tensorflow.batches(x, np.arange(10), 4, seed=5)
    seen = []
    for epoch in (0, 1, 0):
        order.shuffle(epoch)
        parts = [(a.numpy()[:, 0].tolist(), b.numpy().tolist()) for a, b in dataset]
        assert [len(a) for a, _ in parts] == [4, 4, 2]
        assert all(a == b for a, b in parts)
        seen.append([value for _, b in parts for value in b])
    assert sorted(seen[0]) == list(range(10))
    assert seen[0] == seen[2] != seen[1]


class Interrupting(Listener):
    """Presses Ctrl-C when the second epoch begins."""

    def epoch_begins(self, epoch: int, steps: int, samples: int) -> None:
        if epoch == 2:
            signal.raise_signal(signal.SIGINT)


def test_what_is_done_survives_an_interruption(tmp_path: Path, keras: Any) -> None:
    before = signal.getsignal(signal.SIGINT)
    interrupted = run(DENSE.replace("epochs: 2", "epochs: 50"), tmp_path, limit=200, listener=Interrupting())
    assert not interrupted.finished
    assert json.loads((interrupted.path / "run.json").read_text())["status"] == "interrupted"
    assert [line["epoch"] for line in lines(interrupted)] == [1]
    for name in ("last.keras", "best.keras", "model.keras"):
        keras.models.load_model(interrupted.path / name)
    assert (interrupted.path / "curves.png").exists()
    assert signal.getsignal(signal.SIGINT) is before


def test_a_loss_that_is_no_number_ends_training(tmp_path: Path) -> None:
    text = DENSE.replace("loss: sparse_categorical_crossentropy", "loss: sparse_categorical_crossentropy\n  optimizer: sgd")
    with pytest.raises(SpecError, match="LC656"):
        run(text, tmp_path, limit=100, learning_rate=1e38)
    (path,) = (tmp_path / "runs").iterdir()
    record = json.loads((path / "run.json").read_text())
    assert record["status"] == "failed"
    assert "no longer a number" in record["error"]
    assert record["code"] == "LC656"
    assert "learning_rate: 1" in (path / "resolved.yaml").read_text()


def test_early_stopping_and_the_best_weights(tmp_path: Path) -> None:
    stopping = "  early_stopping: {monitor: accuracy, patience: 1, min_delta: 2.0, restore_best_weights: true}\n"
    finished = run(DENSE.replace("epochs: 2", "epochs: 9") + stopping, tmp_path, limit=100)
    assert finished.record.epochs == 2
    assert finished.record.status == "finished"


@pytest.mark.parametrize("outputs", ["{kind: a, size: b}", "[a, b]"])
def test_several_inputs_and_outputs(outputs: str, tmp_path: Path) -> None:
    kind, size = ("kind", "size") if outputs.startswith("{") else ("a", "b")
    text = f"""
inputs: {{x: [4], y: [3]}}
layers:
  - Concatenate
    inputs: [x, y]
  - Dense: {{units: 3, activation: softmax}}
    name: a
  - Dense: 1
    inputs: concatenate
    name: b
outputs: {outputs}
train:
  data: synthetic
  loss: {{{kind}: sparse_categorical_crossentropy, {size}: mse}}
  loss_weights: {{{kind}: 2.0}}
  metrics: {{{kind}: [accuracy], {size}: [mae]}}
  validation_split: 0.2
  checkpoint: {{monitor: val_{kind}_accuracy}}
  epochs: 1
"""
    text = text.replace("  - Concatenate\n    inputs", "  - Concatenate:\n    inputs")
    metrics = run(text, tmp_path, limit=192).record.metrics
    assert {f"test_{kind}_accuracy", f"test_{size}_mae", f"test_{kind}_loss"} <= set(metrics)
    weighted = 2 * metrics[f"test_{kind}_loss"] + metrics[f"test_{size}_loss"]
    assert metrics["test_loss"] == pytest.approx(weighted, rel=1e-4)


def test_class_weights_agree_with_keras(tmp_path: Path, keras: Any) -> None:
    """Compared with `fit(class_weight=…)`, which takes neither several outputs nor a mapping of them."""
    from layerctl.runtime.training.class_weights import sample_weights

    weighted = DENSE.replace("epochs: 2", "epochs: 1\n  class_weight: {0: 3.0, 2: 0.5}")
    for text in (weighted, weighted.replace("class_weight: {0: 3.0, 2: 0.5}", "class_weight: {dense_1: {0: 3.0, 2: 0.5}}")):
        compiled = compile_text(text, "tiny.yaml")
        assert compiled.document is not None
        labels = np.array([0, 1, 2, 2])
        assert sample_weights(compiled, compiled.document.train, labels).tolist() == [3.0, 1.0, 0.5, 0.5]
        one_hot = np.eye(3, dtype=np.float32)[labels]
        assert sample_weights(compiled, compiled.document.train, {"dense_1": one_hot})["dense_1"].tolist() == [3.0, 1.0, 0.5, 0.5]
    plain = run(DENSE.replace("epochs: 2", "epochs: 1"), tmp_path, limit=200)
    assert run(weighted, tmp_path, limit=200).record.metrics != plain.record.metrics


def test_one_of_two_outputs_has_class_weights(tmp_path: Path) -> None:
    text = """
inputs: {x: [4]}
layers:
  - {Dense: {units: 1, activation: sigmoid}, name: a}
  - {Dense: 1, inputs: x, name: b}
outputs: {yes: a, size: b}
train: {data: synthetic, loss: {yes: binary_crossentropy, size: mse}, class_weight: {yes: {1: 0, 0: 0}}, epochs: 1, limit: 64}
"""
    metrics = run(text, tmp_path).record.metrics
    assert metrics["yes_loss"] == 0
    assert metrics["size_loss"] > 0
    assert metrics["test_yes_loss"] > 0


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_trains(dtype: str, tmp_path: Path) -> None:
    metrics = run(f"dtype: {dtype}\n" + DENSE, tmp_path, limit=400).record.metrics
    assert math.isfinite(metrics["loss"])


BINARY = DENSE.replace("units: 3, activation: softmax", "units: 1, activation: sigmoid").replace("sparse_cat", "cat")


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        (DENSE, 3),
        (DENSE.replace("sparse_categorical", "categorical"), 3),
        *((BINARY.replace("categorical_crossentropy", loss), 2) for loss in ("binary_crossentropy", "dice", "tversky")),
        (DENSE.replace("units: 3, activation: softmax", "units: 1").replace("sparse_categorical_crossentropy", "hinge"), 2),
    ],
)
def test_the_confusion_adds_up(text: str, classes: int, tmp_path: Path) -> None:
    finished = run(text, tmp_path, limit=300)
    confusion = json.loads((finished.path / "confusion.json").read_text())
    matrix = np.array(confusion["matrix"])
    assert matrix.shape == (classes, classes)
    assert matrix.sum() == 300
    accuracy = finished.record.metrics.get("test_accuracy")
    if "hinge" not in text:
        assert np.trace(matrix) / 300 == pytest.approx(accuracy, abs=1e-6)
    assert (finished.path / "confusion.png").read_bytes().startswith(b"\x89PNG")


def test_numbers_have_no_confusion(tmp_path: Path) -> None:
    text = DENSE.replace("units: 3, activation: softmax", "units: 1").replace("sparse_categorical_crossentropy", "mse")
    assert not (run(text.replace("[accuracy]", "[mae]"), tmp_path, limit=50).path / "confusion.json").exists()


def test_a_fixed_batch_is_filled(tmp_path: Path) -> None:
    text = DENSE.replace("x: [6]", "x: {shape: [6], batch_size: 8}").replace("epochs: 2", "epochs: 1\n  batch_size: 8")
    assert run(text, tmp_path, limit=30).record.data.train == 24


class Heard(Listener):
    def __init__(self) -> None:
        self.calls: list[str] = []
        self.metrics: list[Mapping[str, float]] = []

    def training_begins(self, record: RunRecord) -> None:
        self.calls.append(record.status)

    def stepped(self, step: int, metrics: Mapping[str, float]) -> None:
        self.calls.append(f"step {step}")
        self.metrics.append(dict(metrics))

    def epoch_ends(self, epoch: Epoch) -> None:
        self.calls.append(f"epoch {epoch.epoch}")

    def training_ends(self, record: RunRecord) -> None:
        self.calls.append(record.status)


def test_a_listener_hears_of_everything(tmp_path: Path) -> None:
    heard = Heard()
    run(DENSE, tmp_path, limit=250, listener=heard)
    first = heard.calls.index("epoch 1")
    assert heard.calls[0] == "running"
    assert heard.calls[first - 1] == "step 8"
    assert heard.calls[-2:] == ["epoch 2", "finished"]
    assert all(math.isfinite(metrics["loss"]) for metrics in heard.metrics)


@pytest.mark.parametrize(
    ("samples", "batch_size", "macs", "expected"),
    [
        (60_000, 32, 235_000, 64),
        (3823, 128, 235_000, 7),
        (60_000, 32, 4_000_000_000, 1),
        (10, 32, 100, 1),
        (60_000, 32, 2_600_000, 64),
    ],
)
def test_steps_between_reports(samples: int, batch_size: int, macs: int, expected: int) -> None:
    from layerctl.runtime.training.fit import steps_per_execution

    assert steps_per_execution(samples, batch_size, macs) == expected


def test_the_command(cli: CommandLine) -> None:
    cli.write("tiny.yaml", DENSE)
    text = cli("train", "tiny.yaml", "--limit", "100", "--epochs", "1")
    assert (text.status, "test" in text.out, "epoch 1/1" in text.err) == (0, True, True)
    result = cli(
        "train", "tiny", "--limit", "100", "--format", "json", "--learning-rate", "0.01", "--runs-dir", "kept", "--name", "b"
    )
    assert result.data == json.loads((cli.folder / "kept/b-1/run.json").read_text())
    assert result.data["command"].startswith("layerctl train tiny --limit 100")
    assert "learning_rate: 0.01" in (cli.folder / "kept/b-1/resolved.yaml").read_text()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--data", "mnits"), 1, "did you mean `mnist`?"),
        (("--data", "./none.npz"), 1, "LC651"),
        (("--epochs", "0"), 2, "--epochs"),
        (("--learning-rate", "nan"), 2, "a learning rate is a positive number"),
        (("--name", "a/b"), 2, "cannot name a run"),
        (("--name", ""), 2, "cannot name a run"),
        (("--set", "train.validation_split=0.9", "--limit", "1"), 1, "LC655"),
    ],
)
def test_what_the_command_refuses(arguments: tuple[str, ...], status: int, words: str, cli: CommandLine) -> None:
    cli.write("tiny.yaml", DENSE)
    result = cli("train", "tiny.yaml", *arguments)
    assert (result.status, words in result.err) == (status, True), result.err
    assert not list(cli.folder.glob("runs/*"))


def test_a_training_that_fails_has_its_record_printed(cli: CommandLine) -> None:
    cli.write("tiny.yaml", DENSE)
    result = cli("train", "tiny", "--learning-rate", "1e30", "--format", "json")
    assert (result.status, "LC656" in result.err) == (1, True)
    assert result.data == json.loads((cli.folder / "runs/tiny-1/run.json").read_text())
    assert (result.data["status"], result.data["code"]) == ("failed", "LC656")


def test_the_project_s_only_spec(cli: CommandLine) -> None:
    assert "which spec?" in cli("train").err
    cli.write("specs/tiny.yaml", DENSE)
    assert cli("train").status == 0


def test_a_spec_that_does_not_say_how_to_train(cli: CommandLine) -> None:
    cli.write("bare.yaml", "inputs: {x: [2]}\nlayers: [Dense: 1]\n")
    result = cli("train", "bare")
    assert result.status == 1
    assert "LC650" in result.err


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.skipif(GIVEN is None, reason="LAYERCTL_TEST_DATA_DIR is not set")
def test_a_part_of_mnist_is_learned(tmp_path: Path) -> None:
    finished = train("conv2d", data="mnist", data_dir=GIVEN, limit=6000, epochs=2, runs_dir=tmp_path)
    assert finished.record.metrics["test_accuracy"] > 0.93

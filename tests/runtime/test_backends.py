"""The same specs on JAX and PyTorch, where they are installed; the other tests run on TensorFlow, the default back end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.processes import Backend, Done

pytestmark = pytest.mark.keras

SPEC = """\
blocks:
  stage:
    params: {filters: 4}
    layers:
      - Conv2D: {filters: $filters, kernel_size: 3, activation: relu}
      - BatchNormalization
inputs: {image: [8, 8, 1]}
layers:
  - stage
  - Flatten
  - Dropout: 0.2
  - Dense: {units: 10, activation: softmax}
train:
  {data: digits, loss: sparse_categorical_crossentropy, metrics: [accuracy], limit: 1000, epochs: 4, validation_split: 0.2}
"""
OTHERS = ("jax", "torch")


@dataclass(frozen=True)
class Elsewhere:
    """The command line with another back end, in a directory of its own.

    Attributes:
        afresh: whether each command has a process of its own.
    """

    backend: Backend
    folder: Path
    afresh: bool = False

    def __call__(self, *arguments: str) -> Done:
        if self.afresh:
            return self.backend.python(self.folder, "-m", "layerctl", *arguments)
        return self.backend.asked(self.folder, *arguments)

    def trained(self, *arguments: str) -> dict[str, Any]:
        done = self("train", *arguments, "--format", "json")
        assert done.returncode == 0, done.stderr
        output: dict[str, Any] = json.loads(done.stdout)
        return output


def served(name: str, cache: Path, **variables: str) -> Iterator[Backend]:
    """A back end whose runs compile what they have in common once."""
    if not (find_spec(name) and find_spec("keras") and find_spec("tensorboard")):
        pytest.skip(f"layerctl[{name}] is not installed")
    compiled = {"JAX_COMPILATION_CACHE_DIR": str(cache), "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}
    with Backend(name, **compiled, **variables) as backend:
        yield backend


@pytest.fixture(scope="module", params=OTHERS)
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    yield from served(request.param, tmp_path_factory.mktemp("cache"))


@pytest.fixture
def elsewhere(backend: Backend, tmp_path: Path) -> Elsewhere:
    (tmp_path / "small.yaml").write_text(SPEC)
    return Elsewhere(backend, tmp_path)


@pytest.fixture(scope="module")
def trained(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder and the record of `small-1`, trained in a process of its own."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "small.yaml").write_text(SPEC)
    return folder, Elsewhere(backend, folder, afresh=True).trained("small.yaml")


def test_train_and_the_commands_on_its_run(elsewhere: Elsewhere, trained: tuple[Path, dict[str, Any]]) -> None:
    built = elsewhere("build", "small.yaml")
    assert (built.returncode, "every shape, dtype and weight is as checked" in built.stdout) == (0, True), built.stderr
    folder, record = trained
    assert record["versions"]["backend"] == elsewhere.backend.name
    assert record["metrics"]["test_accuracy"] > 0.3
    assert list((folder / "runs/small-1/tensorboard/train").iterdir())
    elsewhere = replace(elsewhere, folder=folder)
    evaluated = elsewhere("evaluate", "small-1", "--format", "json")
    assert json.loads(evaluated.stdout)["metrics"]["accuracy"] == pytest.approx(record["metrics"]["test_accuracy"])
    traced = elsewhere("trace", "small-1", "--data", "digits", "--gradients", "--format", "json")
    rows = {row["name"]: row for row in json.loads(traced.stdout)["layers"]}
    assert all(weight["gradient"]["rms"] > 0 for weight in rows["dense"]["weights"])
    converted = elsewhere("convert", "small-1", "--to", "dense", "--format", "json")
    assert json.loads(converted.stdout)["equivalent"], converted.stderr


def test_a_resumed_run_is_exact(elsewhere: Elsewhere, trained: tuple[Path, dict[str, Any]]) -> None:
    """Each is trained in another process than what it is compared with."""
    folder, uninterrupted = trained
    elsewhere.trained("small.yaml", "--epochs", "2")
    afresh = replace(elsewhere, afresh=True)
    assert afresh.trained("--resume", "small-1", "--epochs", "4")["metrics"] == uninterrupted["metrics"]
    assert elsewhere.trained(str(folder / "runs/small-1/resolved.yaml"))["metrics"] == uninterrupted["metrics"]


def test_texts_become_words(elsewhere: Elsewhere) -> None:
    (elsewhere.folder / "messages").write_text("ham\thome at six\nspam\tcash now\n" * 20)
    (elsewhere.folder / "texts.yaml").write_text(
        "inputs: {t: {shape: [4], dtype: int32}}\n"
        "layers: [{Embedding: {input_dim: 12, output_dim: 2}}, Flatten, {Dense: {units: 1, activation: sigmoid}}]\n"
        "train: {data: {path: messages, format: text}, loss: binary_crossentropy, epochs: 1}\n"
    )
    assert elsewhere.trained("texts.yaml")["status"] == "finished"


def test_a_layer_that_needs_tensorflow(elsewhere: Elsewhere) -> None:
    (elsewhere.folder / "lookup.yaml").write_text(
        "inputs: {t: {shape: [4], dtype: string}}\nlayers: [{StringLookup: {vocabulary: [a, b]}}]\n"
    )
    done = elsewhere("build", "lookup.yaml")
    assert done.returncode == 2, done.stderr
    assert "`StringLookup` needs TensorFlow" in done.stderr
    assert "KERAS_BACKEND=tensorflow" in done.stderr


@pytest.fixture(scope="module")
def two_devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """JAX, configured to see the CPU as two devices."""
    yield from served("jax", tmp_path_factory.mktemp("cache"), XLA_FLAGS="--xla_force_host_platform_device_count=2")


@pytest.fixture
def two_cpus(two_devices: Backend, tmp_path: Path) -> Elsewhere:
    (tmp_path / "small.yaml").write_text(SPEC)
    return Elsewhere(two_devices, tmp_path)


def test_devices_share_the_batches(two_cpus: Elsewhere) -> None:
    (two_cpus.folder / "small.yaml").write_text(SPEC.replace("  - Dropout: 0.2\n", ""))
    one = two_cpus.trained("small.yaml", "--devices", "cpu:1")
    both = two_cpus.trained("small.yaml", "--devices", "2")
    assert (one["devices"], both["devices"]) == (["cpu:1"], ["cpu:0", "cpu:1"])
    assert both["metrics"] == pytest.approx(one["metrics"], rel=1e-3)
    assert two_cpus.trained("small.yaml", "--epochs", "1")["devices"] is None


def test_a_run_on_two_devices_resumes_exactly(two_cpus: Elsewhere) -> None:
    """With numbers of training, validation and test samples that two devices cannot share evenly."""
    odd = ("small.yaml", "--limit", "777", "--devices", "cpu:1,cpu:0")
    uninterrupted = two_cpus.trained(*odd)
    two_cpus.trained(*odd, "--epochs", "2")
    record = replace(two_cpus, afresh=True).trained("--resume", "small-2", "--epochs", "4")
    assert record["metrics"] == uninterrupted["metrics"]
    assert record["devices"] == ["cpu:1", "cpu:0"]
    lines = (two_cpus.folder / "runs/small-2/metrics.jsonl").read_text().splitlines()
    assert {json.loads(line)["samples"] for line in lines} == {record["data"]["train"] - record["data"]["train"] % 2}
    done = Elsewhere(Backend("jax"), two_cpus.folder, afresh=True)("train", "--resume", "small-2", "--epochs", "5")
    assert (done.returncode, "has no `cpu:1`" in done.stderr) == (2, True), done.stderr
    assert "`layerctl train runs/small-2/resolved.yaml`" in done.stderr


@pytest.mark.parametrize(
    ("devices", "words"),
    {
        "too many": ("3", "3 devices asked for; this machine has 2: cpu:0, cpu:1"),
        "none": ("0", "0 devices asked for"),
        "not there": ("gpu:0", "this machine has no `gpu:0` that Keras with jax can use"),
        "twice": ("cpu:0,cpu", "names a device more than once"),
        "no name": ("fast", "got `fast`"),
        "odd": ("2", "31 cannot be divided by that"),
    }.values(),
)
def test_missing_devices_are_refused(two_cpus: Elsewhere, devices: str, words: str) -> None:
    done = two_cpus("train", "small.yaml", "--devices", devices, "--batch-size", "31")
    assert (done.returncode, words in done.stderr) == (2, True), done.stderr
    assert "--batch-size 32" in done.stderr or "there are cpu:0, cpu:1: `--devices 2`" in done.stderr


MIRRORED = """
import tensorflow as tf
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2)
from layerctl.api.train import resume, train
def alike(a, b):
    for name, value in a["metrics"].items():
        assert abs(b["metrics"][name] - value) < 1e-3 * max(1, value), (name, value, b["metrics"])
one = train("small.yaml", devices="cpu:1", epochs=2).record.to_json()
both = train("small.yaml", devices="2", epochs=2).record.to_json()
assert both["devices"] == ["cpu:0", "cpu:1"], both["devices"]
alike(one, both)
odd = train("random.yaml", limit=777, devices="2", epochs=2).record.to_json()
part = train("random.yaml", limit=777, devices="2", epochs=1).path
again = resume(part, epochs=2).record.to_json()
assert again["metrics"]["loss"] == odd["metrics"]["loss"]
alike(odd, again)  # each device has moving averages of its own, of which one is kept
"""


def test_devices_of_tensorflow(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    (tmp_path / "random.yaml").write_text(SPEC)
    # Keras's BatchNormalization counts the part of a batch that a device has.
    (tmp_path / "small.yaml").write_text(SPEC.replace("  - Dropout: 0.2\n", "").replace("      - BatchNormalization\n", ""))
    done = Backend("tensorflow").python(tmp_path, "-c", MIRRORED)
    assert done.returncode == 0, done.stderr


def test_pytorch_trains_on_one_device(tmp_path: Path) -> None:
    if not (find_spec("torch") and find_spec("tensorboard")):
        pytest.skip("layerctl[torch] is not installed")
    (tmp_path / "small.yaml").write_text(SPEC)
    there = Elsewhere(Backend("torch"), tmp_path, afresh=True)
    done = there("train", "small.yaml", "--devices", "2")
    assert (done.returncode, "2 devices asked for" in done.stderr or "trains on one device" in done.stderr) == (2, True)
    assert there.trained("small.yaml", "--devices", "cpu", "--epochs", "1")["devices"] == ["cpu:0"]


def test_an_unknown_back_end_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("keras")
    (tmp_path / "small.yaml").write_text(SPEC)
    done = Elsewhere(Backend("nope"), tmp_path, afresh=True)("build", "small.yaml")
    assert (done.returncode, "Keras has no back end `nope`" in done.stderr) == (2, True)

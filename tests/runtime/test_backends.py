"""The same specs on JAX; the other tests run on TensorFlow, the default back end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.keras

SPEC = """\
inputs: {image: [8, 8, 1]}
layers:
  - Conv2D: {filters: 4, kernel_size: 3, activation: relu}
  - Flatten
  - Dropout: 0.2
  - Dense: {units: 10, activation: softmax}
train:
  {data: digits, loss: sparse_categorical_crossentropy, metrics: [accuracy], limit: 1000, epochs: 3, validation_split: 0.2}
"""


@pytest.fixture(scope="module", autouse=True)
def needs_jax() -> None:
    pytest.importorskip("jax")
    pytest.importorskip("keras")


def on_jax(folder: Path, *arguments: str, backend: str = "jax") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "layerctl", *arguments]
    root = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": root}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)


def trained(folder: Path, *arguments: str) -> dict[str, Any]:
    done = on_jax(folder, "train", *arguments, "--format", "json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_spec_is_built_and_trained(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SPEC)
    built = on_jax(tmp_path, "build", "small.yaml")
    assert (built.returncode, "every shape, dtype and weight is as checked" in built.stdout) == (0, True), built.stderr
    record = trained(tmp_path, "small.yaml")
    assert record["versions"]["backend"] == "jax"
    assert record["metrics"]["test_accuracy"] > 0.3
    assert list((tmp_path / "runs/small-1/tensorboard/train").iterdir())


def test_a_run_goes_on_exactly(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SPEC)
    whole = trained(tmp_path, "small.yaml")
    trained(tmp_path, "small.yaml", "--epochs", "1")
    assert trained(tmp_path, "--resume", "small-2", "--epochs", "3")["metrics"] == whole["metrics"]


def test_a_back_end_that_keras_has_not(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SPEC)
    done = on_jax(tmp_path, "build", "small.yaml", backend="nope")
    assert (done.returncode, "Keras has no back end `nope`" in done.stderr) == (2, True)

"""The memory that is foreseen, against what is read and built; and memory that runs out all the same."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layerctl.analysis.data.held import held
from layerctl.base.machine import RanOut
from layerctl.compiler.pipeline import compile_text
from layerctl.runtime.backends import backend
from layerctl.runtime.data import load
from layerctl.runtime.data._wanted import wanted
from tests.runtime.processes import Backend

HUGE = "inputs: {x: [4]}\nlayers: [{Dense: 100000000000000}]\n"
"""2 PB of weights: no process of today's machines has so many addresses."""


def nbytes(value: Any) -> int:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return sum(part.nbytes for part in parts if part is not None)


CLASSES = "sparse_categorical_crossentropy"
SPECS = {
    "synthetic": ("[12]", "synthetic", "Dense: 3", "mse"),
    "classes": ("[12]", "synthetic", "Dense: {units: 3, activation: softmax}", CLASSES),
    "one-hot": ("[12]", "synthetic", "Dense: {units: 3, activation: softmax}", "categorical_crossentropy"),
    "tokens": ("{shape: [7], dtype: int32}", "synthetic", "Embedding: {input_dim: 50, output_dim: 4}, Flatten, Dense: 1", "mse"),
    "digits": ("[9, 9, 3]", "digits", "Flatten, Dense: 10", CLASSES),
    "grey": (
        "{shape: [64], dtype: uint8}",
        "{name: digits, rescale: false}",
        "Rescaling: 1, Dense: 10",
        "sparse_categorical_crossentropy",
    ),
    "npz": ("[5]", "a.npz", "Dense: 1", "mse"),
}


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(0)
    axes = {"x_train": 5, "y_train": 1, "x_test": 5, "y_test": 1}
    np.savez("a.npz", **{name: generator.random((60, axis), np.float32) for name, axis in axes.items()})


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize("limit", [None, 50])
@pytest.mark.parametrize("name", SPECS)
def test_data_take_what_is_foreseen_at_least(name: str, limit: int | None) -> None:
    shape, data, layers, loss = SPECS[name]
    train = f"train: {{data: {data}, loss: {loss}, validation_split: 0.25}}"
    compiled = compile_text(f"inputs: {{x: {shape}}}\nlayers: [{layers}]\n{train}\n").accepted()
    assert compiled.document.train is not None
    want = wanted(compiled, compiled.document.train)
    read, foreseen = load(want), held(want, limit)
    parts = [nbytes(getattr(read, f"{side}_{part}")) for side in "xy" for part in ("train", "test")]
    assert 0 < foreseen.bytes <= 2 * sum(parts)  # integers are made from floats, which take more
    if limit is None:
        assert foreseen.bytes > sum(parts) / 3
    assert foreseen.samples <= load(want, limit=limit).train_samples * 0.75


@pytest.fixture(scope="module")
def tensorflow() -> Iterator[Backend]:
    """TensorFlow without the allocator of oneDNN, which waits ten seconds for memory before it says that there is none."""
    pytest.importorskip("tensorflow")
    with Backend("tensorflow", TF_ENABLE_ONEDNN_OPTS="0", LAYERCTL_MEMORY="65536TiB") as backend:
        yield backend


@pytest.mark.parametrize("command", [["build"], ["trace"], ["convert", "--to", "conv2d"]])
def test_memory_that_runs_out_is_no_bug(tensorflow: Backend, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "a.yaml").write_text(HUGE)
    done = tensorflow.asked(tmp_path, command[0], "a.yaml", *command[1:])
    assert done.returncode == 1
    assert "error[LC630]: memory ran out" in done.stderr
    assert "a.yaml:2:" in done.stderr


def test_a_run_says_why_it_failed(tensorflow: Backend, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "inputs: {x: [8, 8, 1]}\nlayers: [UpSampling2D: 1000000, GlobalAveragePooling2D, Dense: 1]\n"
        "train: {data: synthetic, loss: mse, epochs: 1, limit: 20, batch_size: 1}\n"
    )
    done = tensorflow.asked(tmp_path, "train", "a.yaml")
    assert done.returncode == 1
    assert "error[LC630]: memory ran out while the model was trained" in done.stderr
    assert json.loads(tensorflow.asked(tmp_path, "runs", "a-1", "--format", "json").stdout)["code"] == "LC630"


@pytest.mark.usefixtures("archive")
def test_memory_that_runs_out_while_data_are_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: Any) -> Any:
        raise ValueError("array is too big; it holds more than there is")

    monkeypatch.setattr("layerctl.runtime.data.read_data", full)
    compiled = compile_text("inputs: {x: [5]}\nlayers: [Dense: 1]\ntrain: {data: a.npz, loss: mse}\n").accepted()
    assert compiled.document.train is not None
    with pytest.raises(RanOut, match="the data were read"):
        load(wanted(compiled, compiled.document.train))


@pytest.mark.parametrize("error", [MemoryError(), ImportError("libkeras.so: failed to map segment from shared object")])
def test_memory_that_runs_out_while_keras_is_loaded_is_told(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder:
        def find_spec(self, name: str, *others: Any) -> None:
            if name == "keras":
                raise error

    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    with pytest.raises(RanOut, match="Keras was loaded"):
        backend.keras.__wrapped__()

"""The expanded form of a spec is a spec of the same model."""

from __future__ import annotations

from pathlib import Path

import pytest

from layerctl.checking import check
from layerctl.compiler import compile_text
from layerctl.emit.resolved import resolved

ROOT = Path(__file__).parent.parent
SPECS = sorted([*(ROOT / "specs").rglob("*.yaml"), *(ROOT / "tests/cases/build").glob("*.yaml")])
ODD = """
description: "$$5, yes: 1e-3"
name: "1e-3"
vars: {w: 8}
inputs: {a: [4], b: {shape: [4], batch_size: 2}}
layers:
  - Dense: {units: $w, activation: relu, kernel_initializer: {HeNormal: {seed: 3}}}
    inputs: a
    name: one
    repeat: 2
  - Dense: 8
    inputs: b
  - reuse: one_2
  - Dense: 3
outputs: {x: one_2, y: dense_1}
train:
  data: {name: synthetic}
  loss: {x: mse, y: {Huber: {delta: 2.0}}}
  optimizer: {Adam: {learning_rate: {CosineDecay: {initial_learning_rate: 1e-5, decay_steps: 100}}}}
  metrics: {x: [mae, {TopKCategoricalAccuracy: {k: 2, name: top}}]}
  batch_size: 2
"""


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_it_gives_the_same_model(path: Path) -> None:
    same(path.read_text(encoding="utf-8"), path)


def test_odd_values_survive() -> None:
    text = same(ODD, Path("odd.yaml"))
    assert '"1e-3"' in text
    assert "$$5" in text


def same(given: str, path: Path) -> str:
    compiled = compile_text(given, str(path))
    assert compiled.ok, [diagnostic.message for diagnostic in compiled.diagnostics]
    assert compiled.model is not None
    assert compiled.document is not None
    text = resolved(compiled.model, compiled.document)
    again = compile_text(text, str(path))
    assert not [diagnostic.message for diagnostic in again.diagnostics if diagnostic.is_error], text
    assert again.model is not None
    assert again.document is not None
    assert again.model.nodes == compiled.model.nodes
    assert len(again.model.graph.outputs) == len(compiled.model.graph.outputs)
    assert resolved(again.model, again.document) == text
    return text


def test_a_path_is_read_as_before(tmp_path: Path) -> None:
    spec = tmp_path / "named.yaml"
    spec.write_text("inputs: {x: [2]}\nlayers: [Dense: 1]\n")
    found = check(spec)
    assert found.model is not None
    assert found.document is not None
    assert "name: named\n" in resolved(found.model, found.document)

"""The expanded form of a spec is a spec of the same model."""

from __future__ import annotations

from pathlib import Path

import pytest

from layerctl.api.check import check
from layerctl.compiler.pipeline import compile_text
from layerctl.compiler.trainable import named_as
from layerctl.language.resolved import plain, resolved

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
    compiled = check(spec)
    assert compiled.model is not None
    assert compiled.document is not None
    assert "name: named\n" in resolved(compiled.model, compiled.document)


BLOCKS = """
blocks:
  tower:
    layers:
      - Dense: {units: 8, activation: relu}
      - Dense: {units: 3, activation: softmax}
        name: head
inputs: {image: [4]}
layers:
  - tower: {}
    name: a
  - tower: {}
    name: a_head
    inputs: image
outputs: [a.head, a_head]
train:
  data: {path: "t.csv", target: {a.head: one, a_head: two}}
  loss: {a.head: sparse_categorical_crossentropy, a_head: sparse_categorical_crossentropy}
  loss_weights: {a.head: 1.0, a_head: 0.5}
  class_weight: {a.head: {0: 2.0}}
  metrics: {a.head: [accuracy, accuracy], a_head: [accuracy]}
  validation_split: 0.2
  early_stopping: {monitor: val_a.head_accuracy_1}
  checkpoint: {monitor: a_head_loss}
"""


def test_outputs_of_blocks_are_named_alike_everywhere() -> None:
    """`a.head` becomes `a_head`, which was the name of the other output; that one becomes `a_head_head`."""
    text = same(BLOCKS, Path("blocks.yaml"))
    again = compile_text(text)
    assert again.document is not None
    train = again.document.train
    for by_output in (train.loss, train.loss_weights, train.metrics, train.data.target):
        assert list(by_output) == ["a_head", "a_head_head"]
    assert list(train.class_weight) == ["a_head"]
    assert (train.early_stopping.monitor, train.checkpoint.monitor) == ("val_a_head_accuracy_1", "a_head_head_loss")


def test_a_runs_expanded_spec_gets_its_output_names_back() -> None:
    given = compile_text(BLOCKS)
    assert given.document is not None
    text = same(BLOCKS, Path("blocks.yaml"))
    back = named_as(compile_text(text), ["a.head", "a_head"])
    assert back.model is not None
    assert back.document is not None
    assert [output.name for output in back.model.graph.outputs] == ["a.head", "a_head"]
    assert plain(back.document.train) == plain(given.document.train)
    assert resolved(back.model, back.document) == text


def test_a_further_call_is_an_output_by_its_layer() -> None:
    text = "inputs: {x: [2]}\nlayers: [{Dense: 2}, {reuse: dense}]\ntrain: {data: synthetic, loss: {dense: mse}}"
    same(text, Path("twice.yaml"))

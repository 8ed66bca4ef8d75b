"""Going on with runs: after a kill at any moment, after Ctrl-C, to more epochs, with damaged files; and what refuses to."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.kills import Commands, after, amid_file, differences, until_done

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]
RANDOM = """
inputs: {image: [8, 8, 1]}
layers:
  - RandomTranslation: {height_factor: 0.1, width_factor: 0.1}
  - Conv2D: {filters: 4, kernel_size: 3}
  - BatchNormalization
  - Flatten
  - Dense: {units: 16, activation: relu}
  - Dropout: 0.5
  - Dense: {units: 10, activation: softmax}
train:
  data: digits
  limit: 300
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
  epochs: 12
  validation_split: 0.2
  optimizer: {Adam: {learning_rate: {CosineDecay: {initial_learning_rate: 1e-2, decay_steps: 100}}, use_ema: true}}
  early_stopping: {monitor: val_loss, patience: 9, restore_best_weights: true}
  checkpoint: {monitor: val_accuracy}
"""
"""A model with all that has a state of its own: seed generators, moving statistics, schedules, averages of weights."""


SECONDS = 3.0
"""About what training the model takes."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("recovery")
    (made / "random.yaml").write_text(RANDOM)
    return made


@pytest.fixture(scope="module")
def commands(folder: Path) -> Iterator[Commands]:
    started = Commands(folder)
    yield started
    started.close()


@pytest.fixture(scope="module")
def whole(folder: Path, commands: Commands) -> Path:
    """A run that nobody interrupted."""
    assert commands("train", "random", "--name", "whole") == 0
    return folder / "runs/whole-1"


def test_killed_runs_end_as_if_nothing_had_happened(whole: Path, folder: Path, commands: Commands) -> None:
    draw = random.Random(0)
    run = folder / "runs/killed-1"
    moments = [after(draw.uniform(0, SECONDS)) for _ in range(2)] + [amid_file(run, draw.randint(1, 12)) for _ in range(5)]
    draw.shuffle(moments)
    assert until_done(commands, run, ["train", "random", "--name", "killed"], moments) >= 3
    assert not differences(whole, run)

"""Resuming runs: after a kill at any moment, after Ctrl-C, for more epochs, with damaged files; and runs that are refused."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layerctl.api.evaluate import evaluate
from layerctl.api.predict import predict
from layerctl.api.train import resume, train
from layerctl.base.locks import Lock
from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.runs.listener import Listener
from layerctl.runs.stored import load
from layerctl.runtime.training.state import State, read, state_files
from tests.command_line import CommandLine
from tests.runtime.kills import Commands, after, amid_file, differences, until_done
from tests.runtime.specs import DENSE

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
"""A model with every kind of state: seed generators, moving statistics, schedules, averages of weights."""


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
def uninterrupted(folder: Path, commands: Commands) -> Path:
    """A run that nobody interrupted."""
    assert commands("train", "random", "--name", "uninterrupted") == 0
    return folder / "runs/uninterrupted-1"


def test_killed_runs_resume_exactly(uninterrupted: Path, folder: Path, commands: Commands) -> None:
    draw = random.Random(0)
    run = folder / "runs/killed-1"
    moments = [after(draw.uniform(0, SECONDS)) for _ in range(2)] + [amid_file(run, draw.randint(1, 12)) for _ in range(5)]
    draw.shuffle(moments)
    assert until_done(commands, run, ["train", "random", "--name", "killed"], moments) >= 3
    assert not differences(uninterrupted, run)


class Killed(Exception):
    """Stands for a kill at a known moment: after it only the files of a failed run are written."""


class Events(Listener):
    """Calls a function when an epoch begins, and keeps the notes."""

    def __init__(self, epoch: int = 0, act: Callable[[], object] = lambda: None) -> None:
        self.epoch = epoch
        self.act = act
        self.notes: list[str] = []

    def epoch_begins(self, epoch: int, steps: int, samples: int) -> None:
        if epoch == self.epoch:
            self.act()

    def noticed(self, message: str) -> None:
        self.notes.append(message)


def kill() -> None:
    raise Killed


def ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def begun(text: str, folder: Path, *, stop_at: int, act: Callable[[], object] = kill, **options: Any) -> Path:
    """A run that ends when an epoch begins."""
    compiled = compile_text(text, "random.yaml")
    try:
        return train(compiled, runs_dir=folder / "runs", listener=Events(stop_at, act), **options).path
    except Killed:
        return max((folder / "runs").iterdir(), key=lambda path: path.stat().st_mtime)


@pytest.fixture(scope="module")
def interrupted(folder: Path) -> Path:
    """A run with three finished epochs of twelve."""
    return begun(RANDOM, folder, stop_at=4, name="interrupted", act=ctrl_c)


def copied(run: Path, name: str) -> Path:
    return Path(shutil.copytree(run, run.with_name(name)))


def test_an_interrupted_run_resumes_exactly(uninterrupted: Path, interrupted: Path) -> None:
    assert json.loads((interrupted / "run.json").read_text())["status"] == "interrupted"
    run = copied(interrupted, "goes-on-1")
    resumed = resume(run)
    assert not differences(uninterrupted, run)
    assert resumed.record.run == run.as_posix()
    assert [entry.epoch for entry in resumed.record.resumed] == [3]
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert resumed.record.times.training_seconds == pytest.approx(sum(line["seconds"] for line in lines), abs=1e-3)
    assert resumed.record.times.seconds > resumed.record.times.training_seconds
    assert resume(run).record == resumed.record, "a run that has come to its end is left as it is"


def test_a_finished_run_can_be_trained_for_more_epochs(uninterrupted: Path, folder: Path) -> None:
    run = train(compile_text(RANDOM, "random.yaml", overrides=("train.epochs=5",)), runs_dir=folder / "runs", name="short").path
    resumed = resume("short-1", runs_dir=folder / "runs", epochs=12)
    assert not differences(uninterrupted, run)
    assert resumed.record.epochs_planned == 12
    assert "epochs: 12" in (run / "resolved.yaml").read_text()
    with pytest.raises(UsageError, match=r"has 12 epochs already"):
        resume(run, epochs=11)


def test_the_event_files_hold_each_epoch_once(interrupted: Path) -> None:
    tf = pytest.importorskip("tensorflow")
    run = copied(interrupted, "events-1")
    resume(run, epochs=5)
    (path,) = (run / "tensorboard" / "train").iterdir()
    steps = [event.step for event in tf.compat.v1.train.summary_iterator(str(path)) if event.summary.value]
    assert sorted(set(steps)) == [1, 2, 3, 4, 5]
    assert len(steps) == 10


def test_early_stopping_stays_stopped(folder: Path) -> None:
    text = DENSE.replace("epochs: 2", "epochs: 9") + (
        "  early_stopping: {monitor: accuracy, patience: 1, min_delta: 2.0, restore_best_weights: true}\n"
    )
    run = train(compile_text(text, "stopped.yaml"), runs_dir=folder / "runs", limit=100)
    before = (run.path / "model.keras").read_bytes()
    events = Events()
    again = resume(run.path, epochs=20, listener=events)
    assert again.record.epochs == 2
    assert again.record.metrics == run.record.metrics
    assert "no epoch follows" in events.notes[0]
    assert len(before) == len((run.path / "model.keras").read_bytes())


def spoil(path: Path) -> None:
    """Changes one byte in the middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    "damage", [spoil, lambda path: path.write_bytes(path.read_bytes()[:-100]), lambda path: path.write_text("")]
)
def test_a_damaged_state_is_found_and_the_one_before_it_used(
    damage: Callable[[Path], object], uninterrupted: Path, interrupted: Path
) -> None:
    run = copied(interrupted, f"damaged-{interrupted.parent.stat().st_nlink}")
    newest, before = state_files(run / "state")
    damage(newest)
    events = Events()
    resume(run, listener=events)
    assert not differences(uninterrupted, run)
    assert newest.name in events.notes[0]
    assert "checksum" in events.notes[0]
    assert before.name == "epoch-00002.npz"


def test_a_run_without_an_undamaged_state_is_not_resumed(interrupted: Path) -> None:
    run = copied(interrupted, "spoiled-1")
    for path in state_files(run / "state"):
        spoil(path)
    with pytest.raises(SpecError, match=r"LC671.*each state in it is damaged"):
        resume(run)
    for path in state_files(run / "state"):
        path.unlink()
    with pytest.raises(SpecError, match=r"LC671.*it holds no state"):
        resume(run)


def test_a_spec_of_another_model_is_refused(interrupted: Path) -> None:
    run = copied(interrupted, "other-1")
    text = (run / "resolved.yaml").read_text()
    (run / "resolved.yaml").write_text(text.replace("units: 16", "units: 17"))
    with pytest.raises(SpecError, match=r"LC673.*resolved\.yaml describes a model of [0-9,]+ parameters; the run has trained"):
        resume(run)


def test_a_full_disk_leaves_the_last_good_state(uninterrupted: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = State.write

    def full(state: State, path: Path) -> None:
        if len(state.epochs) == 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(state, path)

    with monkeypatch.context() as patch:
        patch.setattr(State, "write", full)
        with pytest.raises(SpecError, match=r"LC670.*cannot write.*no space left on device"):
            train(compile_text(RANDOM, "random.yaml"), runs_dir=folder / "runs", name="full")
    run = folder / "runs/full-1"
    record = json.loads((run / "run.json").read_text())
    assert (record["status"], record["code"], record["epochs"]) == ("failed", "LC670", 3)
    assert state_files(run / "state")[0].name == "epoch-00003.npz"
    resume(run)
    assert not differences(uninterrupted, run)


def test_a_run_is_written_by_one_process(interrupted: Path) -> None:
    run = copied(interrupted, "locked-1")
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(record | {"status": "running"}))
    assert load(run).status == "interrupted", "nobody writes it"
    lock = Lock(run / "state")
    assert load(run).status == "running"
    with pytest.raises(UsageError, match=f"is being written by process {os.getpid()} on "):
        resume(run)
    (run / "run.json").write_text(json.dumps(record))
    with pytest.raises(UsageError, match=f"is being written by process {os.getpid()} on "):
        resume(run)
    lock.release()


def test_other_data_are_refused(folder: Path) -> None:
    arrays = {"x_train": np.ones((64, 6), np.float32), "y_train": np.zeros(64, int)}
    save(folder / "table.npz", arrays)
    run = begun(DENSE.replace("synthetic", str(folder / "table.npz")), folder, stop_at=2, name="table")
    arrays["x_train"][3, 2] = 2.0
    save(folder / "table.npz", arrays)
    with pytest.raises(SpecError, match=r"LC672.*is no longer what"):
        resume(run)


def save(path: Path, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
    np.savez(path, x_test=arrays["x_train"], y_test=arrays["y_train"], **arrays)  # type: ignore[arg-type]


def test_other_versions_are_noticed(interrupted: Path) -> None:
    run = copied(interrupted, "older-1")
    record = json.loads((run / "run.json").read_text())
    record["versions"]["keras"] = "3.0.0"
    (run / "run.json").write_text(json.dumps(record))
    events = Events()
    resume(run, epochs=4, listener=events)
    assert "keras 3.0.0 is now 3." in events.notes[0]


RECURRENT = """
inputs: {x: {shape: [5, 3], batch_size: 8}}
layers:
  - LSTM: {units: 4, stateful: true, dropout: 0.2, recurrent_dropout: 0.2}
  - GaussianDropout: 0.3
  - Dense: {units: 3, activation: softmax}
train: {data: synthetic, limit: 64, batch_size: 8, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 4,
        optimizer: {RMSprop: {learning_rate: 0.01, momentum: 0.5, centered: true, clipnorm: 1.0}}}
"""
HALF = """
dtype: bfloat16
inputs: {x: [6]}
layers:
  - Dense: {units: 8, activation: relu}
  - Dropout: 0.2
  - Dense: {units: 3, activation: softmax, dtype: float32}
train: {data: synthetic, limit: 100, loss: sparse_categorical_crossentropy, epochs: 4, class_weight: {0: 2.0},
        optimizer: {Adam: {gradient_accumulation_steps: 2}}}
"""
SCALED = HALF.replace("dtype: bfloat16", "dtype: mixed_float16").replace("{Adam:", "{SGD:")


@pytest.mark.parametrize("text", [RECURRENT, HALF, SCALED], ids=["stateful", "bfloat16", "float16, scaled"])
def test_every_kind_of_state_is_kept(text: str, tmp_path: Path) -> None:
    uninterrupted = begun(text, tmp_path, stop_at=0)
    broken = begun(text, tmp_path, stop_at=3)
    resume(broken)
    assert not differences(uninterrupted, broken)


def test_the_resolved_spec_repeats_the_run(uninterrupted: Path, folder: Path) -> None:
    again = train(uninterrupted / "resolved.yaml", runs_dir=folder / "runs", name="again")
    assert not differences(uninterrupted, again.path)


def test_the_resolved_spec_finds_the_data(tmp_path: Path, cli: CommandLine) -> None:
    (tmp_path / "specs").mkdir()
    save(tmp_path / "specs/table.npz", {"x_train": np.ones((64, 6), np.float32), "y_train": np.zeros(64, int)})
    cli.write("specs/tiny.yaml", DENSE.replace("synthetic", "./table.npz").replace("epochs: 2", "epochs: 1"))
    assert cli("train", "specs/tiny.yaml").status == 0
    assert cli("train", "runs/tiny-1/resolved.yaml").status == 0
    assert cli("train", "--resume", "tiny-2", "--epochs", "2").status == 0


def test_damage_of_a_state_file_is_detected(interrupted: Path) -> None:
    state = read(state_files(interrupted / "state")[0])
    assert [epoch.epoch for epoch in state.epochs] == [1, 2, 3]
    assert sum(name.startswith("optimizer.") for name in state.arrays) > 10
    with np.load(state_files(interrupted / "state")[0], allow_pickle=False) as archive:
        assert "model.0" in archive.files


def test_the_command(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.write("tiny.yaml", DENSE)
    assert cli("train", "--resume").status == 2
    assert cli("train", "tiny", "--limit", "60", "--epochs", "1").status == 0
    extended = cli("train", "tiny", "--resume", "--epochs", "2", "--format", "json")
    assert (extended.status, extended.data["epochs"], extended.data["status"]) == (0, 2, "finished")
    assert "limit: 60" in (cli.folder / "runs/tiny-1/resolved.yaml").read_text()
    assert cli("train", "./tiny.yaml", "--resume", "tiny-1").status == 0
    for arguments, words in (
        (("--resume", "tiny-1", "--seed", "0"), "`--seed` cannot go with `--resume`"),
        (("--resume", "--set", "train.epochs=3"), "`--set` cannot go with `--resume`"),
        (("--resume", "tiny-2"), "did you mean `tiny-1`?"),
        (("other", "--resume", "tiny-1"), "runs/tiny-1 is no run of `other`"),
        (("other", "--resume"), "there is no run of `other` to resume"),
        (("--resume", "tiny-1", "--epochs", "1"), "has 2 epochs already"),
    ):
        result = cli("train", *arguments)
        assert (result.status, words in result.err) == (2, True), result.err


def test_a_run_that_diverged_is_not_resumed(tmp_path: Path) -> None:
    text = DENSE.replace("epochs: 2", "epochs: 2\n  optimizer: {SGD: 1e38}")
    with pytest.raises(SpecError, match=r"LC656.*epoch 1, step 2: the output of `dense_1` is the first that is no number"):
        train(compile_text(text, "tiny.yaml"), runs_dir=tmp_path, limit=100)
    with pytest.raises(UsageError, match="would again"):
        resume("tiny-1", runs_dir=tmp_path)


TOWERS = """
blocks:
  tower:
    layers:
      - Dense: {units: 8, activation: relu}
      - Dropout: 0.2
      - Dense: {units: 3, activation: softmax}
        name: head
inputs: {x: [2]}
layers:
  - tower: {}
    name: a
  - tower: {}
    name: b
    inputs: x
outputs: [b.head, a.head]
train:
  data: {path: DATA, target: {a.head: one, b.head: two}}
  loss: {a.head: sparse_categorical_crossentropy, b.head: sparse_categorical_crossentropy}
  loss_weights: {b.head: 0.5}
  metrics: {a.head: [accuracy]}
  validation_split: 0.2
  epochs: 4
  early_stopping: {monitor: val_a.head_accuracy, patience: 9}
  checkpoint: {monitor: b.head_loss}
"""


def test_outputs_of_blocks_keep_their_names(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("p,q,one,two\n" + "".join(f"{i % 7},{i % 5},{i % 3},{i // 2 % 3}\n" for i in range(90)))
    text = TOWERS.replace("DATA", table.as_posix())
    uninterrupted, broken = begun(text, tmp_path, stop_at=0), begun(text, tmp_path, stop_at=3)
    resume(broken)
    assert not differences(uninterrupted, broken)
    metrics = load(broken).record.metrics
    assert {"a.head_accuracy", "val_b.head_loss", "test_a.head_accuracy"} <= metrics.keys()
    again = train(uninterrupted / "resolved.yaml", runs_dir=tmp_path / "runs", name="again").path
    assert read(state_files(again / "state")[0]).arrays.keys() == read(state_files(uninterrupted / "state")[0]).arrays.keys()
    for name, array in read(state_files(uninterrupted / "state")[0]).arrays.items():
        assert np.array_equal(array, read(state_files(again / "state")[0]).arrays[name])
    evaluated = evaluate(broken).metrics
    assert {f"test_{name}": pytest.approx(value) for name, value in evaluated.items()} == {
        name: value for name, value in metrics.items() if name.startswith("test_")
    }
    assert evaluate(broken, data=table.as_posix()).metrics.keys() == evaluated.keys()
    assert predict(broken, [table.as_posix()]).outputs == ("b.head", "a.head")

"""The state of a training in a file: whether it is whole, which one is taken, what it gives back; with a model made up."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from layerctl.runs.reading import Damaged
from layerctl.runs.record import Epoch
from layerctl.runtime.training import state as states
from layerctl.runtime.training.state import State, read, restore, state_files


class Variable:
    """A variable as Keras has it."""

    def __init__(self, value: Any) -> None:
        self.value = np.asarray(value)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    def numpy(self) -> Any:
        return self.value

    def assign(self, value: Any) -> None:
        assert value.dtype == self.value.dtype
        self.value = np.array(value)


class Model:
    """A model with two weights, the states of a stateful layer, and an optimizer; each variable has a value of its own."""

    def __init__(self, first: float = 0.0, shape: tuple[int, ...] = (2, 3)) -> None:
        self.variables = [Variable(np.full(shape, first, np.float32)), Variable(np.full(4, first + 1, np.float32))]
        self.optimizer = SimpleNamespace(variables=[Variable(np.int64(first + 2))])
        self.layers = [
            SimpleNamespace(stateful=True, states=[Variable(np.full(5, first + 3, np.float32))]),
            SimpleNamespace(stateful=False, states=[Variable(np.zeros(1))]),
            SimpleNamespace(stateful=True),
            SimpleNamespace(states=[Variable(np.zeros(1))]),
        ]

    def _flatten_layers(self) -> list[Any]:
        return self.layers

    def get_weights(self) -> list[Any]:
        return [variable.value for variable in self.variables]

    @property
    def values(self) -> list[Any]:
        every = (*self.variables, *self.layers[0].states, *self.optimizer.variables)
        return [variable.value.tolist() for variable in every]


@pytest.fixture(autouse=True)
def keras(monkeypatch: pytest.MonkeyPatch) -> None:
    """As much of Keras as is asked for: the flattening of structures."""

    def flatten(tree: Any) -> Iterator[Any]:
        return (leaf for part in tree or () for leaf in (flatten(part) if isinstance(part, list | tuple) else [part]))

    tree = SimpleNamespace(flatten=lambda parts: list(flatten(parts)))
    monkeypatch.setattr(states.backend, "keras", lambda: SimpleNamespace(tree=tree))


def taken(model: Model, epochs: int = 1, best: list[Any] | None = None, **changes: Any) -> State:
    state = State([Epoch(number + 1, 0.25, 100, {"loss": 0.5}) for number in range(epochs)], **changes)
    state.take(model, best)
    return state


def test_every_variable_has_a_name_of_its_own() -> None:
    arrays = taken(Model(), best=[np.zeros(2)]).arrays
    assert list(arrays) == ["model.0", "model.1", "states.0", "optimizer.0", "best.0"]


def test_a_state_gives_back_what_it_took(tmp_path: Path) -> None:
    model, other = Model(1.5), Model(7.0)
    state = taken(model, 2, [np.array([1.0, 2.0], np.float32)], stopping={"wait": 1, "best": 0.5}, stopped=True)
    state.write(tmp_path / "state")
    (path,) = state_files(tmp_path / "state")
    assert path.name == "epoch-00002.npz"
    again = read(path)
    assert (again.epochs, again.stopping, again.stopped) == (state.epochs, {"wait": 1, "best": 0.5}, True)
    assert again.arrays["best.0"].tolist() == [1.0, 2.0]
    again.put(other)
    assert other.values == model.values
    plain = taken(Model())
    plain.write(tmp_path)
    assert read(tmp_path / "epoch-00001.npz").stopped is False


def test_a_state_file_ends_in_the_digest_of_what_is_before(tmp_path: Path) -> None:
    taken(Model()).write(tmp_path)
    (path,) = state_files(tmp_path)
    data = path.read_bytes()
    assert hashlib.sha256(data[:-32]).digest() == data[-32:]
    with np.load(path, allow_pickle=False) as archive:
        facts = json.loads(archive["facts"].tobytes())
    line = {"epoch": 1, "seconds": 0.25, "samples": 100, "loss": 0.5}
    assert facts == {"version": 1, "lines": [line], "stopping": {}, "stopped": False}


def test_a_large_state_is_whole_too(tmp_path: Path) -> None:
    """Larger than what is read at a time to work out the digest."""
    model = Model(shape=(3, 100_000))
    taken(model).write(tmp_path)
    (path,) = state_files(tmp_path)
    assert path.stat().st_size > 1 << 20
    assert read(path).arrays["model.0"].shape == (3, 100_000)
    data = bytearray(path.read_bytes())
    data[-33] ^= 1
    path.write_bytes(data)
    with pytest.raises(Damaged):
        read(path)


def test_the_two_newest_states_are_kept(tmp_path: Path) -> None:
    for epochs in (1, 2, 3):
        taken(Model(), epochs).write(tmp_path)
    for name in ("lock", "epoch-1.npz", "epoch-00009.npz.old", "an-epoch-00009.npz"):
        (tmp_path / name).touch()
    assert [path.name for path in state_files(tmp_path)] == ["epoch-00003.npz", "epoch-00002.npz"]
    (tmp_path / "epoch-100000.npz").touch()
    (tmp_path / "epoch-99999.npz").touch()
    assert [path.name for path in state_files(tmp_path)[:2]] == ["epoch-100000.npz", "epoch-99999.npz"], "by number, not by name"
    assert state_files(tmp_path / "none") == []
    assert state_files(tmp_path / "lock") == []


def test_a_state_that_cannot_be_written_leaves_those_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken(Model(), 1).write(tmp_path)

    def full(file: Any, **arrays: Any) -> None:
        file.write(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(states.np, "savez", full)
    with pytest.raises(OSError, match="No space left"):
        taken(Model(), 2).write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["epoch-00001.npz"]


@pytest.mark.parametrize("length", [0, 1, 31, 32, -1, -32, -33])
def test_a_file_that_is_cut_is_damaged(length: int, tmp_path: Path) -> None:
    taken(Model()).write(tmp_path)
    (path,) = state_files(tmp_path)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(Damaged, match=r"epoch-00001\.npz is damaged: its checksum is wrong"):
        read(path)


ANEW = "train anew: `layerctl train {run}/resolved.yaml`"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: no such file or directory"),
        (b"", "is damaged: its checksum is wrong"),
        (b"no digest", "is damaged: its checksum is wrong"),
        ({"version": 1}, "does not say `lines` as it should: field required"),
        ({"version": 2}, "is of version 2"),
        ([], "holds no JSON object"),
    ],
)
def test_a_state_that_cannot_be_used_is_named_with_what_can_be_done(content: Any, said: str, tmp_path: Path) -> None:
    path = tmp_path / "runs" / "cnn-1" / "state" / "epoch-00001.npz"
    path.parent.mkdir(parents=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        np.savez(path, **{states.FACTS: np.frombuffer(json.dumps(content).encode(), np.uint8)})
        path.write_bytes(path.read_bytes() + hashlib.sha256(path.read_bytes()).digest())
    with pytest.raises(Damaged) as error:
        read(path)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.message.startswith(f"{path} {said}"), diagnostic.message
    assert diagnostic.help == ANEW.format(run=path.parents[1])
    assert error.value.path == path


def test_the_digest_of_nothing_is_no_state(tmp_path: Path) -> None:
    (tmp_path / "epoch-00001.npz").write_bytes(hashlib.sha256(b"").digest())
    with pytest.raises(Damaged):
        read(tmp_path / "epoch-00001.npz")


def test_what_is_unpickled_is_never_read(tmp_path: Path) -> None:
    """Reading a pickle runs what it says."""
    state = taken(Model())
    state.arrays["model.0"] = np.array([print], dtype=object)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(states, "_plain", lambda array: array)
        state.write(tmp_path)
    with pytest.raises(Damaged, match="allow_pickle"):
        read(state_files(tmp_path)[0])


def test_one_bit_is_enough(tmp_path: Path) -> None:
    taken(Model()).write(tmp_path)
    (path,) = state_files(tmp_path)
    whole = path.read_bytes()
    for place in (0, len(whole) // 2, len(whole) - 33, len(whole) - 1):
        data = bytearray(whole)
        data[place] ^= 1
        path.write_bytes(data)
        with pytest.raises(Damaged):
            read(path)


def test_a_file_that_cannot_be_read_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="cannot be read: no such file or directory"):
        read(tmp_path / "epoch-00001.npz")
    with pytest.raises(Damaged, match="cannot be read: is a directory"):
        read(tmp_path)


def test_a_failure_that_the_system_has_no_words_for_is_said_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken(Model()).write(tmp_path)

    def fails(file: Any, **options: Any) -> None:
        raise OSError("The disk is tired")

    monkeypatch.setattr(states.np, "load", fails)
    with pytest.raises(Damaged, match="cannot be read: the disk is tired"):
        read(state_files(tmp_path)[0])


def test_what_follows_the_digest_is_no_part_of_it(tmp_path: Path) -> None:
    taken(Model()).write(tmp_path)
    (path,) = state_files(tmp_path)
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(Damaged):
        read(path)


@pytest.mark.parametrize("other", [Model(shape=(3, 2)), Model(shape=(6,))])
def test_a_state_of_another_model_is_not_put(other: Model) -> None:
    before = other.values
    with pytest.raises(ValueError, match=r"^it holds the variables of another model$"):
        taken(Model(3.0)).put(other)
    assert other.values == before


def test_a_state_with_a_variable_more_is_not_put() -> None:
    state = taken(Model(3.0))
    state.arrays["model.2"] = np.zeros(1)
    with pytest.raises(ValueError, match="another model"):
        state.put(Model())


def test_the_best_weights_are_given_back_in_the_types_of_the_model() -> None:
    model = Model()
    assert taken(model).best_weights(model) is None
    held = [np.full((2, 3), 9.0, np.float32), np.full(4, 8.0, np.float32)]
    state = taken(model, best=[held[0], held[1].view(np.uint32)])
    given = state.best_weights(model)
    assert given is not None
    assert [array.dtype for array in given] == [np.float32, np.float32]
    assert [array.tolist() for array in given] == [array.tolist() for array in held]
    with pytest.raises(ValueError, match=r"^it holds the best weights of another model$"):
        taken(model, best=held[:1]).best_weights(model)


def test_types_that_numpy_cannot_write_are_written_as_integers(tmp_path: Path) -> None:
    """As bfloat16, which NumPy takes for a type that is nobody's."""
    strange = np.dtype([("half", "<u2")])
    model = Model()
    model.variables[1].value = np.arange(4, dtype=np.uint16).view(strange)
    taken(model).write(tmp_path)
    again = read(state_files(tmp_path)[0])
    assert again.arrays["model.1"].dtype == np.uint16
    other = Model()
    other.variables[1].value = np.zeros(4, strange)
    again.put(other)
    assert other.variables[1].value.tolist() == model.variables[1].value.tolist()


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint64, np.float16, np.complex64])
def test_other_types_are_written_as_they_are(dtype: Any, tmp_path: Path) -> None:
    model = Model()
    model.variables[1].value = np.ones(4, dtype)
    taken(model).write(tmp_path)
    assert read(state_files(tmp_path)[0]).arrays["model.1"].dtype == dtype


def test_the_newest_whole_state_is_taken(tmp_path: Path) -> None:
    for epochs in (1, 2):
        taken(Model(10.0 * epochs), epochs).write(tmp_path)
    newest, before = state_files(tmp_path)
    notes: list[str] = []
    model = Model()
    state = restore([newest, before], model, notes.append)
    assert state is not None
    assert (len(state.epochs), model.values, notes) == (2, Model(20.0).values, [])
    newest.write_bytes(b"")
    state = restore([newest, before], model, notes.append)
    assert state is not None
    assert (len(state.epochs), model.values) == (1, Model(10.0).values)
    assert notes == [f"{newest} is damaged: its checksum is wrong; the state before it is used, if there is one"]
    assert restore([newest], model, notes.append) is None
    assert restore([before], Model(shape=(1,)), notes.append) is None
    assert "another model" in notes[-1]
    assert restore([], model, notes.append) is None


def test_each_epoch_of_a_state_has_the_metric_that_is_watched(tmp_path: Path) -> None:
    (tmp_path / "run/state").mkdir(parents=True)
    taken(Model(10.0), 2).write(tmp_path / "run/state")
    (file,) = state_files(tmp_path / "run/state")
    notes: list[str] = []
    watched = restore([file], Model(), notes.append, "loss")
    assert watched is not None
    assert restore([file], Model(), notes.append, None) is not None
    assert notes == []
    assert restore([file], Model(), notes.append, "val_loss") is None
    assert notes == [f"{file} cannot be read: an epoch in it lacks `val_loss`; the state before it is used, if there is one"]


@pytest.mark.parametrize(
    ("epochs", "best", "said"),
    [
        ([1, 2], 2, None),
        ([1, 2], None, None),
        ([], 0, None),
        ([], None, None),
        ([2, 3], None, "its epochs are not counted from 1"),
        ([1, 1], None, "its epochs are not counted from 1"),
        ([1, 2], 3, "its best epoch is none of its epochs"),
    ],
)
def test_the_epochs_of_a_state_are_counted(epochs: list[int], best: int | None, said: str | None) -> None:
    lines = [{"epoch": number} for number in epochs]
    facts = {"version": 1, "lines": lines, "stopping": {} if best is None else {"best_epoch": best}, "stopped": False}
    if said is None:
        assert len(states.Facts.model_validate(facts).lines) == len(epochs)
        return
    with pytest.raises(ValueError, match=f"Value error, {said} "):
        states.Facts.model_validate(facts)

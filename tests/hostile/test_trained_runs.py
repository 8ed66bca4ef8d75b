"""Runs of Keras whose weights and states are damaged or made up: each is told with the file's name, and no code in them runs."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import CommandLine

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras's own
]
SPEC = """\
name: m
inputs: {x: [8, 8]}
layers: [Flatten, {Dense: {units: 10, activation: softmax}}]
train: {data: digits, loss: sparse_categorical_crossentropy, epochs: 1, limit: 20}
"""
WEIGHTS = "model.weights.h5"


@pytest.fixture(scope="module")
def trained(keras: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run, which is whole."""
    from layerctl.api.train import train

    folder = tmp_path_factory.mktemp("trained")
    (folder / "m.yaml").write_text(SPEC)
    train(folder / "m.yaml", runs_dir=folder / "runs")
    return folder


@pytest.fixture
def run(trained: Path, cli: CommandLine) -> Path:
    """A copy of the run, to be damaged."""
    shutil.copytree(trained / "runs", cli.folder / "runs")
    return cli.folder / "runs" / "m-1"


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, content: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in content.items():
            archive.writestr(name, data)


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def encrypted(path: Path) -> None:
    data = path.read_bytes()
    at = data.rindex(b"PK\1\2")
    path.write_bytes(data[: at + 8] + b"\1" + data[at + 9 :])


def with_arrays(make: Callable[[Any], object]) -> Callable[[Path], None]:
    """A change of the weights: `make` writes to their HDF5 file."""

    def change(path: Path) -> None:
        import h5py

        content = members(path)
        buffer = io.BytesIO(content[WEIGHTS])
        with h5py.File(buffer, "r+") as file:
            make(file["layers/dense/vars"])
        write(path, content | {WEIGHTS: buffer.getvalue()})

    return change


def bomb(arrays: Any) -> None:
    """A bias of 64 GB that takes a few bytes on disk."""
    del arrays["1"]
    arrays.create_dataset("1", (1 << 34,), "f4", chunks=(1 << 20,), compression="gzip")


def wider(arrays: Any) -> None:
    del arrays["1"]
    arrays["1"] = [0.0] * 11


def elsewhere(arrays: Any) -> None:
    """A bias whose values are those of a device, as HDF5 allows."""
    del arrays["1"]
    arrays.create_dataset("1", (10,), "f4", external=[("/dev/zero", 0, 40)])


def linked(arrays: Any) -> None:
    import h5py

    del arrays["1"]
    arrays["1"] = h5py.ExternalLink("other.h5", "/bias")


def soft(path: str) -> Any:
    import h5py

    return h5py.SoftLink(path)


WRONG: dict[str, Callable[[Path], object]] = {
    "gone": lambda path: path.unlink(),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:500]),
    "a bit flipped": flipped,
    "encrypted": encrypted,
    "compressed": lambda path: write(path, members(path), zipfile.ZIP_DEFLATED),
    "without weights": lambda path: write(path, {name: data for name, data in members(path).items() if name != WEIGHTS}),
    "weights cut": lambda path: write(path, members(path) | {WEIGHTS: members(path)[WEIGHTS][:900]}),
    "weights of bytes": lambda path: write(path, members(path) | {WEIGHTS: b"\x89HDF\r\n\x1a\n" + bytes(500)}),
    "weights that unpack to more than the machine has": with_arrays(bomb),
    "weights of another shape": with_arrays(wider),
    "weights of text": with_arrays(lambda arrays: arrays.__delitem__("1") or arrays.__setitem__("1", ["a"] * 10)),
    "a weight less": with_arrays(lambda arrays: arrays.__delitem__("1")),
    "a weight more": with_arrays(lambda arrays: arrays.__setitem__("2", [0.0])),
    "a layer more": with_arrays(lambda arrays: arrays.file.__setitem__("layers/dense_7/vars/0", [0.0])),
    "a part that is no layer": with_arrays(lambda arrays: arrays.file.__setitem__("else/vars/0", [0.0])),
    "weights in another file": with_arrays(elsewhere),
    "weights through a link to another file": with_arrays(linked),
    "a link to weights": with_arrays(lambda arrays: arrays.file.__setitem__("x", soft("/layers/dense/vars/0"))),
    "parts that are nested very deep": with_arrays(lambda arrays: arrays.file.create_group("a/" * 300)),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_weights_that_cannot_be_read(cli: CommandLine, run: Path, wrong: str) -> None:
    WRONG[wrong](run / "model.keras")
    for arguments in (("evaluate", "m-1"), ("trace", "m-1")):
        done = cli(*arguments)
        assert (done.status, done.out) == (1, ""), done
        assert "error[LC673]: runs/m-1/model.keras " in done.err
        assert "help: " in done.err
    assert cli("evaluate", "m-1", "--checkpoint", "best").status == 0


def test_code_in_a_model_is_not_run(cli: CommandLine, run: Path) -> None:
    content = members(run / "model.keras")
    code = {"class_name": "__lambda__", "config": {"code": "4wAAAAA=", "defaults": None, "closure": None}}
    layer = {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "f", "function": code}, "registered_name": None}
    config = json.loads(content["config.json"])
    config["config"]["layers"].insert(1, layer)
    write(run / "model.keras", content | {"config.json": json.dumps(config).encode()})
    for arguments in (("evaluate", "m-1"), ("trace", "m-1")):
        assert cli(*arguments).status == 0, "the weights are whole, and the description of the model is not read"


def signed(path: Path, data: bytes) -> None:
    path.write_bytes(data + hashlib.sha256(data).digest())


def with_facts(**changes: Any) -> Callable[[Path], None]:
    """A state that says something else beside its arrays."""

    def change(path: Path) -> None:
        import numpy as np

        arrays = dict(np.load(path))
        facts = json.loads(arrays["facts"].tobytes()) | changes
        signed(path, saved(**arrays | {"facts": np.frombuffer(json.dumps(facts).encode(), np.uint8)}))

    return change


def with_array(name: str, make: Callable[[Any], Any]) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        import numpy as np

        arrays = dict(np.load(path))
        signed(path, saved(**arrays | {name: make(arrays.get(name))}))

    return change


def saved(**arrays: Any) -> bytes:
    import numpy as np

    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


class Code:
    """A pickle of this runs code."""

    def __reduce__(self) -> Any:
        return warnings.warn, ("it is run",)


def pickled(array: Any) -> Any:
    import numpy as np

    return np.array([Code()], object)


def one_array(path: Path) -> None:
    import numpy as np

    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    signed(path, buffer.getvalue())


LINE = {"epoch": 1, "seconds": 1.0, "samples": 20, "loss": 1.0}
STATES: dict[str, Callable[[Path], object]] = {
    "no archive": lambda path: signed(path, b"hello"),
    "one array": one_array,
    "empty archive": lambda path: signed(path, saved()),
    "a pickle": with_array("model.0", pickled),
    "an array more": with_array("model.9", lambda array: [1.0]),
    "another shape": with_array("model.0", lambda array: array[:1]),
    "best weights of another model": with_array("best.0", lambda array: [1.0]),
    "a later version": with_facts(version=2),
    "lines of another kind": with_facts(lines=[1]),
    "epochs not counted from 1": with_facts(lines=[LINE | {"epoch": 7}]),
    "without what is monitored": with_facts(lines=[{"epoch": 1}]),
    "stopping of another kind": with_facts(stopping=[1]),
    "a best epoch that is none": with_facts(stopping={"best_epoch": 10**6}),
    "stopping with more": with_facts(stopping={"model": 1}),
    "a directory": lambda path: path.unlink() or path.mkdir(),  # type: ignore[func-returns-value]
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("wrong", STATES)
def test_a_state_that_cannot_be_taken_up(cli: CommandLine, run: Path, wrong: str) -> None:
    (path,) = (run / "state").glob("epoch-*.npz")
    STATES[wrong](path)
    before = (run / "run.json").read_bytes()
    done = cli("train", "--resume", "m-1", "--epochs", "2")
    assert done.status == 1, done
    assert "runs/m-1/state" in done.err
    assert "help: " in done.err
    assert (run / "run.json").read_bytes() == before


def test_a_link_in_a_run_is_not_written_to(cli: CommandLine, run: Path) -> None:
    precious = cli.write("precious", "text")
    for name in ("curves.png", "metrics.jsonl", "last.keras"):
        (run / name).unlink()
        (run / name).symlink_to(precious)
        done = cli("train", "--resume", "m-1", "--epochs", "2")
        assert (done.status, f"runs/m-1/{name} is a link" in done.err) == (1, True), done
        assert precious.read_text() == "text"
        (run / name).unlink()


def test_what_a_resumed_run_writes_anew(cli: CommandLine, run: Path) -> None:
    whole = (run / "preprocessing.json").read_text()
    for name in ("preprocessing.json", "metrics.jsonl", "curves.png", "last.keras", "best.keras"):
        (run / name).write_bytes(b"\xff")
    assert cli("train", "--resume", "m-1", "--epochs", "2").status == 0
    assert (run / "preprocessing.json").read_text() == whole
    assert cli("runs", "m-1").status == 0
    assert cli("evaluate", "m-1", "--checkpoint", "best").status == 0


def test_a_preprocessing_of_another_model(cli: CommandLine, run: Path) -> None:
    values = json.loads((run / "preprocessing.json").read_text())
    values["inputs"]["x"]["image"]["size"] = [9, 9]
    (run / "preprocessing.json").write_text(json.dumps(values))
    done = cli("evaluate", "m-1")
    assert (done.status, "error[LC673]: runs/m-1/preprocessing.json makes images" in done.err) == (1, True)


def test_trials_that_are_damaged(cli: CommandLine, trained: Path) -> None:
    cli.write("m.yaml", SPEC)
    call = ("compare", "m.yaml", "m.yaml@layers.1.Dense.use_bias=false", "--seeds", "2")
    assert cli(*call, "--perturb", "shift").status == 0
    trials = sorted(path.parent for path in cli.folder.glob("runs/compare/*/trial.json"))
    for name, data in (
        ("trial.json", b"["),
        ("trial.json", b'{"version": 5}'),
        ("samples.json", b'{"count": 3}'),
        ("shift.json", b'{"version": 3, "levels": [1], "tests": []}'),
    ):
        whole = (trials[0] / name).read_bytes()
        (trials[0] / name).write_bytes(data)
        done = cli(*call, "--perturb", "shift")
        assert (done.status, f"{trials[0].name}/{name}" in done.err, "remove " in done.err) == (1, True, True), done
        (trials[0] / name).write_bytes(whole)
    weights = trials[0] / "model.weights.h5"
    whole = weights.read_bytes()
    for data in (b"", b"no weights", whole[:-9], whole + b"x", (trials[1] / weights.name).read_bytes()):
        weights.write_bytes(data)
        for option in ((), ("--perturb", "shift")):
            done = cli(*call, *option)
            assert (done.status, f"{trials[0].name}/{weights.name} is damaged" in done.err) == (1, True), done
    weights.write_bytes(whole)
    (trials[0] / "shift.json").unlink()
    assert cli(*call, "--perturb", "shift").status == 0
    shutil.rmtree(trials[0])
    assert cli(*call, "--perturb", "shift").status == 0

"""Runs whose files are missing, cut, replaced or made up: each is told with the file's name, and no run hides another."""

from __future__ import annotations

import json
import os
import pickle
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as options
from hypothesis import strategies as st

from layerctl.analysis.data.wanted import Slot
from layerctl.base.locks import holder
from layerctl.runs.fitting import misfit
from layerctl.runs.preprocessing import read
from layerctl.runs.reading import Damaged
from layerctl.runs.record import RunRecord
from layerctl.runs.stored import BrokenRun, curves, find, listed, load, resumable
from tests.command_line import CommandLine

QUICK = options(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
RECORD: dict[str, Any] = {
    "version": 1, "run": "runs/odd-1", "status": "finished", "model": "m", "outputs": ["dense"], "spec": "m.yaml",
    "command": "layerctl train m", "epochs": 1, "epochs_planned": 1, "batch_size": 32, "seed": 0, "data_dir": "data",
    "devices": ["cpu"], "params": 10,
    "data": {"name": "digits", "fingerprint": "sha256:0", "train": 5, "validation": 0, "test": 5, "parts": {"train": "x_train"}},
    "metrics": {"loss": 0.5, "f1[0]": 0.1}, "kept_epoch": 1, "best": {"epoch": 1, "monitor": "loss", "value": 0.5, "loss": 0.5},
    "times": {"started": "2026-01-02T03:04:05+00:00", "ended": None, "seconds": 1.0, "training_seconds": 0.5},
    "versions": {"layerctl": "0.2"}, "host": {"system": "Linux", "machine": "x86", "cpus": 2, "devices": []},
    "resumed": [{"at": "", "epoch": 1}], "error": None, "code": None,
}  # fmt: skip
IMAGES: dict[str, Any] = {
    "version": 1, "format": "pixels", "data": "digits", "options": {}, "seed": 0, "limit": 50,
    "inputs": {"x": {"image": {"size": [8, 8], "mode": "L", "rescale": True}, "mean": [[0.5] * 8] * 8, "std": [[1.0] * 8] * 8}},
    "targets": {"dense": {"classes": ["a", "b"]}},
}  # fmt: skip
TABLE: dict[str, Any] = {
    "version": 1, "format": "csv", "data": "t.csv", "options": {}, "seed": 0, "limit": None,
    "table": {"header": True, "columns": ["n", "c", "d", "w", "y"], "target": {"dense": ["y"]}},
    "inputs": {"x": {"columns": [
        {"column": "n", "kind": "number", "fill": 1.0, "mean": 0.0, "std": 1.0},
        {"column": "c", "kind": "category", "encoding": "one_hot", "categories": ["a", "b"]},
        {"column": "d", "kind": "date", "parts": ["year", "day"], "format": "iso", "mean": [0.0, 0.0], "std": [1.0, 1.0]},
        {"column": "w", "kind": "words", "length": 3, "vocabulary": ["a"]},
    ]}},
    "targets": {"dense": {}},
}  # fmt: skip
ARRAYS: dict[str, Any] = {
    **IMAGES, "format": "npz", "inputs": {"x": {"array": {"dtype": "uint8", "least": 0.0, "greatest": 255.0, "rescale": True}}}
}  # fmt: skip
MODELS = {
    "images": (IMAGES, Slot("x", (8, 8), "float32")),
    "table": (TABLE, Slot("x", (8,), "float32")),
    "arrays": (ARRAYS, Slot("x", (8, 8), "float32")),
}


class Raw(str):
    """JSON text that is no value of Python's."""


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just([]), st.just({}), st.just([[[1]]]),
    st.sampled_from([-1, 0, 2**63, 10**400, 1e308, float("nan"), float("inf"), "\0", "\x1b[31m", "0001-01-01T00:00:00+23:59"]),
    st.sampled_from([Raw("9" * 5000), Raw("[" * 100_000), Raw("1e999"), Raw('"\\ud800"'), Raw("[" * 150 + "]" * 150)]),
    st.recursive(st.integers(), lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=3), one, max_size=3)),
)  # fmt: skip


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The keys and indices that lead to each part of a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([at] if at else []), *(place for key, part in inner for place in places(part, (*at, key)))]


def with_part(value: Any, at: tuple[Any, ...], part: Any) -> str:
    """JSON text of a value with another part."""
    copy = json.loads(json.dumps(value))
    inside = copy
    for key in at[:-1]:
        inside = inside[key]
    inside[at[-1]] = "THE PART" if isinstance(part, Raw) else part
    text = json.dumps(copy)
    return text.replace('"THE PART"', part) if isinstance(part, Raw) else text


def rest(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@pytest.fixture
def runs(cli: CommandLine) -> Path:
    """A run that is whole, and one whose files are to be damaged."""
    folder = cli.folder / "runs"
    for name in ("good-1", "odd-1"):
        (folder / name).mkdir(parents=True)
        (folder / name / "run.json").write_text(json.dumps(RECORD))
        (folder / name / "metrics.jsonl").write_text('{"epoch": 1, "seconds": 0.5, "samples": 5, "loss": 0.5, "f1[0]": 0.1}\n')
        (folder / name / "resolved.yaml").write_text("inputs: {x: [4]}\nlayers: [{Dense: 2}]\n")
        (folder / name / "preprocessing.json").write_text(json.dumps(IMAGES))
    return folder


def check_listed(cli: CommandLine, runs: Path) -> None:
    """The whole run is listed and shown, and the other one is shown or refused with the name of a file of it."""
    listing = cli("runs")
    assert (listing.status, "good-1" in listing.out, "odd-1" in listing.out) == (0, True, True), listing
    assert [run["run"] for run in cli("runs", "--format", "json").data["runs"]].count("runs/good-1") == 1
    for arguments in (("runs", "odd-1"), ("runs", "odd-1", "--format", "json")):
        shown = cli(*arguments)
        assert shown.status in (0, 1)
        assert (shown.status == 1) == ("error[LC673]: runs/odd-1/" in shown.err)
        assert (shown.status == 1) == ("help: " in shown.err)


@pytest.mark.parametrize("at", places(RECORD), ids=lambda at: ".".join(map(str, at)))
@given(odd=ODD)
@options(QUICK, max_examples=25)
def test_any_value_in_a_record(cli: CommandLine, runs: Path, at: tuple[Any, ...], odd: Any) -> None:
    (runs / "odd-1" / "run.json").write_bytes(rest(with_part(RECORD, at, odd)))
    run = load(runs / "odd-1")
    assert isinstance(run, BrokenRun) or run.record.to_json()
    assert len(listed(runs)) == 2
    for refusing in (find, resumable):
        if isinstance(run, BrokenRun):
            with pytest.raises(Damaged, match=r"odd-1/run\.json"):
                refusing(runs / "odd-1")


@given(st.sampled_from(places(RECORD)), ODD)
@options(QUICK, max_examples=60)
def test_any_value_is_shown(cli: CommandLine, runs: Path, at: tuple[Any, ...], odd: Any) -> None:
    (runs / "odd-1" / "run.json").write_bytes(rest(with_part(RECORD, at, odd)))
    check_listed(cli, runs)


@given(st.binary(max_size=40), st.integers(0, 1400), st.booleans())
@options(QUICK, max_examples=60)
def test_any_bytes_in_a_record(cli: CommandLine, runs: Path, content: bytes, cut: int, keep: bool) -> None:
    data = json.dumps(RECORD).encode()
    (runs / "odd-1" / "run.json").write_bytes(data[:cut] + content + (data[cut:] if keep else b""))
    check_listed(cli, runs)


LINES = st.one_of(
    st.binary(max_size=30),
    st.fixed_dictionaries({"epoch": ODD, "seconds": ODD, "loss": ODD}).map(
        lambda line: rest("{" + ", ".join(f'"{k}": {v if isinstance(v, Raw) else json.dumps(v)}' for k, v in line.items()) + "}")
    ),
    st.floats(allow_nan=True).map(lambda value: json.dumps({"epoch": 1, "loss": value, "val_loss": -value}).encode()),
)


@given(st.lists(LINES, max_size=5).map(b"\n".join))
@example(b'{"epoch": 1, "loss": 1' + b"0" * 400 + b"}")
@example(b'{"epoch": 1, "loss": 9e307, "val_loss": -9e307}')
@options(QUICK, max_examples=100)
def test_any_lines_of_metrics(cli: CommandLine, runs: Path, content: bytes) -> None:
    (runs / "odd-1" / "metrics.jsonl").write_bytes(content)
    found = curves(runs / "odd-1", 1)
    assert found.damage is None or "odd-1/metrics.jsonl" in str(found.damage)
    assert (len(found.epochs) == len(content.splitlines())) == (found.damage is None)
    check_listed(cli, runs)


@pytest.mark.parametrize("name", MODELS)
@given(data=st.data())
@options(QUICK, max_examples=150)
def test_any_value_in_a_preprocessing(tmp_path: Path, name: str, data: st.DataObject) -> None:
    whole, slot = MODELS[name]
    path = tmp_path / "preprocessing.json"
    path.write_bytes(rest(with_part(whole, data.draw(st.sampled_from(places(whole))), data.draw(ODD))))
    with suppress(Damaged):
        assert misfit(read(path, "train anew"), [slot], ["dense"]) != ""


@pytest.mark.parametrize("name", MODELS)
def test_a_preprocessing_fits_its_own_model_alone(tmp_path: Path, name: str) -> None:
    whole, slot = MODELS[name]
    (tmp_path / "p.json").write_text(json.dumps(whole))
    fitted = read(tmp_path / "p.json", "")
    assert misfit(fitted, [slot], ["dense"]) is None
    wrong = [("z", slot.shape, "dense"), ("x", (5, 3), "dense"), ("x", (7,), "dense"), ("x", slot.shape, "other")]
    for own, shape, output in wrong:
        expected = name == "arrays" and (own, output) == ("x", "dense")  # these are held against the arrays themselves
        assert (misfit(fitted, [Slot(own, shape, "float32")], [output]) is None) == expected


@pytest.mark.parametrize("name", MODELS)
@given(data=st.data())
@options(QUICK, max_examples=30)
def test_a_misspelled_key_of_a_preprocessing_is_no_default(tmp_path: Path, name: str, data: st.DataObject) -> None:
    whole, _ = MODELS[name]
    *before, key = data.draw(st.sampled_from([at for at in places(whole) if isinstance(at[-1], str) and at[0] != "options"]))
    damaged = json.loads(json.dumps(whole))
    inside = damaged
    for step in before:
        inside = inside[step]
    inside["q" + key[1:]] = inside.pop(key)
    (tmp_path / "p.json").write_text(json.dumps(damaged))
    if before in (["inputs"], ["targets"], ["table", "target"]):  # names of the model's own
        return
    with pytest.raises(Damaged, match=r"does not say `"):
        read(tmp_path / "p.json", "")


KINDS: dict[str, Callable[[Path], object]] = {
    "absent": lambda path: None,
    "empty": lambda path: path.touch(),
    "bytes": lambda path: path.write_bytes(bytes(range(256))),
    "directory": lambda path: path.mkdir(),
    "link to nowhere": lambda path: path.symlink_to("nowhere"),
    "link to itself": lambda path: path.symlink_to(path.name),
    "deep": lambda path: path.write_text("[" * 100_000 + "]" * 100_000),
    "deep objects": lambda path: path.write_text('{"version": ' * 100_000),
    "pickle": lambda path: path.write_bytes(pickle.dumps(os.getpid)),
    "zip": lambda path: zipfile.ZipFile(path, "w").close(),
    "large": lambda path: os.truncate(path, 1 << 40) if path.write_bytes(b"{") else None,
}
if hasattr(os, "mkfifo"):
    KINDS |= {"pipe": os.mkfifo, "device": lambda path: path.symlink_to("/dev/zero")}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("file", ["run.json", "metrics.jsonl", "resolved.yaml", "preprocessing.json"])
def test_what_stands_in_the_place_of_a_file(cli: CommandLine, runs: Path, file: str, kind: str) -> None:
    path = runs / "odd-1" / file
    path.unlink()
    KINDS[kind](path)
    begun = time.monotonic()
    check_listed(cli, runs)
    shown = cli("runs", "odd-1")
    lost = file == "run.json" or (file == "metrics.jsonl" and kind != "empty")
    assert (shown.status, f"runs/odd-1/{file}" in shown.err) == ((1, True) if lost else (0, False))
    if file == "preprocessing.json":
        with pytest.raises(Damaged, match=r"preprocessing\.json"):
            read(path, "train anew")
    assert time.monotonic() - begun < 10


def test_a_run_that_has_lost_its_record_is_listed(cli: CommandLine, runs: Path) -> None:
    for name in ("run.json", "resolved.yaml"):
        (runs / "odd-1" / name).unlink()
    (runs / ".1-0123abcd-m").mkdir()
    (runs / ".1-0123abcd-m" / "resolved.yaml").touch()
    assert sorted(run.path.name for run in listed(runs)) == ["good-1", "odd-1"]
    assert "odd-1 is broken: run.json cannot be read: no such file or directory" in cli("runs").out


def test_names_of_runs_that_cannot_be(cli: CommandLine, runs: Path) -> None:
    for name in ("a" * 5000, "a/" * 3000, "odd-1/run.json", "\0", "runs/good-1/run.json/x"):
        assert cli("runs", name).status == 2
        assert cli("runs", "--runs-dir", name).status in (0, 2)


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_a_lock_that_is_a_link_is_left_alone(cli: CommandLine, runs: Path) -> None:
    (runs / "odd-1" / "run.json").write_text(json.dumps(RECORD | {"status": "running"}))
    (runs / "odd-1" / "state").mkdir()
    precious = cli.write("precious", "text")
    for name in ("lock", "holder"):
        (runs / "odd-1" / "state" / name).symlink_to(precious)
    assert holder(runs / "odd-1" / "state") is None
    assert "interrupted" in cli("runs").out
    assert precious.read_text() == "text"


def test_a_record_holds_names_that_are_not_utf8(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    from layerctl.runtime.training.rundir import record_text

    for odd in ("q\udcff", "\udcff/\udcfe", "\ud800", "\\udcff"):
        record = RunRecord.model_validate(RECORD).changed(run=odd, spec=odd, command=f"layerctl train {odd}", data_dir=odd)
        (tmp_path / "run.json").write_text(record_text(record))
        stored = load(tmp_path)
        assert not isinstance(stored, BrokenRun)
        assert stored.record.spec == odd.encode(errors="backslashreplace").decode()

"""Which run goes on, whether it can, and to how many epochs: by what lies on disk."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from layerctl.api import train as training
from layerctl.base.locks import Lock
from layerctl.base.package import __version__
from layerctl.diagnostics.errors import MissingPackage, SpecError, UsageError
from layerctl.runs.reading import Damaged
from layerctl.runs.record import Epoch, RunRecord
from layerctl.runs.stored import BrokenRun, StoredRun, _age, epochs, find, listed, load, located, named, resumable, unfinished

DAY = "2026-01-{:02}T00:00:00+00:00"


def record(**changes: Any) -> dict[str, Any]:
    """What the record of a finished run says at least."""
    return {
        "version": 1, "status": "finished", "model": "cnn", "spec": "specs/cnn.yaml", "epochs": 3, "epochs_planned": 5,
        "data": {}, "metrics": {}, "times": {"started": DAY.format(1)}, "versions": {}, **changes,
    }  # fmt: skip


def put(runs: Path, name: str, *, day: int = 1, **changes: Any) -> Path:
    """A run directory with a record."""
    path = runs / name
    path.mkdir(parents=True)
    (path / "run.json").write_text(json.dumps(record(times={"started": DAY.format(day)}, **changes)))
    return path


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A run that this process writes."""
    path = put(tmp_path, "held-1", status="running")
    (path / "state").mkdir()
    lock = Lock(path / "state")
    yield path
    lock.release()


def refusal(path: Path, epochs: int | None = None) -> tuple[str, str | None]:
    """Why a run cannot go on, and what helps."""
    with pytest.raises(UsageError) as error:
        resumable(path, epochs=epochs)
    return error.value.message, error.value.help


def status(path: Path) -> str:
    stored = load(path)
    return stored.status if isinstance(stored, StoredRun) else "broken"


# Whether a run can go on


@pytest.mark.parametrize("status", ["finished", "interrupted", "failed", "running"])
@pytest.mark.parametrize("epochs", [None, 3, 4, 100])
def test_a_run_that_nobody_writes_can_go_on(status: str, epochs: int | None, tmp_path: Path) -> None:
    path = put(tmp_path, "cnn-1", status=status, code="LC670")
    assert resumable(path, epochs=epochs) == resumable("cnn", tmp_path, epochs=epochs) == load(path)


def test_a_run_that_was_killed_is_interrupted(tmp_path: Path, held: Path) -> None:
    assert status(put(tmp_path, "cnn-1", status="running")) == "interrupted"
    assert status(held) == "running"
    assert status(put(tmp_path, "cnn-2", status="failed")) == "failed"


def test_a_run_that_is_written_cannot_go_on(held: Path) -> None:
    message, help = refusal(held)
    assert re.fullmatch(rf"{held} is being written by process {os.getpid()} on \S+", message)
    assert help == "wait until that ends"


def test_a_run_that_lost_its_numbers_would_lose_them_again(tmp_path: Path) -> None:
    path = put(tmp_path, "cnn-1", status="failed", code="LC656", error="the loss is no longer a number")
    assert refusal(path) == (
        f"{path} failed (the loss is no longer a number), and would again: the same steps lead to the same end",
        f"train anew: `layerctl train {path}/resolved.yaml` with a change, such as `--learning-rate 1e-4`",
    )


def test_a_run_cannot_have_fewer_epochs_than_it_has(tmp_path: Path) -> None:
    path = put(tmp_path, "cnn-1")
    assert refusal(path, 2) == (f"{path} has 3 epochs already; it cannot have 2", "give more than 3")


def test_a_broken_run_cannot_go_on(tmp_path: Path) -> None:
    path = put(tmp_path, "cnn-1", version=2)
    problem = f"is of version 2, which layerctl {__version__} does not read"
    assert named(path)[:2] == load(path)[:2] == (path, f"run.json {problem}")
    for refused in (resumable, find):
        with pytest.raises(Damaged) as error:
            refused(path)
        (diagnostic,) = error.value.diagnostics
        assert (diagnostic.code.id, diagnostic.message) == ("LC673", f"{path}/run.json {problem}")
        assert diagnostic.help == f"train anew: `layerctl train {path}/resolved.yaml`"


# What a record must say


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "run.json is no JSON: EOF while parsing a value at line 1 column 0"),
        (b"{", "run.json is no JSON: EOF while parsing an object at line 1 column 1"),
        (b"[]", "run.json holds no JSON object"),
        (b'{"\xff": 1}', "run.json is no JSON: invalid unicode code point at line 1 column 3"),
        (None, "run.json cannot be read: no such file or directory"),
    ],
)
def test_a_file_that_is_no_record(data: bytes | None, problem: str, tmp_path: Path) -> None:
    if data is not None:
        (tmp_path / "run.json").write_bytes(data)
    assert load(tmp_path)[:2] == (tmp_path, problem)


@pytest.mark.parametrize("key", ["model", "epochs", "epochs_planned", "data", "metrics", "times", "versions"])
def test_what_a_record_must_say(key: str, tmp_path: Path) -> None:
    whole = record()
    for wrong in ({name: value for name, value in whole.items() if name != key}, whole | {key: None}, whole | {key: [1]}):
        assert problem_of(tmp_path, wrong).startswith(f"run.json does not say `{key}` as it should: ")
    (tmp_path / "run.json").write_text(json.dumps(whole))
    assert load(tmp_path) == StoredRun(tmp_path, RunRecord.model_validate(whole))


def problem_of(path: Path, content: dict[str, Any]) -> str:
    """What is wrong with a record."""
    (path / "run.json").write_text(json.dumps(content))
    broken = load(path)
    assert isinstance(broken, BrokenRun)
    return broken.problem


def test_a_part_of_a_record_is_named_by_its_keys(tmp_path: Path) -> None:
    assert problem_of(tmp_path, record(times={"started": 5})).startswith("run.json does not say `times.started` as it should: ")


@pytest.mark.parametrize("version", [2, None, "1", [[1]]])
def test_a_record_of_another_version(version: Any, tmp_path: Path) -> None:
    words = f"run.json is of version {version!r}, which layerctl {__version__} does not read"
    assert problem_of(tmp_path, record(version=version, model=3)) == words


def test_epochs_are_read_up_to_what_is_damaged(tmp_path: Path) -> None:
    assert epochs(tmp_path) == []
    lines = ('{"epoch": 1}', "[2]", '{"epoch": 3, "seconds": 0.5, "samples": 9, "loss": null}', '{"epo')
    (tmp_path / "metrics.jsonl").write_text("\n".join(lines))
    assert epochs(tmp_path) == [Epoch(1, 0.0, 0, {}), Epoch(3, 0.5, 9, {"loss": None})]
    (tmp_path / "metrics.jsonl").write_bytes('{"epoch": 1, "größe_loss": 2}'.encode())
    assert epochs(tmp_path) == [Epoch(1, 0.0, 0, {"größe_loss": 2.0})]
    (tmp_path / "metrics.jsonl").write_bytes(b"\xff")
    assert epochs(tmp_path) == []


@pytest.mark.parametrize(
    "line", [{}, {"epoch": "1"}, {"epoch": 1, "seconds": "1"}, {"epoch": 1, "samples": 1.5}, {"epoch": 1, "loss": "low"}]
)
def test_a_line_that_is_no_epoch(line: dict[str, Any]) -> None:
    assert Epoch.from_json(json.dumps({"epoch": 1})) == Epoch(1, 0.0, 0, {})
    assert Epoch.from_json(json.dumps(line)) is None


# Which run is meant


@pytest.mark.parametrize(
    ("spec", "meant"),
    [
        ("net", True),
        ("zoo/net", True),
        ("specs/zoo/net", True),
        ("specs/zoo/net.yaml", True),
        ("./specs/zoo/net.yaml", True),
        ("faces", True),
        ("first", True),
        ("first-2", True),
        ("et", False),
        ("other/net", False),
        ("net.yaml", False),
        ("first-3", False),
        ("fir", False),
    ],
)
def test_a_run_is_of_a_spec_by_its_path_its_name_or_that_of_the_run(spec: str, meant: bool) -> None:
    run = StoredRun(Path("runs/first-2"), RunRecord.model_validate(record(model="faces", spec="specs/zoo/net.yaml")))
    assert run.is_of(spec) is meant


def test_a_run_that_does_not_say_its_spec_is_found_by_its_name() -> None:
    values = {key: value for key, value in record(model="net").items() if key != "spec"}
    run = StoredRun(Path("runs/a-b-2"), RunRecord.model_validate(values))
    assert [run.is_of(name) for name in ("a-b", "a-b-2", "net", "a", "cnn", "None")] == [True, True, True, False, False, False]


def test_runs_are_listed_from_the_newest(tmp_path: Path) -> None:
    put(tmp_path, "b-1", day=2)
    put(tmp_path, "a-1", day=3, status="interrupted", model="mlp", spec="mlp.yaml")
    put(tmp_path, "c-1", day=1)
    put(tmp_path, "d-1", day=9, version=9)
    (tmp_path / "compare").mkdir()
    (tmp_path / "file").touch()

    def names(**options: Any) -> list[str]:
        return [run.path.name for run in listed(tmp_path, **options)]

    assert names() == ["a-1", "b-1", "c-1", "d-1"], "one whose record cannot be read stands last"
    assert names(status="finished") == ["b-1", "c-1"]
    assert names(status="broken") == names(model="d") == names(model="d-1") == ["d-1"]
    assert names(model="d", status="finished") == []
    put(tmp_path, "d-e-1", version=9)
    assert names(model="d-e") == ["d-e-1"]
    assert names(model="d") == ["d-1"]
    assert names(model="mlp") == ["a-1"]
    assert names(model="mlp", status="finished") == []
    assert listed(tmp_path / "none") == []
    with pytest.raises(UsageError, match=r"^.*/file is a file$") as error:
        listed(tmp_path / "file")
    assert error.value.help == "name the directory that holds the runs: `--runs-dir`"


def test_runs_that_began_at_once_are_listed_by_their_last_change(tmp_path: Path) -> None:
    for number, name in enumerate(("b-1", "c-1", "a-1")):
        os.utime(put(tmp_path, name) / "run.json", (1000 + number, 1000 + number))
    assert [run.path.name for run in listed(tmp_path)] == ["a-1", "c-1", "b-1"]
    os.utime(put(tmp_path, "d-1", version=9) / "run.json", (5, 5))
    os.utime(put(tmp_path, "e-1", version=9) / "run.json", (9, 9))
    assert [run.path.name for run in listed(tmp_path)[3:]] == ["e-1", "d-1"]


def test_a_run_that_does_not_say_when_it_began_is_the_oldest(tmp_path: Path) -> None:
    put(tmp_path, "a-1")
    (put(tmp_path, "b-1") / "run.json").write_text(json.dumps(record(times={})))
    assert [run.path.name for run in listed(tmp_path)] == ["a-1", "b-1"]


def test_a_run_that_is_removed_meanwhile_is_the_oldest(tmp_path: Path) -> None:
    assert _age(load(tmp_path / "gone-1")) == ("", 0.0)


def test_the_folder_of_runs_is_runs_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "runs", "cnn-1", status="failed")
    assert [run.path for run in listed()] == [Path("runs/cnn-1")]
    assert find("cnn-1").path == find("cnn").path == unfinished().path == located("cnn-1") == Path("runs/cnn-1")
    assert named("cnn").path == named("cnn-1").path == resumable(None).path == Path("runs/cnn-1")


def test_a_run_is_looked_for_in_the_folder_that_is_named(tmp_path: Path) -> None:
    path = put(tmp_path / "other", "cnn-1", status="failed")
    assert named("cnn-1", tmp_path / "other").path == path


def test_without_a_run_the_latest_of_the_spec_is_resumed(tmp_path: Path) -> None:
    put(tmp_path, "a-1", day=1, model="a", spec="a.yaml", status="interrupted")
    put(tmp_path, "b-1", day=2, model="b", spec="b.yaml", status="interrupted")
    assert [resumable(None, tmp_path, spec).path.name for spec in (None, "a", "b")] == ["b-1", "a-1", "b-1"]


def test_a_run_is_found_by_its_path_before_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "cnn-1")
    put(tmp_path / "runs", "cnn-1")
    assert located("cnn-1") == Path("cnn-1")
    assert located("runs/cnn-1") == Path("runs/cnn-1")
    assert located("cnn-2") is None
    assert find("cnn-1").path == Path("cnn-1")


def test_a_name_without_its_number_is_the_latest_of_that_name(tmp_path: Path) -> None:
    for name in ("cnn-2", "cnn-10", "cnn-9", "cnn-x-11", "xcnn-12", "cnn-1234567890"):
        put(tmp_path, name)
    assert find("cnn", tmp_path).path.name == "cnn-10"
    assert find("cnn-9", tmp_path).path.name == "cnn-9"
    assert find("cnn-x", tmp_path).path.name == "cnn-x-11"


def no_run(name: str, runs: Path) -> tuple[str, str | None]:
    with pytest.raises(UsageError) as error:
        find(name, runs)
    return error.value.message, error.value.help


def test_a_run_that_is_not_there(tmp_path: Path) -> None:
    where = "`--runs-dir` says where to look"
    assert no_run("cnn-1", tmp_path) == (f"there is no run `cnn-1` in {tmp_path}", where)
    put(tmp_path, "cnn-1")
    assert no_run("cmn-1", tmp_path)[1] == "did you mean `cnn-1`?"
    assert no_run("else", tmp_path)[1] == "there are cnn-1"
    for number in range(2, 13):
        put(tmp_path, f"cnn-{number}", day=number)
    names = [f"cnn-{number}" for number in range(12, 0, -1)]
    assert no_run("else", tmp_path)[1] == f"there are {', '.join(names)}"
    put(tmp_path, "cnn-13", day=13)
    assert no_run("else", tmp_path)[1] == f"there are cnn-13, {', '.join(names[:-1])}, …"
    (tmp_path / "empty").mkdir()
    assert no_run(str(tmp_path / "empty"), tmp_path) == (
        f"{tmp_path}/empty is no run: it holds no run.json",
        "name a directory that `layerctl train` made",
    )


def test_the_latest_run_that_could_go_on_does(tmp_path: Path) -> None:
    put(tmp_path, "broken-1", day=9, version=9)
    put(tmp_path, "a-1", day=1, model="a", spec="a.yaml")
    assert unfinished(tmp_path).path.name == "a-1", "one that is finished, where there is no other"
    put(tmp_path, "b-1", day=2, model="b", spec="b.yaml", status="failed", code="LC656")
    assert unfinished(tmp_path).path.name == "b-1"
    put(tmp_path, "c-1", day=3, model="c", spec="c.yaml", status="interrupted")
    put(tmp_path, "g-1", day=8, model="g", spec="g.yaml")
    assert unfinished(tmp_path).path.name == "c-1"
    put(tmp_path, "d-1", day=4, model="d", spec="d.yaml", status="failed", code="LC670")
    put(tmp_path, "e-1", day=5, model="e", spec="e.yaml")
    put(tmp_path, "f-1", day=6, model="f", spec="f.yaml", status="failed", code="LC656")
    assert unfinished(tmp_path).path.name == "d-1"
    assert [unfinished(tmp_path, name).path.name for name in "abcdef"] == ["a-1", "b-1", "c-1", "d-1", "e-1", "f-1"]


def nothing_to_resume(runs: Path, spec: str | None) -> tuple[str, str | None]:
    with pytest.raises(UsageError) as error:
        unfinished(runs, spec)
    return error.value.message, error.value.help


def test_where_there_is_nothing_to_resume(tmp_path: Path) -> None:
    first = "train first, or say with `--runs-dir` where to look"
    assert nothing_to_resume(tmp_path, None) == (f"there is no run to resume in {tmp_path}", first)
    put(tmp_path, "broken-1", version=9)
    assert nothing_to_resume(tmp_path, None) == (f"there is no run to resume in {tmp_path}", first)
    assert nothing_to_resume(tmp_path, "cnn") == (f"there is no run of `cnn` to resume in {tmp_path}", first)
    put(tmp_path, "a-1", model="cnn")
    put(tmp_path, "a-2", model="cnn")
    assert nothing_to_resume(tmp_path, "cn")[1] == "did you mean `cnn`?"
    assert nothing_to_resume(tmp_path, "broken") == (f"there is no run of `broken` to resume in {tmp_path}", "there are cnn")


# What `resume` does with it


SPEC = """
inputs: {x: [6]}
layers: [{Dense: {units: 3, activation: softmax}}]
train: {data: synthetic, loss: sparse_categorical_crossentropy, epochs: 5}
"""


@pytest.fixture
def without_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keras is missing: what goes on is refused there, what is left as it is never asks for it."""
    monkeypatch.setitem(sys.modules, "keras", None)
    backend = pytest.importorskip("layerctl.runtime.backends.backend")
    monkeypatch.setattr(backend, "keras", backend.keras.__wrapped__)


@pytest.mark.usefixtures("without_keras")
@pytest.mark.parametrize(
    ("status", "epochs", "goes_on"),
    [
        ("finished", None, False),
        ("finished", 5, False),
        ("finished", 6, True),
        ("finished", 4, True),
        ("interrupted", None, True),
        ("interrupted", 5, True),
        ("failed", None, True),
    ],
)
def test_a_run_at_its_end_is_left_as_it_is(status: str, epochs: int | None, goes_on: bool, tmp_path: Path) -> None:
    path = put(tmp_path, "cnn-1", status=status)
    (path / "resolved.yaml").write_text(SPEC)
    if goes_on:
        with pytest.raises(MissingPackage, match="keras"):
            training.resume(path, epochs=epochs)
        return
    run = training.resume(path, epochs=epochs)
    assert (run.path, run.record, run.finished) == (path, RunRecord.model_validate(record()), True)
    assert training.resume("cnn", runs_dir=tmp_path).path == path
    assert training.resume(runs_dir=tmp_path, spec="cnn").path == path


@pytest.mark.parametrize(("given", "planned"), [(None, 5), (8, 8)])
def test_a_run_goes_on_to_the_epochs_asked_for_or_planned(
    given: int | None, planned: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = pytest.importorskip("layerctl.runtime.training.train")
    monkeypatch.setattr("layerctl.runtime.backends.backend.keras", lambda: None)
    seen: list[Any] = []

    def resume(*arguments: Any) -> RunRecord:
        seen.extend(arguments)
        return RunRecord.model_validate(record(status="interrupted"))

    monkeypatch.setattr(runtime, "resume", resume)
    path = put(tmp_path, "cnn-1", status="interrupted", data_dir="/data", devices=["cpu:0", "cpu:1"], outputs=["dense"])
    (path / "resolved.yaml").write_text(SPEC.replace("epochs: 5", "epochs: 2"))
    run = training.resume(path, epochs=given, command="layerctl train --resume")
    assert not run.finished
    _, train, stored, options, _ = seen
    assert (train.epochs, stored) == (planned, load(path))
    assert (options.data_dir, options.command, options.devices) == ("/data", "layerctl train --resume", "cpu:0,cpu:1")


def test_a_run_whose_spec_has_mistakes_does_not_go_on(tmp_path: Path) -> None:
    path = put(tmp_path, "cnn-1", status="interrupted")
    (path / "resolved.yaml").write_text(SPEC.replace("units", "unit"))
    with pytest.raises(SpecError, match="`unit`"):
        training.resume(path)

"""`check` with several processes has the same output and exit status as with one."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from layerctl.api.check import check_files, locate
from layerctl.base.parallel import usable_processors
from layerctl.compiler.pipeline import compile_text

ROOT = Path(__file__).parent.parent
CLEAN = "inputs: {x: [4]}\nlayers: [{Dense: 2}]\n"
SPECS = {
    "clean": CLEAN,
    "warns": "vars: {width: 1}\n" + CLEAN,
    "wrong": "inputs: {x: [4]}\nlayers:\n  - Dense: {units: 8, activatoin: relu}\n  - Conv2D: {filters: 2, kernel_size: 3}\n",
    "twice": "inputs: {x: [4]}\nlayers:\n  - {Dense: 2, name: ä}\n  - {Dense: 2, name: ä}\n",
    "includes": "include: [parts/lib.yaml]\ninputs: {x: [4]}\nlayers: [part, Dense: 1]\n",
    "no_yaml": "layers: [\n",
}
DRIVER = """
import os, sys
import layerctl.api.check
from layerctl.__main__ import main
{plant}
main()
"""
HANG = "def planted(*args, **kwargs):\n    os.write(1, b'.')\n    os.read(0, 1)"
"""Reports that it has begun, and waits for the test."""


@pytest.fixture
def many(tmp_path: Path) -> Path:
    for number in range(6):
        for name, text in SPECS.items():
            (tmp_path / f"{name}_{number}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "lib.yaml").write_text("blocks: {part: {layers: [Dense: {units: no}]}}\n")
    return tmp_path


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"}


def layerctl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "layerctl", "check", *arguments]
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=60, check=False)


def planted(folder: Path, plant: str, *arguments: str) -> subprocess.Popen[str]:
    """`layerctl check` in a process group of its own, with another function in place of the compiler."""
    code = DRIVER.format(plant=f"{plant}\nlayerctl.api.check.compile_bytes = planted")
    return subprocess.Popen(
        [sys.executable, "-c", code, "check", *arguments],
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("format", ["full", "concise", "json", "github", "sarif", "junit"])
def test_the_same_output(many: Path, format: str) -> None:
    alone = layerctl(many, ".", "--format", format, "--jobs", "1")
    assert alone.returncode == 1
    assert alone.stdout
    several = layerctl(many, ".", "--format", format, "--jobs", "3")
    assert (several.returncode, several.stdout, several.stderr) == (alone.returncode, alone.stdout, alone.stderr)


def test_where_there_is_no_fork(many: Path) -> None:
    code = DRIVER.format(plant="import layerctl.base.parallel\nlayerctl.base.parallel.METHOD = 'spawn'")
    command = [sys.executable, "-c", code, "check", ".", "--jobs", "2"]
    done = subprocess.run(command, cwd=many, env=environment(), capture_output=True, text=True, timeout=60, check=False)
    alone = layerctl(many, ".", "--jobs", "1")
    assert (done.returncode, done.stdout, done.stderr) == (alone.returncode, alone.stdout, alone.stderr)


def test_more_processes_than_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(CLEAN)
    assert layerctl(tmp_path, ".", "--jobs", "40").stdout == "1 spec checked, no mistakes\n"


def test_a_missing_file_does_not_hide_the_others(many: Path) -> None:
    done = layerctl(many, ".", "none.yaml", "--jobs", "2", "--format", "concise")
    assert done.returncode == 2
    assert "none" in done.stderr
    assert "wrong_5.yaml" in done.stdout


def test_wrong_usage(many: Path) -> None:
    assert layerctl(many, ".", "--jobs", "-1").returncode == 2


def test_it_starts_processes_only_for_many_files(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []

    def each(function: object, values: list[object], workers: int) -> list[object]:
        started.append(len(values))
        return []

    monkeypatch.chdir(many)
    monkeypatch.setattr("layerctl.base.parallel.each", each)
    monkeypatch.setattr("layerctl.base.parallel.usable_processors", lambda: 2)
    files, _ = locate(["."])
    times = iter(0.002 * number for number in range(10_000))
    monkeypatch.setattr("layerctl.api.check.perf_counter", lambda: next(times))
    check_files(files, jobs=0)
    assert not started
    check_files(files * 20, jobs=0)
    assert len(started) == 1
    assert 0 < started[0] < len(files) * 20


@pytest.mark.skipif(not hasattr(os, "getloadavg"), reason="this system does not say how busy it is")
def test_a_busy_machine_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(os, "getloadavg", lambda: (4.0, 0.0, 0.0))
    assert usable_processors() == 1
    monkeypatch.setattr(os, "getloadavg", lambda: (3.9, 9.0, 9.0))
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2, 3}, raising=False)
    assert usable_processors() == 4


@pytest.mark.parametrize("text", SPECS.values(), ids=list(SPECS))
def test_a_result_survives_pickling(text: str) -> None:
    checked = compile_text(text).checked
    handed = pickle.loads(pickle.dumps(checked))
    assert handed._replace(diagnostics=()) == checked._replace(diagnostics=())
    assert [diagnostic.key() for diagnostic in handed.diagnostics] == [diagnostic.key() for diagnostic in checked.diagnostics]


@pytest.mark.skipif(sys.platform != "linux", reason="what is planted reaches the other processes by a fork")
class TestEnds:
    @pytest.mark.parametrize("whom", ["the group, as a terminal does", "the first process alone"])
    def test_interrupted(self, many: Path, whom: str) -> None:
        with planted(many, HANG, ".", "--jobs", "2") as process:
            assert process.stdout is not None
            assert process.stdout.read(2) == ".."
            (os.killpg if "group" in whom else os.kill)(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (130, "", "interrupted\n")

    def test_workers_end_with_the_main_process(self, many: Path) -> None:
        with planted(many, HANG, ".", "--jobs", "2") as process:
            assert process.stdout is not None
            assert process.stdout.read(2) == ".."
            process.kill()
            process.wait()
            out, err = process.communicate(timeout=20)
        assert (out, err) == ("", "")

    @pytest.mark.parametrize(
        ("plant", "words"),
        [
            ("os._exit(9)", "--jobs 1"),
            ("raise ZeroDivisionError('planted')", "ZeroDivisionError: planted"),
            ("raise type('Ours', (Exception,), {})('cannot be pickled')", "Ours: cannot be pickled"),
        ],
    )
    def test_a_bug_of_ours(self, many: Path, plant: str, words: str) -> None:
        with planted(many, f"def planted(*args, **kwargs):\n    {plant}", ".", "--jobs", "2") as process:
            out, err = process.communicate(timeout=20)
        assert (process.returncode, out) == (3, "")
        assert words in err
        assert "Traceback" not in err
        assert len(err.splitlines()) == 2

    def test_debug_shows_where(self, many: Path) -> None:
        with planted(many, "def planted(*args, **kwargs):\n    raise KeyError('x')", ".", "--jobs", "2", "--debug") as process:
            _, err = process.communicate(timeout=20)
        assert "in _check_file" in err

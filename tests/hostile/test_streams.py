"""Streams that are closed or full, no locale, no home, no directory: a line and a status, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from layerctl.diagnostics.errors import UsageError
from layerctl.runtime.backends import backend

ROOT = Path(__file__).parents[2]
GOOD = "inputs: {x: [4]}\nlayers:\n  - Dense: 2\n"
CLOSED = "error: cannot write the result: standard output is closed\n"
FULL = "error: cannot write the result: no space left on device\n"
PRINTING = (
    "check good.yaml", "check good.yaml --format json", "check bad.yaml --format github", "summary good.yaml", "layers",
    "layers Dense --format json", "explain", "schema", "init new", "build good.yaml -o model.py", "data", "--version", "--help",
    "check --help",
)  # fmt: skip
pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="uses a shell, and a device without room")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(GOOD.replace("Dense", "Dens"), encoding="utf-8")
    (tmp_path / "größe.yaml").write_text(GOOD.replace("Dense", "größe😀"), encoding="utf-8")
    return tmp_path


def run(folder: Path, command: str, **environment: str | None) -> tuple[int, str, str]:
    """The status and the output of a command of the shell; `layerctl` is the program. None removes a variable."""
    program = f'layerctl() {{ exec "{sys.executable}" -m layerctl "$@"; }}'
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **environment}
    known = {name: value for name, value in variables.items() if value is not None}
    done = subprocess.run(
        ["bash", "-c", f"{program}; {command}"], cwd=folder, env=known, capture_output=True, check=False, timeout=120
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err
    assert "bug in layerctl" not in err
    assert "Error" not in err.replace("\nError: ", "")
    return done.returncode, out, err


@pytest.mark.parametrize("command", PRINTING)
def test_a_closed_output(folder: Path, command: str) -> None:
    assert run(folder, f"layerctl {command} >&-") == (1, "", CLOSED)


@pytest.mark.parametrize(
    "command", ["check bad.yaml", "runs --format json", "summary good.yaml --format markdown", "--version", "--help"]
)
def test_a_full_output(folder: Path, command: str) -> None:
    assert run(folder, f"layerctl {command} >/dev/full") == (1, "", FULL)


def test_completion_into_a_full_output(folder: Path) -> None:
    status, _, err = run(folder, "layerctl >/dev/full", _LAYERCTL_COMPLETE="source_bash")
    assert (status, err) == (1, FULL)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("", 2),
        ("check good.yaml", 0),
        ("check bad.yaml", 1),
        ("check", 1),
        ("check nosuch.yaml", 2),
        ("check --nosuch", 2),
        ("runs", 0),
    ],
)
@pytest.mark.parametrize("stream", ["2>&-", "2>/dev/full"])
def test_messages_that_nobody_gets_change_nothing(folder: Path, command: str, status: int, stream: str) -> None:
    done, _, err = run(folder, f"layerctl {command} {stream}")
    assert (done, err) == (status, "")


@pytest.mark.parametrize("streams", [">&- 2>&-", ">/dev/full 2>/dev/full", "<&- >&- 2>&-"])
def test_nothing_can_be_said(folder: Path, streams: str) -> None:
    assert run(folder, f"layerctl check good.yaml {streams}") == (1, "", "")
    assert run(folder, f"layerctl --help {streams}") == (1, "", "")


def test_a_closed_input(folder: Path) -> None:
    status, out, err = run(folder, "layerctl check - <&-")
    assert (status, out, err.splitlines()[0]) == (2, "", "error: cannot read standard input: it is closed")
    assert run(folder, "layerctl check good.yaml <&-")[0] == 0


def test_a_file_does_not_take_the_place_of_a_closed_stream(folder: Path) -> None:
    """What is written last must not end up in a file that was opened since."""
    assert run(folder, "layerctl build good.yaml -o model.json >&- 2>&-")[0] == 1
    json.loads((folder / "model.json").read_text())


@pytest.mark.parametrize(
    "variables", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": ":strict"}]
)
def test_documents_are_whole_in_any_encoding(folder: Path, variables: dict[str, str]) -> None:
    def said(format: str) -> str:
        status, out, err = run(folder, f"layerctl check größe.yaml --format {format}", **variables)
        assert (status, err) == (1, "")
        return out

    (file,) = json.loads(said("json"))["files"]
    assert "größe😀" in file["diagnostics"][0]["message"]
    assert json.loads(said("sarif"))["runs"][0]["results"]
    assert ElementTree.fromstring(said("junit")).get("failures") == "1"
    assert said("full").startswith("error[")


@pytest.mark.parametrize(
    "variables",
    [{"TERM": None}, {"TERM": "dumb"}, {"HOME": None}, {"HOME": "/dev/null"}, {"HOME": "/nonexistent"}],
)
def test_odd_surroundings(folder: Path, variables: dict[str, str | None]) -> None:
    assert run(folder, "layerctl check good.yaml", **variables) == (0, "1 spec checked, no mistakes\n", "")
    assert run(folder, "layerctl data --data-dir '~nobody-has-this-name/x'", **variables)[0] == 0


def test_completion_where_home_is_no_folder(folder: Path) -> None:
    assert run(folder, "layerctl --install-completion; exit", HOME="/dev/null")[0] in (1, 2)


@pytest.mark.parametrize(
    "command", ["check", "check good", "summary", "train", "build", "compare a b", "runs", "init", "data x.csv"]
)
def test_a_directory_that_is_gone(folder: Path, command: str) -> None:
    (folder / "gone").mkdir()
    status, _, err = run(folder, f"cd gone; rmdir ../gone; layerctl {command}")
    assert (status, err.startswith(("error: ", "no run in "))) in ((2, True), (0, True))


class TestKerasConfiguration:
    """`keras.json`, which Keras reads when it is imported."""

    @pytest.fixture(autouse=True)
    def _home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KERAS_HOME", str(tmp_path))
        self.file = tmp_path / "keras.json"

    def refused(self) -> str:
        with pytest.raises(UsageError) as error:
            backend.keras.__wrapped__()
        return error.value.message

    def test_one_that_never_ends_is_not_read(self) -> None:
        for make in (os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)):
            make(self.file)
            assert self.refused() == f"Keras's configuration {self.file} is no regular file"
            (os.rmdir if self.file.is_dir() else os.unlink)(self.file)

    @pytest.mark.keras
    @pytest.mark.parametrize(
        "content", ["[]", '{"floatx": {}}', '{"epsilon": "1"}', '{"backend": "\\u001b[2J\\n::error::"}', "[" * 99_999]
    )
    def test_a_damaged_one_is_named(self, folder: Path, content: str) -> None:
        self.file.write_text(content)
        status, out, err = run(folder, "layerctl build good.yaml", KERAS_BACKEND=None)
        assert (status, out) == (2, "")
        first, help, *_ = err.splitlines()
        assert first.startswith(f"error: Keras does not load with its configuration {self.file}: ")
        assert help == "  = help: mend or remove this file; Keras needs none"
        assert all(line.isprintable() for line in err.splitlines())

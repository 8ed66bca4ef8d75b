"""Runs the command line within the test's process."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from layerctl.cli import main


@dataclass(frozen=True, slots=True)
class Result:
    """The exit status and output of a command."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Standard output as JSON."""
        import json

        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """`cli("check", "cnn.yaml")` in a folder of its own.

    Attributes:
        folder: the current directory.
    """

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    folder: Path

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def __call__(self, *arguments: str | Path, stdin: bytes = b"", **environment: str) -> Result:
        self.capsys.readouterr()
        with self.monkeypatch.context() as patch:
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["layerctl", *map(str, arguments)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            for name in ("NO_COLOR", "FORCE_COLOR"):
                patch.delenv(name, raising=False)
            for name, value in environment.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as end:
                main()
        out, err = self.capsys.readouterr()
        assert "Traceback" not in out + err
        status = end.value.code
        assert status is None or isinstance(status, int), status
        return Result(status or 0, out, err)


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> CommandLine:
    """The program, in an empty folder."""
    return CommandLine(monkeypatch, capsys, tmp_path)

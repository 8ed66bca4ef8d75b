"""The directory of a run: claimed once, never overwritten; every file in it is whole or not there."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from layerctl.errors import UsageError
from layerctl.files import replacing, write_whole

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """One run's files.

    Attributes:
        path: of the directory.
        epochs: the lines of `metrics.jsonl` so far.
    """

    path: Path
    epochs: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def claim(cls, runs: str | os.PathLike[str], name: str) -> RunDirectory:
        """Makes `runs/NAME-N`, with the first N above all that there are.

        Raises:
            UsageError: the name cannot be a directory's, or the place cannot be written.
        """
        if not NAME.fullmatch(name):
            raise UsageError(f"`{name}` cannot name a run", "use letters, digits, `_`, `-` and `.`")
        try:
            os.makedirs(runs, exist_ok=True)
            number = 1 + max((_number(entry, name) for entry in os.listdir(runs)), default=0)
            while True:
                path = Path(runs, f"{name}-{number}")
                with suppress(FileExistsError):
                    path.mkdir()
                    return cls(path)
                number += 1
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise UsageError(
                f"cannot make a run directory in {os.fspath(runs)}: {reason}", "name another with `--runs-dir`"
            ) from None

    def write(self, name: str, data: bytes | str) -> None:
        write_whole(self.path / name, data)

    def write_record(self, record: Mapping[str, Any]) -> None:
        """`run.json`."""
        self.write("run.json", json.dumps(record, indent=2, ensure_ascii=False) + "\n")

    def add_epoch(self, line: dict[str, Any]) -> None:
        """Adds a line to `metrics.jsonl`."""
        self.epochs.append(line)
        self.write("metrics.jsonl", "".join(json.dumps(epoch) + "\n" for epoch in self.epochs))

    def save_model(self, model: Any, name: str) -> None:
        with replacing(self.path / name) as temporary:
            model.save(temporary)

    def copy(self, name: str, to: str) -> None:
        """A second name for a file; files are replaced, never changed, so the two may share their bytes."""
        with replacing(self.path / to) as temporary:
            try:
                os.link(self.path / name, temporary)
            except OSError:
                shutil.copyfile(self.path / name, temporary)


def _number(entry: str, name: str) -> int:
    match = re.fullmatch(re.escape(name) + r"-([0-9]{1,9})", entry)
    return int(match[1]) if match else 0

"""The directory of a run: never overwritten, and written by one process; each file is written completely or not at all."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from layerctl.base.ending import Undoing
from layerctl.base.files import TEMPORARY, left_behind, replacing, temporary_name, write_whole
from layerctl.base.json_text import pretty
from layerctl.base.locks import Held, Lock
from layerctl.base.source import Source, Span
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError, UsageError, not_written
from layerctl.runs.reading import Damaged, anew
from layerctl.runs.record import Epoch, RunRecord
from layerctl.runs.stored import LINES, PREPROCESSING, RECORD, RESOLVED
from layerctl.runs.stored import STATE as FOLDER
from layerctl.runtime.codes import CannotWriteRun
from layerctl.runtime.training.state import State

LAST, BEST, MODEL = "last.keras", "best.keras", "model.keras"
EVENTS = "tensorboard"
WRITTEN = (RECORD, LINES, RESOLVED, PREPROCESSING, LAST, BEST, MODEL, "curves.png", "confusion.json", "confusion.png")
"""What a resumed run writes, beside the folders of states and of event files."""
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """The files of one run.

    Attributes:
        path: of the directory.
        lock: keeps other processes from writing here.
        epochs: the content of `metrics.jsonl`.
    """

    path: Path
    lock: Lock
    epochs: list[Epoch] = field(default_factory=list)

    @classmethod
    def claim(
        cls, runs: str | os.PathLike[str], name: str, files: Callable[[Path], Mapping[str, str]] = lambda path: {}
    ) -> RunDirectory:
        """Makes `runs/NAME-N` with the next free N; it appears together with its first files, or not at all.

        Args:
            runs: the directory of all runs.
            name: of the run.
            files: returns the text of each first file, for the path that the directory will have.

        Raises:
            UsageError: the name cannot be a directory's name, or `runs` cannot be written.
        """
        if not NAME.fullmatch(name):
            raise UsageError(f"`{name}` cannot name a run", "use letters, digits, `_`, `-` and `.`")
        for left in left_behind(runs):
            shutil.rmtree(left, ignore_errors=True)
        temporary = Path(runs, temporary_name(name))
        with Undoing(lambda: shutil.rmtree(temporary, ignore_errors=True)):
            try:
                return cls._made(temporary, name, files)
            except OSError as error:
                raise not_written(
                    f"cannot make a run directory in {os.fspath(runs)}", error, "name another with `--runs-dir`"
                ) from None
            finally:
                shutil.rmtree(temporary, ignore_errors=True)

    @classmethod
    def _made(cls, temporary: Path, name: str, files: Callable[[Path], Mapping[str, str]]) -> RunDirectory:
        """Makes a directory with its files, and gives it the first name that is free."""
        (temporary / FOLDER).mkdir(parents=True)
        lock = Lock(temporary / FOLDER)
        runs = temporary.parent
        number = 1 + max(_number(entry, name) for entry in os.listdir(runs))
        with lock.released_after_failure():
            while True:
                path = runs / f"{name}-{number}"
                for file, text in files(path).items():
                    write_whole(temporary / file, text)
                try:
                    lock.rename(temporary, path)
                except OSError as error:
                    if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                        raise
                    number += 1
                else:
                    return cls(path, lock)

    @classmethod
    def reopen(cls, path: Path) -> RunDirectory:
        """Opens an existing run directory, and removes temporary files that a killed process left.

        Raises:
            UsageError: another process is writing it, or it cannot be written.
            Damaged: in the place of a file there is something else.
        """
        try:
            _check_entries(path)
            (path / FOLDER).mkdir(exist_ok=True)
            lock = Lock(path / FOLDER)
            with lock.released_after_failure():
                for folder in (path, path / FOLDER):
                    for entry in folder.iterdir():
                        if TEMPORARY.match(entry.name):
                            entry.unlink()
        except Held as error:
            raise UsageError(f"{path} is being written by {error}", "wait until that ends, or end it with Ctrl-C") from None
        except OSError as error:
            raise UsageError(
                f"cannot write {path}: {_reason(error)}", "make it writable, or copy it to a place that is"
            ) from None
        return cls(path, lock)

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """The path of a file to write; an OSError becomes a diagnostic."""
        try:
            yield self.path / name
        except OSError as error:
            message = f"cannot write {self.path / name}: {_reason(error)}"
            help = f"make room, or make it writable; then `layerctl train --resume {self.path}` goes on from the last epoch"
            at = Span(Source((self.path / name).as_posix(), ""), 0, 0)
            raise SpecError((Diagnostic(CannotWriteRun, at, message, "", help),)) from None

    def write(self, name: str, data: bytes | str) -> None:
        with self.writing(name) as path:
            write_whole(path, data)

    def write_record(self, record: RunRecord) -> None:
        """`run.json`."""
        self.write(RECORD, record_text(record))

    def add_epoch(self, epoch: Epoch) -> None:
        """Adds a line to `metrics.jsonl`."""
        self.write_epochs([*self.epochs, epoch])

    def write_epochs(self, epochs: list[Epoch]) -> None:
        """Replaces `metrics.jsonl`."""
        self.epochs[:] = epochs
        self.write(LINES, "".join(json.dumps(epoch.to_json()) + "\n" for epoch in epochs))

    def write_state(self, state: State) -> None:
        with self.writing(FOLDER) as path:
            state.write(path)

    def save_model(self, model: Any, name: str) -> None:
        with self.writing(name) as path, replacing(path) as temporary:
            model.save(temporary)

    def copy(self, name: str, to: str) -> None:
        """Copies a file, by a hard link if possible: files are replaced, never changed, so the two may share their bytes."""
        with self.writing(to) as path, replacing(path) as temporary:
            try:
                os.link(self.path / name, temporary)
            except OSError:
                shutil.copyfile(self.path / name, temporary)


def _check_entries(path: Path) -> None:
    """Checks that the files and folders of a run are such: they will be written, and a link could lead to any other file.

    Raises:
        Damaged: something else is in the place of one.
    """
    states = path / FOLDER
    kept = list(states.iterdir()) if states.is_dir() else []
    for entry in (*(path / name for name in WRITTEN), *kept, states, path / EVENTS):
        if not os.path.lexists(entry):
            continue
        mode = os.lstat(entry).st_mode
        if entry in (states, path / EVENTS):
            if not stat.S_ISDIR(mode):
                raise Damaged(entry, "is no directory", f"remove it, or {anew(path)}")
        elif not stat.S_ISREG(mode):
            what = "a directory" if stat.S_ISDIR(mode) else "a link" if stat.S_ISLNK(mode) else "something else"
            raise Damaged(entry, f"is {what}, where a file should be", "put a file back from a copy, or remove it")


def record_text(record: RunRecord) -> str:
    """`run.json` as text; a name in it that is not UTF-8, which JSON cannot hold, stands with an escape: `q\\udcff`."""
    return pretty(_as_utf8(record.to_json())) + "\n"


def _as_utf8(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_utf8(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_as_utf8(part) for part in value]
    return value.encode(errors="backslashreplace").decode() if isinstance(value, str) else value


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _number(entry: str, name: str) -> int:
    match = re.fullmatch(re.escape(name) + r"-([0-9]{1,9})", entry)
    return int(match[1]) if match else 0

"""Runs attacks as commands, in the process of a worker that has little memory, and holds them to what every command promises.

The promise: status 0, 1, 2 or 130; no traceback and no bug of layerctl; nothing unprintable; no line that GitHub would take for a
command, but where it is asked for; at most 512 MB and 10 seconds. Frameworks are out of reach: a command that would load one has
passed all its checks.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from layerctl.cli import main
from tests.fuzz.attacks import Attack
from tests.fuzz.fuzz import strict

FRAMEWORKS = ("keras", "tensorflow", "jax", "torch")
STATUSES = (0, 1, 2, 130)
COMMANDS = re.compile(r"^\s*(::|##\[)", re.MULTILINE)
GITHUB = re.compile(r"::(error|warning|notice) [^\n]*")


class Ended(NamedTuple):
    """How a command ended, and all that it printed."""

    status: object
    out: bytes
    err: bytes


class Forbidden:
    """Finds no framework, as if none were installed."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] in FRAMEWORKS:
            raise ModuleNotFoundError(f"no module named {name!r}", name=name)


def target(given: Attack) -> None:
    """Runs an attack in a folder of its own; asserts the promise."""
    around = tempfile.mkdtemp(prefix="attack")  # what a command finds above its own folder
    folder = os.path.join(os.fsencode(around), b"in")
    back = os.getcwd()
    try:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            os.mkdir(folder)
            os.chdir(folder)
            place(given)
            status = run(given, out.fileno(), err.fileno())
            judge(given, Ended(status, contents(out.fileno()), contents(err.fileno())))
    finally:
        os.chdir(back)
        shutil.rmtree(os.fsencode(around), ignore_errors=True)


def place(given: Attack) -> None:
    """Puts the files of an attack into the current directory; what the system has no name for is left out."""
    for name, content in given.files.items():
        with contextlib.suppress(OSError, ValueError):
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.mkdir()
            else:
                path.write_bytes(content)


def contents(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)


def run(given: Attack, out: int, err: int) -> object:
    """The status with which a command ends whose output goes to these files."""
    with tempfile.TemporaryFile() as reading:
        reading.write(given.stdin)
        reading.seek(0)
        with streams(reading.fileno(), out, err):
            sys.argv = ["layerctl", *given.arguments]
            try:
                main()
            except SystemExit as end:
                return 0 if end.code is None else end.code
    return None


@contextlib.contextmanager
def streams(*files: int) -> Iterator[None]:
    """Within the context these are standard input, output and error."""
    kept = [os.dup(number) for number in range(3)]
    before = sys.stdin, sys.stdout, sys.stderr
    for number, file in enumerate(files):
        os.dup2(file, number)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # they are not ours to close
        for number in range(3)
    )
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdin, sys.stdout, sys.stderr = before
        for number, file in enumerate(kept):
            os.dup2(file, number)
            os.close(file)


def judge(given: Attack, ended: Ended) -> None:
    """Asserts the promise."""
    out, err = ended.out.decode(), ended.err.decode()
    assert ended.status in STATUSES, f"status {ended.status}: {err[-500:]}"
    assert not re.search("Traceback [(]most|bug in layerctl", out + err), err[-500:]
    machine = given.arguments[given.arguments.index("--format") + 1] if "--format" in given.arguments else ""
    for text in (out, err):
        wrong = {char for char in text if not (char.isprintable() or char in "\n\t")}
        assert not wrong, f"unprintable: {sorted(map(ascii, wrong))} in {text[:300]!r}"
        for forged in COMMANDS.finditer(text):
            line = text[forged.start() :].splitlines()[0]
            asked = machine == "github" and text is out
            assert GITHUB.fullmatch(line) if asked else False, f"forged: {line[:200]!r}"
    if machine in ("json", "sarif") and ended.status in (0, 1) and out:
        assert isinstance(strict(out), dict | list)


def described(given: Attack, error: BaseException) -> str:
    """An attack and what came of it."""
    files = {name: None if content is None else content[:300] for name, content in given.files.items()}
    return (
        f"{type(error).__name__}: {str(error)[:600]}\n  layerctl {given.arguments!r}\n  {files!r}\n  stdin {given.stdin[:100]!r}"
    )

"""Damaged files given to the functions that read them, without a command around them, which is a hundred times as fast.

The files are those of a run (`run.json`, `preprocessing.json`, `metrics.jsonl`, states) and `pyproject.toml`; texts from outside
are among them, since all that is said of a file is made printable.
"""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from layerctl.base.json_text import pretty
from layerctl.base.printable import line, printable
from layerctl.compiler.configuration import configuration
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.diagnostics.text import finished, full, plain
from layerctl.report.runs import run_data, run_lines, runs_table
from layerctl.runs import preprocessing, stored
from layerctl.runtime.training import state
from tests.fuzz.attacks import LEARNT, RECORD, STRANGE, as_json, changed, odd, project
from tests.fuzz.commands import COMMANDS
from tests.fuzz.fuzz import strict

WIDTH = 80
EPOCH = {"epoch": 1, "seconds": 1.0, "samples": 9, "loss": 0.5, "val_loss": 0.25}
FACTS = {"version": 1, "lines": [EPOCH], "stopping": {"wait": 1, "best": 0.5, "best_epoch": 1}, "stopped": False}
FOLDER = Path("runs", "m-1")


class Damage(NamedTuple):
    """A file's path and its content."""

    path: Path
    data: bytes


def damage(seed: int, number: int) -> Damage:
    """A damaged file; it depends on the seed and its own number alone."""
    rng = random.Random(f"{seed}:{number}")
    path = rng.choice([*KINDS])
    return Damage(path, KINDS[path].make(rng))


def _lines(rng: random.Random) -> bytes:
    return b"\n".join(as_json(rng, changed(rng, {**EPOCH, "epoch": at})) for at in range(1, rng.choice((2, 3, 5))))


def _state(rng: random.Random) -> bytes:
    """A state whose checksum is right, and whose content is not; rarely a wrong checksum."""
    facts = as_json(rng, changed(rng, FACTS))
    arrays = {"facts": np.frombuffer(facts, np.uint8), "model.0": np.zeros(3, np.float32)}
    if rng.random() < 0.1:
        arrays["facts"] = rng.choice((np.zeros((2, 2)), np.array(1), np.array(["a"]), np.zeros(0, np.uint8)))
    if rng.random() < 0.1:
        del arrays[rng.choice([*arrays])]
    file = io.BytesIO()
    np.savez(file, **arrays)
    data = bytearray(file.getvalue())
    if rng.random() < 0.3:
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data) + (hashlib.sha256(data).digest() if rng.random() < 0.9 else rng.randbytes(32))


def _text(rng: random.Random) -> bytes:
    return "".join(rng.choice((*STRANGE, odd(rng), "a", ":", "#", "\t")) for _ in range(4)).encode("utf-8", "surrogatepass")


def _read_record(path: Path) -> None:
    run = stored.load(path.parent)
    strict(pretty(run_data(run)))
    lines = [*runs_table([run], WIDTH, plain)]
    if isinstance(run, stored.StoredRun):
        lines += run_lines(run, [], WIDTH, plain)
        run.is_of("m")
    else:
        said(run.damage)
    fit(lines)


def _read_lines(path: Path) -> None:
    curves = stored.curves(path.parent, 1)
    for epoch in curves.epochs:
        strict(pretty(epoch.to_json()))
    if curves.damage is not None:
        said(curves.damage)


def _read_learnt(path: Path) -> None:
    fitted = preprocessing.read(path, "train anew")
    assert preprocessing.Preprocessing.model_validate_json(fitted.to_json()) == fitted
    for column in fitted.columns():
        assert column.width >= 0


def _read_text(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    assert line(printable(text)) == line(text)
    fit([text])


class Kind(NamedTuple):
    """How files of one kind are made and read."""

    make: Callable[[random.Random], bytes]
    read: Callable[[Path], object]


KINDS = {
    FOLDER / "run.json": Kind(lambda rng: as_json(rng, changed(rng, RECORD)), _read_record),
    FOLDER / "preprocessing.json": Kind(lambda rng: as_json(rng, changed(rng, LEARNT)), _read_learnt),
    FOLDER / "metrics.jsonl": Kind(_lines, _read_lines),
    FOLDER / "state" / "epoch-00001.npz": Kind(_state, state.read),
    Path("pyproject.toml"): Kind(project, lambda path: configuration()),
    Path("text"): Kind(_text, _read_text),
}


def target(given: Damage) -> None:
    """Reads one file in the current directory; what it raises is a diagnostic, and all that is said can be printed."""
    given.path.parent.mkdir(parents=True, exist_ok=True)
    given.path.write_bytes(given.data)
    try:
        KINDS[given.path].read(given.path)
    except SpecError as error:
        said(error)
    except UsageError as error:
        fit([error.message, helpful(error.help)])
    finally:
        given.path.unlink()


def said(error: SpecError) -> None:
    """Asserts that each diagnostic has a help and is fit to be printed."""
    for diagnostic in error.diagnostics:
        fit([*full(diagnostic).splitlines(), helpful(diagnostic.help)])


def helpful(help: str | None) -> str:
    """The help, which is there."""
    assert help
    return help


def fit(lines: list[str]) -> None:
    """Asserts that these lines, as they are printed, are printable, and no commands of a service."""
    for text in map(finished, lines):
        assert text.isprintable(), f"unprintable: {text!r}"
        assert not COMMANDS.search(text), f"forged: {text!r}"


def described(given: Damage, error: BaseException) -> str:
    """A damaged file and what came of it."""
    return f"{type(error).__name__}: {str(error)[:600]}\n  {given.path}: {given.data[:600]!r}"

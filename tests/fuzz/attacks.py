"""Folders and command lines that are meant to break a command: damaged runs, odd data, names, configurations, arguments."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests import data_files
from tests.fuzz.fuzz import corpus
from tests.fuzz.mutate import EXTREME, mutant, of_bytes

SPEC = b"inputs: {x: [4]}\nlayers:\n  - Dense: 2\n"
STRANGE = (
    "\x1b[31mred", "\x1b]0;title\x07", "a\nb", "\n::error::forged", "::error::forged", "##[error]forged", "  ::warning::x", "\r",
    "\u202egnp.exe", "\u2066x", "\u2028", "\x85", "\x9b31m", "\x00", "\x7f", "\udcff", "\ud800", "\ufeff", "\ufdd0", "%0A",
    "<b>&]]>", "'\"`", "|x|", "$(id)", "{{x}}", "..", "/etc/passwd", "-", "--help", " ", "é\u0301", "x" * 300, "",
)  # fmt: skip
"""Texts that a terminal, a log or a report would take for more than text."""
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**30, -(10**400), 1e308, float("nan"), float("inf"), "", [], {}, [[]], "1", *STRANGE,
)  # fmt: skip
FORMATS = ("full", "concise", "json", "github", "sarif", "junit")
RECORD = {
    "version": 1, "run": "runs/m-1", "status": "finished", "model": "m", "spec": "m.yaml",
    "command": "layerctl train m", "epochs": 2, "params": 12,
    "data": {"name": "digits", "train": 100, "validation": 20, "test": 50},
    "metrics": {"loss": 0.25, "val_loss": 0.5}, "best": {"epoch": 2, "monitor": "val_loss", "value": 0.5, "loss": 0.25},
    "times": {"started": "2026-01-02T03:04:05+00:00", "ended": None, "seconds": 3.4, "training_seconds": 2.0},
    "versions": {"layerctl": "0.1.0", "backend": "tensorflow"},
}  # fmt: skip
LEARNT = {
    "version": 1, "inputs": {"x": {"kind": "table", "columns": [{"column": "a", "mean": 1.0, "std": 2.0}]}}, "targets": {},
    "array": {"dtype": "uint8", "least": 0, "greatest": 255, "rescale": True}, "classes": ["no", "yes"],
}  # fmt: skip
PROJECT = (
    b'[project]\nname = "p"\n\n[tool.layerctl]\n'
    + b'spec = "m.yaml"\nselect = ["LC5"]\nignore = ["LC505"]\nstrict = true\nmax-layers = 100\n'
)


class Attack(NamedTuple):
    """A command line, and what lies in its folder.

    Attributes:
        arguments: without the name of the program.
        files: content by name; None is a directory.
        stdin: what standard input holds.
    """

    arguments: tuple[str, ...]
    files: dict[str, bytes | None]
    stdin: bytes = b""


def attack(seed: int, number: int) -> Attack:
    """An attack; it depends on the seed and its own number alone."""
    rng = random.Random(f"{seed}:{number}")
    return rng.choice(MAKERS)(rng)


def odd(rng: random.Random) -> str:
    """A text with something strange in it."""
    text = rng.choice(STRANGE)
    return rng.choice((text, f"a{text}", f"{text}.yaml", f"x{text}y{rng.choice(STRANGE)}"))


def word(rng: random.Random) -> str:
    """A text that can be an argument of a command line: without what no system can pass."""
    return odd(rng).replace("\x00", "").replace("\ud800", "")


def name(rng: random.Random, suffix: str = ".yaml") -> str:
    """The name of a file that a file system takes."""
    text = word(rng).replace("/", "_")
    return f"{text.encode('utf-8', 'surrogateescape')[:200].decode('utf-8', 'surrogateescape') or 'x'}{suffix}"


def changed(rng: random.Random, value: Any) -> Any:
    """JSON with one to three of its values or keys changed."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        value = _one_changed(rng, value)
    return value


def _one_changed(rng: random.Random, value: Any) -> Any:
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice([*value])
        kind = rng.random()
        if kind < 0.15:
            return {name: inner for name, inner in value.items() if name != key}
        if kind < 0.3:
            return {**value, rng.choice(STRANGE): rng.choice(VALUES)}
        return {**value, key: _one_changed(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.6:
        at = rng.randrange(len(value))
        return [*value[:at], _one_changed(rng, value[at]), *value[at + 1 :]]
    return rng.choice((*VALUES, value, [value], [value] * 3, {"x": value}))


def as_json(rng: random.Random, value: Any) -> bytes:
    """A value as JSON, rarely damaged, or nested very deep."""
    data = json.dumps(value).encode("utf-8", "surrogatepass")
    kind = rng.random()
    if kind < 0.1:
        return of_bytes(rng, data)
    if kind < 0.15:
        return data[: rng.randrange(len(data) + 1)]
    if kind < 0.18:
        return b'{"version": 1, "x": ' + rng.choice((b"[", b'{"a":')) * rng.choice((500, 100_000))
    return data


def of_spec(rng: random.Random) -> Attack:
    """A damaged spec, under a name of its own."""
    path = rng.choice(("m.yaml", "m.yaml", name(rng)))
    arguments = rng.choice(
        (("check",), ("check", "--format", rng.choice(FORMATS)), ("summary",), ("summary", "--format", "json"))
    )
    return Attack((*arguments, "--", path), {path: mutant(rng, corpus())[:20_000]})


def of_names(rng: random.Random) -> Attack:
    """Files and folders with strange names: good specs, bad ones, specs that include or name others."""
    contents = (
        SPEC,
        b"inputs: {x: [4]}\nlayers: [{Dens: 2}]\n",
        b'layers:\n  - include: "%s"\n' % _quoted(rng),
        b"layers: [",
        None,
    )
    files: dict[str, bytes | None] = {
        name(rng, rng.choice((".yaml", ".yml", "", ".csv"))): rng.choice(contents) for _ in range(3)
    }
    folder = name(rng, "")
    files[f"{folder}/{name(rng)}"] = rng.choice(contents[:2])
    files.pop(folder, None)
    arguments = rng.choice(
        (
            ("check", ".", "--format", rng.choice(FORMATS)),
            ("check", "--", rng.choice([*files])),
            ("check", "--", word(rng)),
            ("summary", "--", word(rng)),
            ("data", "--", rng.choice([*files])),
            ("check", ".", "--format", rng.choice(FORMATS), "--output-file", name(rng, ".out")),
        )
    )
    return Attack(arguments, files)


def _quoted(rng: random.Random) -> bytes:
    return json.dumps(odd(rng))[1:-1].encode()


def of_runs(rng: random.Random) -> Attack:
    """Directories of runs, some of whose files are damaged."""
    files: dict[str, bytes | None] = {"m.yaml": SPEC, "d.csv": b"a,b\n1,2\n2,3\n"}
    for number in range(1, rng.choice((2, 3))):
        folder = f"runs/{rng.choice(('m', name(rng, '')))}-{number}"
        lines = b"".join(
            as_json(rng, changed(rng, {"epoch": at, "seconds": 1.0, "samples": 9, "loss": 1 / at})) + b"\n" for at in (1, 2)
        )
        files |= {
            f"{folder}/run.json": as_json(rng, changed(rng, RECORD)),
            f"{folder}/preprocessing.json": as_json(rng, changed(rng, LEARNT)),
            f"{folder}/metrics.jsonl": rng.choice((lines, of_bytes(rng, lines))),
            f"{folder}/spec.yaml": rng.choice((SPEC, of_bytes(rng, SPEC))),
            f"{folder}/resolved.yaml": rng.choice((SPEC, mutant(rng, corpus())[:5000])),
            f"{folder}/model.keras": rng.choice((b"", b"PK\x03\x04", rng.randbytes(100))),
            f"{folder}/state/epoch-00002.npz": rng.choice((b"", b"PK\x05\x06", rng.randbytes(100))),
        }
        for path in rng.sample([path for path in files if path.startswith(f"{folder}/")], rng.choice((0, 0, 1, 2))):
            files[path] = rng.choice((b"", rng.randbytes(40), None))
    run = rng.choice([path.split("/")[1] for path in files if path.startswith("runs/")])
    commands = (
        ("runs",), ("runs", "--format", "json"), ("runs", "--", run), ("runs", "--format", "json", "--", run),
        ("evaluate", "--", run), ("predict", "--", run, "d.csv"), ("train", "--resume", "--", run), ("trace", "--", run),
        ("convert", "--", run),
    )  # fmt: skip
    return Attack(rng.choice(commands), files)


@cache
def sets() -> tuple[tuple[str, dict[str, bytes]], ...]:
    """The files of the tests' data, each set with its value of `train.data`."""
    made = []
    for case in (*data_files.FITS.values(), *data_files.REFUSED.values()):
        with tempfile.TemporaryDirectory() as folder:
            case.make(Path(folder))
            files = [path for path in sorted(Path(folder).rglob("*")) if path.is_file() and path.stat().st_size < 20_000]
            contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
        if contents:
            made.append((case.text(), contents))
    return tuple(made)


def of_data(rng: random.Random) -> Attack:
    """Data of every format, damaged, under other names or of another format than their names say."""
    text, contents = rng.choice(sets())
    files: dict[str, bytes | None] = dict(contents)
    path = rng.choice([*contents])
    kind = rng.random()
    if kind < 0.55:
        files[path] = of_bytes(rng, contents[path])
    elif kind < 0.65:
        files[path] = contents[path][: rng.randrange(len(contents[path]) + 1)]
    elif kind < 0.75:
        files[path] = rng.choice([*rng.choice(sets())[1].values()])
    elif kind < 0.9:
        files[path] = _with_words(rng, contents[path])
    else:
        files[f"{path.rpartition('/')[0] or '.'}/{name(rng, '.' + path.rpartition('.')[2])}"] = contents[path]
    top = path.split("/")[0]
    commands = (
        ("check", "s.yaml"),
        ("check", "s.yaml", "--format", rng.choice(FORMATS)),
        ("data", top),
        ("data", top, "--format", "json"),
    )
    return Attack(rng.choice(commands), {**files, "s.yaml": text.encode("utf-8", "surrogatepass")})


def _with_words(rng: random.Random, data: bytes) -> bytes:
    """A table with strange cells or names; other bytes with strange ones among them."""
    parts = data.split(b",")
    for _ in range(rng.choice((1, 2, 5))):
        parts[rng.randrange(len(parts))] = odd(rng).encode("utf-8", rng.choice(("surrogatepass", "replace")))
    return b",".join(parts)


def project(rng: random.Random) -> bytes:
    """A pyproject.toml, damaged or strange."""
    key, value = json.dumps(odd(rng)), json.dumps(rng.choice(VALUES))
    texts = (
        of_bytes(rng, PROJECT),
        PROJECT + f"{key} = {value}\n".encode(),
        PROJECT.replace(
            rng.choice((b'"m.yaml"', b"true", b"100", b'["LC5"]')), rng.choice(EXTREME).encode("utf-8", "surrogatepass")
        ),
        f"tool = {value}\n".encode(),
        f"[tool]\nlayerctl = {value}\n".encode(),
        b"x = " + rng.choice((b"[", b"{a=")) * rng.choice((50, 5000)),
        b"\xef\xbb\xbf" + PROJECT,
        PROJECT + b"".join(b"k%d = 1\n" % at for at in range(rng.choice((3, 300)))),
        f"[tool.layerctl]\nspec = {json.dumps(odd(rng) + 'x' * rng.choice((0, 5000)))}\n".encode(),
    )
    return rng.choice(texts)


def of_project(rng: random.Random) -> Attack:
    """Configurations."""
    arguments = rng.choice((("check",), ("summary",), ("check", "m.yaml", "--format", rng.choice(FORMATS)), ("runs",)))
    return Attack(arguments, {"pyproject.toml": project(rng), "m.yaml": SPEC})


def of_arguments(rng: random.Random) -> Attack:
    """Command lines that nobody would type."""
    text, other = word(rng), word(rng)
    commands = (
        ("check", "m.yaml", "--set", f"{text}={other}"), ("check", "m.yaml", "--select", text), ("explain", text),
        ("layers", text),
        ("summary", "m.yaml", "--depth", text), ("check", "-", "--format", text), ("runs", text), ("data", text), ("init", text),
        ("schema", text), (text, other), ("check", "m.yaml", f"--{text}"), ("check", "-"), ("summary", "-"),
        ("compare", text, other),
        ("train", "m.yaml", "--set", f"{text}={other}", "--epochs", text), ("data", "digits", "--set", f"{text}={other}"),
        ("check", "m.yaml", "--output-file", text), ("build", "m.yaml", "-o", f"{text}.py"), ("build", "m.yaml", "-o", text),
    )  # fmt: skip
    stdin = rng.choice((SPEC, mutant(rng, corpus())[:5000], rng.randbytes(50)))
    return Attack(rng.choice(commands), {"m.yaml": SPEC}, stdin)


MAKERS: tuple[Callable[[random.Random], Attack], ...] = (
    of_spec,
    of_names,
    of_runs,
    of_runs,
    of_data,
    of_data,
    of_project,
    of_arguments,
)

"""The inputs of the fuzz in shards, each for a worker process."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.fuzz import fuzz

KINDS = {"files": 0.5, "specs": 0.3, "commands": 0.2}
"""The kinds of inputs, and their shares among all; the dearer the kind, the smaller."""

SECONDS = 10.0
"""That a command or a reader may take."""


class Shard(NamedTuple):
    """The inputs with the numbers from `start` to `stop`, of one kind."""

    kind: str
    seed: int
    start: int
    stop: int
    save: Path | None


def of_specs(shard: Shard) -> list[str]:
    """What breaks something among the specs."""
    found = []
    for finding in fuzz.findings(fuzz.inputs(shard.stop - shard.start, shard.seed, shard.start), memory=fuzz.MEMORY):
        found.append(fuzz.described(finding))
        if shard.save is not None:
            shard.save.mkdir(parents=True, exist_ok=True)
            name = hashlib.sha256(finding.input.data).hexdigest()[:12]
            (shard.save / f"{name}.yaml").write_bytes(finding.input.data)
    return found


def of_commands(shard: Shard) -> list[str]:
    """What breaks something among the command lines."""
    from tests.fuzz import attacks, commands

    if not any(isinstance(finder, commands.Forbidden) for finder in sys.meta_path):
        sys.meta_path.insert(0, commands.Forbidden())
    return _each_kind_once(shard, attacks.attack, commands.target, commands.described)


def of_files(shard: Shard) -> list[str]:
    """What breaks something among the damaged files."""
    from tests.fuzz import readers

    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        return _each_kind_once(shard, readers.damage, readers.target, readers.described)


def _each_kind_once(
    shard: Shard, made: Callable[[int, int], Any], run: Callable[[Any], None], described: Callable[[Any, BaseException], str]
) -> list[str]:
    found: dict[object, str] = {}
    with fuzz.limits(fuzz.MEMORY):
        for number in range(shard.start, shard.stop):
            given = made(shard.seed, number)
            finding = fuzz.attempt(given, run, SECONDS)
            if finding is not None and finding.kind not in found:
                found[finding.kind] = f"{shard.kind} {number}: {described(given, finding.error)}"
    return [*found.values()]


def tried(shard: Shard) -> list[str]:
    """What breaks something."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each of its threads would take some of the memory
    return {"files": of_files, "specs": of_specs, "commands": of_commands}[shard.kind](shard)

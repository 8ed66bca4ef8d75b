"""The inputs of the fuzz in shards, each for a worker process."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import NamedTuple

from tests.fuzz import commands, fuzz
from tests.fuzz.attacks import attacks


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
    """What breaks something among the command lines, each kind once."""
    found: dict[object, str] = {}
    if not any(isinstance(finder, commands.Forbidden) for finder in sys.meta_path):
        sys.meta_path.insert(0, commands.Forbidden())
    with fuzz.limits(commands.MEMORY):
        for number, attack in attacks(shard.stop - shard.start, shard.seed, shard.start):
            finding = fuzz.attempt(attack, commands.target, commands.SECONDS)
            if finding is not None and finding.kind not in found:
                found[finding.kind] = f"attack {number}: {commands.described(attack, finding.error)}"
    return [*found.values()]


def tried(shard: Shard) -> list[str]:
    """What breaks something."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each of its threads would take some of the memory
    return of_specs(shard) if shard.kind == "specs" else of_commands(shard)

"""`python -m tests.fuzz --runs 200000 --seed 1`: fuzzes the static check and all commands; status 1 if it finds a bug.

The inputs are damaged files for the functions that read them, specs for the compiler and its forms of output, and command lines
with folders of odd files; `shards.KINDS` has their shares.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.shards import KINDS, Shard, tried

SIZE = 250
"""The number of inputs of a shard."""


def shards(options: argparse.Namespace) -> Iterator[Shard]:
    shares = {options.only: 1.0} if options.only else KINDS
    for kind, share in shares.items():
        stop = options.start + round(options.runs * share)
        for start in range(options.start, stop, SIZE):
            yield Shard(kind, options.seed, start, min(start + SIZE, stop), options.save)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzzes the static path and the commands.")
    parser.add_argument("--runs", type=int, default=10_000, help="how many inputs")
    parser.add_argument("--seed", type=int, default=1, help="which inputs")
    parser.add_argument("--start", type=int, default=0, help="the number of the first input")
    parser.add_argument("--only", choices=[*KINDS], help="one kind alone")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes")
    parser.add_argument("--save", type=Path, default=None, help="a directory for the specs that break something")
    options = parser.parse_args()
    count = 0
    with multiprocessing.get_context("spawn").Pool(options.jobs, maxtasksperchild=20) as pool:
        for found in pool.imap_unordered(tried, shards(options)):
            for text in found:
                count += 1
                print(text, flush=True)
    print(f"{options.runs:,} inputs, {count} broke something")
    return 1 if count else 0


if __name__ == "__main__":
    raise SystemExit(main())

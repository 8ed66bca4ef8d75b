"""`python -m tests.fuzz --runs 100000 --seed 1`: fuzzes the static check; status 1 if it finds a bug."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from tests.fuzz.fuzz import MEMORY, described, findings, inputs


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzzes the static path.")
    parser.add_argument("--runs", type=int, default=10_000, help="how many inputs")
    parser.add_argument("--seed", type=int, default=1, help="which inputs")
    parser.add_argument("--start", type=int, default=0, help="the number of the first input")
    parser.add_argument("--save", type=Path, default=None, help="a directory for what breaks something")
    options = parser.parse_args()
    count = 0
    for finding in findings(inputs(options.runs, options.seed, options.start), memory=MEMORY):
        count += 1
        print(described(finding), flush=True)
        if options.save is not None:
            options.save.mkdir(parents=True, exist_ok=True)
            name = hashlib.sha256(finding.input.data).hexdigest()[:12]
            (options.save / f"{name}.yaml").write_bytes(finding.input.data)
    print(f"{options.runs:,} inputs, {count} broke something")
    return 1 if count else 0


if __name__ == "__main__":
    raise SystemExit(main())

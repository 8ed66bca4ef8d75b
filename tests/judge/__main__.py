"""`python -m tests.judge [LAYER …] [--cases N] [--seed S]`: the agreement by layer, and every disagreement."""

from __future__ import annotations

import argparse
import sys
import time
from fnmatch import fnmatchcase

from layerctl.catalog import CATALOGS
from tests.judge.judge import judge, uncovered
from tests.judge.table import TABLE


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.judge", description="Hold the static rules of layers against Keras.")
    parser.add_argument("layers", nargs="*", metavar="LAYER", help="names or patterns ('Conv*'); all by default")
    parser.add_argument("--cases", type=int, default=60, metavar="N", help="cases for each layer (default: 60)")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--show", type=int, default=5, metavar="N", help="disagreements shown for each layer (default: 5)")
    options = parser.parse_args(argv)
    known = CATALOGS["layers"].names()
    names = [name for name in known if not options.layers or any(fnmatchcase(name, pattern) for pattern in options.layers)]
    good = bool(names)
    for name in names:
        if name not in TABLE:
            continue
        start = time.perf_counter()
        score = judge(name, TABLE[name], options.cases, seed=options.seed)
        good &= score.clean
        print(
            f"{name:26} valid {score.valid_agreed:3}/{score.valid:<3}  accept/reject {score.verdict_agreed:3}/{score.total:<3}"
            f"  deliberate {score.excused:2}  {time.perf_counter() - start:5.1f} s",
            flush=True,
        )
        for problem in score.problems:
            print(f"  {problem}")
        for disagreement in score.disagreements[: options.show]:
            print(f"  {disagreement}", flush=True)
    for problem in uncovered(TABLE) if not options.layers else []:
        print(problem)
        good = False
    if not names:
        print("no such layer")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

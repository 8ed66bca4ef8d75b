"""The time that a comparison saves: `layerctl compare dense conv2d` against as many calls of `layerctl train` as it has trials.

Each call of `train` starts Python and TensorFlow, builds and traces; a comparison does that once for all seeds of a variant, and
writes no run directories. The goal is at most half the time. By default there are five seeds, so ten calls of `train`; the ratio
falls with more seeds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time

GOAL = 0.5
SPECS = ("dense", "conv2d")


def seconds(*arguments: str) -> float:
    """How long `layerctl` takes with these arguments, in a new folder."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        command = [sys.executable, "-m", "layerctl", *arguments, "--data", "digits", "--runs-dir", folder]
        subprocess.run(command, check=True, capture_output=True, env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"})
        return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    seeds = parser.parse_args().seeds
    together = seconds("compare", *SPECS, "--seeds", str(seeds))
    apart = sum(seconds("train", spec, "--seed", str(seed)) for seed in range(seeds) for spec in SPECS)
    ratio = together / apart
    held = "held" if ratio <= GOAL else "MISSED"
    print(f"compare, {seeds} seeds: {together:.1f} s; {2 * seeds} calls of train: {apart:.1f} s")
    print(f"ratio {ratio:.2f} (goal {GOAL}: {held})")


if __name__ == "__main__":
    main()

"""How often `compare` is wrong: `python tests/benchmarks/calibration.py`.

Trains a small model with many seeds, and two narrower ones, which are known to be worse and much worse. Then, 200 times, it draws
a few of the seeds and compares them as `compare` does. The model should be called different from itself, with other seeds, in at
most 5 % of the cases, up to the error of 200 draws; and different from the much worse one in at least 90 %. For the worse one
five seeds are too few: with the number that the power of the test requires, the difference should be found in about 80 %.
Finished trials are kept, so that the script can be interrupted and continued.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from layerctl.compiler.pipeline import compile_text
from layerctl.compiler.trainable import trainable
from layerctl.runs.listener import Listener
from layerctl.runtime.study.candidate import Options, candidate
from layerctl.runtime.study.compare import train_all
from layerctl.runtime.study.statistics import needed_pairs, paired_p, power
from layerctl.runtime.study.verdicts import LEVEL, values

SPEC = """
vars: {width: 16}
inputs: {image: [8, 8, 1]}
layers: [Flatten, {Dense: {units: $width, activation: relu}}, {Dense: {units: 10, activation: softmax}}]
train: {data: digits, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 2}
"""
WIDTHS = {"model": 16, "worse": 12, "much_worse": 6}
METRICS = ("test_accuracy", "test_loss")


class Progress(Listener):
    def trial_begins(self, variant: str, seed: int, number: int, of: int, kept: bool) -> None:
        if number % 20 == 0:
            print(f"trial {number}/{of}", flush=True)


def trained(seeds: int, runs: str) -> dict[str, dict[str, np.ndarray]]:
    """The test metrics of each model, one value a seed."""
    options = Options(runs)
    candidates = []
    for name, width in WIDTHS.items():
        compiled = compile_text(SPEC, f"{name}.yaml", overrides=(f"vars.width={width}",)).accepted()
        candidates.append(candidate(name, compiled, trainable(compiled), options))
    results = train_all(candidates, range(seeds), options, Progress())
    return {name: {metric: np.array(values(results[name], metric)) for metric in METRICS} for name in WIDTHS}


def called_different(a: np.ndarray, b: np.ndarray, size: int, draws: int, random: np.random.Generator) -> float:
    """The share of comparisons of `size` seeds each that end with a difference; a model with itself never shares a seed."""
    different = 0
    for _ in range(draws):
        order = random.permutation(len(a))
        p = paired_p(a[order[:size]], b[order[size : 2 * size] if a is b else order[:size]])
        different += p is not None and p < LEVEL
    return different / draws


def known_worse(name: str, a: np.ndarray, b: np.ndarray, options: argparse.Namespace, random: np.random.Generator) -> None:
    """Prints how often an existing difference is found, with the seeds of the options and with as many as needed."""
    differences = a - b
    effect = np.array([differences.mean() / differences.std(ddof=1)])
    share = called_different(a, b, options.seeds, options.draws, random)
    by_theory = power(options.seeds, effect, LEVEL)
    print(f"  {name}: {b.mean():.4f}, spread {b.std(ddof=1):.4f}; difference {differences.mean():.4f}, {effect[0]:.2f} spreads")
    print(f"    found with {options.seeds} seeds: {share:.1%} (by theory {by_theory:.1%})")
    needed = needed_pairs(differences, abs(differences.mean()), LEVEL)
    if needed is not None and options.seeds < needed <= len(a):
        share = called_different(a, b, needed, options.draws, random)
        print(f"    found with {needed} seeds, as its power asks for: {share:.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=100, help="seeds that each model is trained with")
    parser.add_argument("--seeds", type=int, default=5, help="seeds of one comparison")
    parser.add_argument("--draws", type=int, default=200, help="comparisons")
    parser.add_argument("--runs-dir", default="runs")
    options = parser.parse_args()
    metrics = trained(options.trials, options.runs_dir)
    random = np.random.default_rng(0)
    error = 2 * np.sqrt(LEVEL * (1 - LEVEL) / options.draws)
    for metric in METRICS:
        a = metrics["model"][metric]
        alike = called_different(a, a, options.seeds, options.draws, random)
        print(f"{metric}: {a.mean():.4f}, spread of seeds {a.std(ddof=1):.4f}")
        print(f"  called different from itself: {alike:.1%} (at most {LEVEL + error:.1%})")
        for name in list(WIDTHS)[1:]:
            known_worse(name, a, metrics[name][metric], options, random)


if __name__ == "__main__":
    main()

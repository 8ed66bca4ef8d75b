"""Whether verdicts of `compare` are as sure as they say: `python tests/benchmarks/simulations.py looks`.

Each of the parts makes up trials, or draws from real ones, and judges them with the functions of `compare`:

    looks      equal models, looked at with 5, 10 and 20 seeds, and on the plan of `--seeds auto`: how many are told apart
    samples    equal models and few test samples: how many are told apart
    intervals  how many intervals hold the mean over all seeds and test samples that there could be
    power      whether the seeds that a comparison asks for find the difference that they are asked for
    parts      intervals and verdicts of real trials: models are trained with many seeds, and parts of seeds and samples drawn;
               `--data mnist --data-dir DIR`, or `--data digits`; needs a framework, a few minutes
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from scipy import stats

from layerctl.api.seeds import plan
from layerctl.runtime.study.power import needed_seeds
from layerctl.runtime.study.spending import LEVEL, Look, last_level
from layerctl.runtime.study.statistics import DIFFERENCE, SHARE, Array, Estimate, estimate

SPEC = """
vars: {width: 16}
inputs: {image: [8, 8, 1]}
layers: [Flatten, {Dense: {units: $width, activation: relu}}, {Dense: {units: 10, activation: softmax}}]
train: {data: digits, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 2}
"""


def answers(random: np.random.Generator, seeds: int, samples: int, *, right: float, seed: float, sample: float) -> Array:
    """Whether a model is right, by seed and test sample.

    Args:
        right: in what share of all seeds and samples.
        seed: how much the seeds scatter, as a share of a single answer's chance.
        sample: how much some samples are harder than others for this model, likewise.
    """
    latent = random.standard_normal((seeds, samples))
    latent += seed * random.standard_normal((seeds, 1)) + sample * random.standard_normal(samples)
    return (latent < stats.norm.ppf(right) * np.sqrt(1 + seed**2 + sample**2)).astype(float)


def differences(random: np.random.Generator, seeds: int, samples: int, *, by: float = 0.0, **scatter: float) -> Array:
    """The answers of one model minus those of another, which is right so much more often, on the same samples."""
    right = scatter.pop("right")
    return answers(random, seeds, samples, right=right, **scatter) - answers(random, seeds, samples, right=right + by, **scatter)


def judged(difference: Array) -> Estimate:
    found = estimate(difference, bounds=DIFFERENCE, samples=difference.shape[-1] if difference.ndim > 1 else 0)
    assert found is not None
    return found


def told_apart(found: Estimate, level: float) -> bool:
    return abs(found.mean) > found.half(level) and found.p_value() < level  # the first is part of the second, and quick


MOST_SEEDS = 300
"""A comparison that asks for more is left out of the simulation of power: it would take too long."""
WORLDS: dict[str, dict[str, float]] = {
    "alike in all": {"right": 0.8, "seed": 0.0, "sample": 0.0},
    "seeds scatter": {"right": 0.8, "seed": 0.5, "sample": 0.3},
    "samples scatter": {"right": 0.8, "seed": 0.1, "sample": 2.0},
    "nearly always right": {"right": 0.97, "seed": 0.3, "sample": 2.0},
}


def looks(random: np.random.Generator, draws: int) -> Iterator[str]:
    """The share of comparisons of equal models that end with a verdict at any of several looks."""
    yield "| equal models, 200 test samples | looks | by p < 5 % at any look, seeds alone | by verdict |"
    yield "| --- | --- | ---: | ---: |"
    auto = plan("auto")
    plans = {"5, 10, 20, without a plan": [Look(5), Look(10), Look(20)]}
    plans[f"{', '.join(map(str, auto.looks))}, `--seeds auto`"] = [Look(trials, auto.end) for trials in auto.looks]
    for world, scatter in WORLDS.items():
        for name, seen in plans.items():
            levels = [last_level(seen[: count + 1], LEVEL) for count in range(len(seen))]
            naive = wrong = 0
            for _ in range(draws):
                found = differences(random, seen[-1].trials, 200, **scatter)
                alone = found.mean(axis=1)
                naive += any(told_apart(judged(alone[: look.trials]), LEVEL) for look in seen)
                wrong += any(told_apart(judged(found[: one.trials]), level) for one, level in zip(seen, levels, strict=True))
            yield f"| {world} | {name} | {naive / draws:.1%} | {wrong / draws:.1%} |"


def samples(random: np.random.Generator, draws: int) -> Iterator[str]:
    """The share of comparisons of equal models, with few test samples, that end with a verdict at the level of 5 %."""
    yield "| equal models | seeds | test samples | by seeds alone | by both |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for world, scatter in WORLDS.items():
        for seeds, count in ((3, 10), (3, 100), (5, 10), (5, 100), (10, 30), (10, 300)):
            alone = both = 0
            for _ in range(draws):
                found = differences(random, seeds, count, **scatter)
                alone += told_apart(judged(found.mean(axis=1)), LEVEL)
                both += told_apart(judged(found), LEVEL)
            yield f"| {world} | {seeds} | {count} | {alone / draws:.1%} | {both / draws:.1%} |"


def intervals(random: np.random.Generator, draws: int) -> Iterator[str]:
    """The share of 95 % intervals that hold the true mean, of the accuracy of a model and of the difference of two."""
    yield "| models | seeds | test samples | accuracy: training alone | both | difference: training alone | both |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for world, scatter in WORLDS.items():
        for seeds, count in ((5, 100), (5, 1000), (20, 300)):
            held = np.zeros(4)
            for _ in range(draws):
                one, other = (answers(random, seeds, count, **scatter) for _ in range(2))
                held += _held(one, other, scatter["right"], 0.0)
            shares = " | ".join(f"{share:.1%}" for share in held / draws)
            yield f"| {world} | {seeds} | {count} | {shares} |"


def _held(one: Array, other: Array, right: float, apart: float) -> list[bool]:
    """Whether intervals hold the true accuracy and the true difference: by chance in training alone, and by both."""
    accuracy = (estimate(one.mean(axis=1), bounds=SHARE), estimate(one, bounds=SHARE, samples=one.shape[-1]))
    difference = (judged((one - other).mean(axis=1)), judged(one - other))
    return [*(_holds(found, right) for found in accuracy), *(_holds(found, apart) for found in difference)]


def _holds(found: Estimate | None, true: float) -> bool:
    assert found is not None
    _, low, high = found.interval()
    assert low is not None
    assert high is not None
    return low <= true <= high


def power(random: np.random.Generator, draws: int) -> Iterator[str]:
    """Of comparisons that ask for more seeds: whether as many find the difference in 80 % of the cases."""
    yield "| a difference of two points | test samples | asked for after 5 seeds (median) | found with as many |"
    yield "| --- | ---: | ---: | ---: |"
    size = 0.02
    for world, scatter, count in (
        ("seeds scatter", {"right": 0.8, "seed": 0.1, "sample": 0.2}, 2000),
        ("seeds scatter less", {"right": 0.8, "seed": 0.05, "sample": 0.2}, 2000),
        ("samples scatter too", {"right": 0.8, "seed": 0.1, "sample": 0.5}, 10_000),
    ):
        asked, found = [], []
        for _ in range(draws // 10):
            needed = needed_seeds(judged(differences(random, 5, count, by=size, **scatter)), size, LEVEL)
            if needed is not None and needed <= MOST_SEEDS:
                asked.append(needed)
                found.append(told_apart(judged(differences(random, needed, count, by=size, **scatter)), LEVEL))
        yield f"| {world} | {count:,} | {np.median(asked):.0f} | {np.mean(found):.0%} of {len(found)} |"


def parts(random: np.random.Generator, draws: int, options: argparse.Namespace) -> Iterator[str]:
    """Of parts of real trials: how many intervals hold the mean of all seeds and test samples, how many are told apart."""
    whole = {width: _trained(width, options) for width in (16, 12, 6)}
    model = whole[16]
    seeds, count = model.shape
    yield f"{seeds} seeds, {count} test samples of {options.data}; accuracy of 16, 12 and 6 units: " + ", ".join(
        f"{part.mean():.3f} (seeds scatter by {part.mean(axis=1).std(ddof=1):.3f})" for part in whole.values()
    )
    sizes = ((5, count // 40), (5, count // 10), (10, count // 10))
    yield "| drawn seeds | drawn samples | accuracy: training alone | both | difference from 12: training alone | both |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: |"
    for some, few in sizes:
        held = np.zeros(4)
        for _ in range(draws):
            rows, columns = random.choice(seeds, some, replace=False), random.choice(count, few, replace=False)
            one, other = (whole[width][np.ix_(rows, columns)] for width in (16, 12))
            held += _held(one, other, model.mean(), model.mean() - whole[12].mean())
        yield f"| {some} | {few} | " + " | ".join(f"{share:.1%}" for share in held / draws) + " |"
    yield ""
    yield "| seeds | samples | told apart from itself, with other seeds | from 12 units | from 6 units |"
    yield "| ---: | ---: | ---: | ---: | ---: |"
    for some, few in (*sizes, (5, count), (10, count)):
        apart = np.zeros(3)
        for _ in range(draws):
            order, columns = random.permutation(seeds), random.choice(count, few, replace=False)
            one, itself = (model[np.ix_(rows, columns)] for rows in (order[:some], order[some : 2 * some]))
            others = (itself, *(whole[width][np.ix_(order[:some], columns)] for width in (12, 6)))
            apart += [told_apart(judged(one - other), last_level([Look(some)], LEVEL)) for other in others]
        yield f"| {some} | {few} | " + " | ".join(f"{share:.1%}" for share in apart / draws) + " |"


def _trained(width: int, options: argparse.Namespace) -> Array:
    """Whether each test sample was right, by seed."""
    from layerctl.compiler.pipeline import compile_text
    from layerctl.compiler.trainable import trainable
    from layerctl.runs.listener import Listener
    from layerctl.runtime.study.candidate import Options, candidate
    from layerctl.runtime.study.compare import train_all

    changes = (
        f"vars.width={width}",
        f"train.data={options.data}",
        *(["inputs.image=[28,28,1]"] if options.data != "digits" else []),
    )
    compiled = compile_text(SPEC, f"width_{width}.yaml", overrides=changes).accepted()
    where = Options(options.runs_dir, options.data_dir, options.limit, timed=False)
    one = candidate("model", compiled, trainable(compiled), where)
    results = train_all([one], range(options.seeds), where, Listener())["model"]
    return np.array([result.tested.samples["test_accuracy"] for result in results])


PARTS = {"looks": looks, "samples": samples, "intervals": intervals, "power": power}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=[*PARTS, "parts"])
    parser.add_argument("--draws", type=int, default=2000, help="comparisons of each kind")
    parser.add_argument("--seeds", type=int, default=60, help="of parts: seeds that the model is trained with")
    parser.add_argument("--data", default="mnist", help="of parts: digits, mnist or fashion_mnist")
    parser.add_argument("--data-dir", help="of parts: where the files of the data are")
    parser.add_argument("--limit", type=int, help="of parts: at most so many training and test samples")
    parser.add_argument("--runs-dir", default="runs", help="of parts: where trials are kept")
    options = parser.parse_args(arguments)
    random = np.random.default_rng(0)
    lines = parts(random, options.draws, options) if options.part == "parts" else PARTS[options.part](random, options.draws)
    for line in lines:
        print(line.replace("%", " %").replace("  %", " %"), flush=True)


if __name__ == "__main__":
    main()

"""`compare`, as the command and Python users call it."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from layerctl.api.seeds import plan
from layerctl.base.words import joined
from layerctl.compiler.accepted import SpecLike, accepted
from layerctl.compiler.memory import enough, training
from layerctl.compiler.pipeline import Accepted, Compiled
from layerctl.compiler.trainable import settings, trainable, with_learning_rate
from layerctl.compiler.variants import Cost, Variant, read
from layerctl.compiler.widths import match
from layerctl.diagnostics.errors import UsageError, check_output
from layerctl.diagnostics.spelling import did_you_mean
from layerctl.report.results.comparison import Comparison

if TYPE_CHECKING:
    from layerctl.runs.listener import Listener

SEEDS = 5
PERTURBATIONS = ("permute", "shift", "noise", "occlude", "rotate")
REPORTS = (".html", ".md")


def compare(
    specs: Sequence[SpecLike | Variant],
    *,
    seeds: int | str | Sequence[int] = SEEDS,
    max_seeds: int | None = None,
    metric: str | None = None,
    data: str | None = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    limit: int | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    runs_dir: str | os.PathLike[str] = "runs",
    overrides: Iterable[str] = (),
    match: Cost | None = None,
    match_var: str | None = None,
    target: float | None = None,
    perturb: Sequence[str] = (),
    report: str | os.PathLike[str] | None = None,
    allow_custom_code: bool = False,
    ray: str | None = None,
    listener: Listener | None = None,
) -> Comparison:
    """Trains variants alike over several seeds: the same data in the same order, from the same seeds.

    Args:
        specs: at least two files, bare names or variants of one (`cnn@vars.width=64`), or what `check` returned.
        seeds: how many, or which; `auto`: more and more on a plan, until a verdict is reached; `5x4`: 5 seeds of the initial
            weights, each with 4 of the order of the data.
        max_seeds: where the plan ends, of `auto` or of this call and later ones with more seeds; by default 20 for `auto`.
        metric: the one by which verdicts are given; by default the first that all report.
        data: instead of the specs'.
        epochs: instead of the specs'.
        batch_size: instead of the specs'.
        learning_rate: instead of the optimizers'.
        limit: at most this many training samples, and test samples.
        data_dir: where files of named sets are looked for first.
        runs_dir: finished trials are kept in its folder `compare`; the same call reads them from there.
        overrides: `KEY=VALUE` texts, as for `--set`, for all specs.
        match: `params` or `macs`: changes the width of each variant so that it has as many as the first one.
        match_var: the variable that sets the width; by default one called `width`, `units` or `filters`.
        target: a value of that metric; epochs and seconds to reach it become part of the result.
        perturb: disturbances to test under: `permute`, `shift`, `noise`, `occlude`, `rotate`.
        report: a file to write the result to, `.html` or `.md`.
        allow_custom_code: whether the classes of custom layers may be imported.
        ray: the address of a Ray cluster that runs the trials; `""` for that of `RAY_ADDRESS`, or else for the processors of
            this machine; None without Ray.
        listener: is informed of the progress.

    Returns:
        For each variant test metrics (mean, 95 % interval by chance in training and by that and the test samples, values),
        parameters, MACs, memory, seconds to train and latency; for each pair and metric the difference with both intervals, a
        p-value (`p_adjusted`: corrected for earlier looks and the number of pairs), and how many seeds would be needed to see a
        worthwhile difference; by the metric that decides a verdict.

    Raises:
        SpecError: a spec has errors, the specs are not for one task, a spec to be matched has no variable for its width, or a
            model does not fit in memory.
        UsageError: fewer than two variants, no seed, no such metric, an unknown disturbance, a report of another suffix.
        MissingPackage: Keras is not installed, or Ray where it is asked for.
        KeyboardInterrupt: after Ctrl-C; finished trials are kept.
    """
    chosen = plan(seeds, max_seeds)
    _check_options(specs, target, perturb, report)
    changes = (*overrides, *settings({"data": data, "epochs": epochs, "batch_size": batch_size}))
    designs = [one.permitted(allow_custom_code) for one in matched(variants(specs, changes), match, match_var)]
    sections = [with_learning_rate(trainable(one.compiled), learning_rate, one.compiled) for one in designs]
    names = unique_names(designs)
    pairs = [(one.compiled, section) for one, section in zip(designs, sections, strict=True)]
    needed = [training(*pair, limit=limit, data_dir=data_dir, elsewhere=ray is not None) for pair in pairs]
    with enough(*needed):
        from layerctl.runtime.backends import backend

        backend.keras()
        from layerctl.runs.listener import Listener
        from layerctl.runtime.models.verified import completed
        from layerctl.runtime.study.candidate import Options, candidate, common_metrics
        from layerctl.runtime.study.compare import check_alike
        from layerctl.runtime.study.looks import looked
        from layerctl.runtime.study.perturb import measured
        from layerctl.runtime.study.trials import Seed
        from layerctl.runtime.study.verdicts import Terms

        options = Options(runs_dir, data_dir, limit, tuple(perturb), ray)
        candidates = [
            candidate(name, completed(one.compiled), section, options, seed=sections[0].seed, overrides=one.own, match=one.match)
            for name, one, section in zip(names, designs, sections, strict=True)
        ]
        check_alike(candidates)
        listener = listener or Listener()
        for note in dict.fromkeys(note for one in candidates for note in one.data.notes):
            listener.noticed(note)
        terms = Terms(_metric(metric, common_metrics(candidates)), chosen.end, target)
        comparison = looked(candidates, [Seed(*one) for one in chosen.seeds], chosen.looks, terms, options, listener)
        comparison = replace(comparison, disturbances=measured(candidates[0], comparison.disturbances))
        if report is not None:
            from layerctl.runtime.study.reports import write

            write(report, comparison, candidates[0])
        return comparison


def _check_options(
    specs: Sequence[object],
    target: float | None,
    perturb: Sequence[str],
    report: str | os.PathLike[str] | None,
) -> None:
    if len(specs) < 2:
        raise UsageError("a comparison takes at least two specs", "for example `layerctl compare dense conv2d`")
    if target is not None and not math.isfinite(target):
        raise UsageError(f"a target is a number, got {target}", "for example `--target 0.95`")
    for name in perturb:
        if name not in PERTURBATIONS:
            near = did_you_mean(name, PERTURBATIONS)
            help = f"did you mean `{near}`?" if near else f"there are {', '.join(PERTURBATIONS)}"
            raise UsageError(f"there is no disturbance `{name}`", help)
    if report is not None:
        path = Path(report)
        if path.suffix not in REPORTS:
            raise UsageError(f"cannot write a report as {path}", f"a report is {' or '.join(REPORTS)}")
        check_output(path)


def _metric(name: str | None, common: Sequence[str]) -> str | None:
    """The metric that decides, without `test_`."""
    wanted = None if name is None else name.removeprefix("test_")
    if wanted is not None and wanted not in common:
        near = did_you_mean(wanted, common)
        help = f"did you mean `{near}`?" if near else f"there {'are' if len(common) > 1 else 'is'} {joined(common)}"
        raise UsageError(f"the variants have no metric `{name}` in common", help)
    return wanted


def variants(specs: Sequence[SpecLike | Variant], overrides: tuple[str, ...] = ()) -> list[Variant]:
    """Each spec as a variant.

    Raises:
        SpecError: a spec has errors.
    """
    designs = []
    for spec in specs:
        if not isinstance(spec, Compiled | Accepted | Variant):
            designs.append(read(os.fspath(spec), overrides))
            continue
        if overrides:
            raise TypeError("options that change the spec need its path, not what `check` returned")
        designs.append(spec if isinstance(spec, Variant) else Variant(spec.path, accepted(spec)))
    return designs


def matched(designs: list[Variant], by: Cost | None, variable: str | None) -> list[Variant]:
    """The variants, brought to a common cost if `by` is given."""
    if by is None and variable is not None:
        raise UsageError("`--match-var` needs `--match`", "for example `--match params --match-var width`")
    return match(designs, by, variable) if by is not None else designs


def unique_names(designs: Sequence[Variant]) -> list[str]:
    """The models' names with the changes of variants; the paths of the specs if two models have the same name.

    Raises:
        UsageError: one spec is named twice.
    """
    names = [one.compiled.model.graph.name for one in designs]
    for candidates in (names, [one.compiled.path for one in designs]):
        full = ["@".join((name, *one.own)) for name, one in zip(candidates, designs, strict=True)]
        if len(set(full)) == len(full):
            return full
    a, b = next((a, b) for a, b in combinations(range(len(full)), 2) if full[a] == full[b])
    if designs[a].text != designs[b].text:
        raise UsageError(f"`{designs[a].text}` and `{designs[b].text}` both become `{full[a]}`", "leave one of them out")
    raise UsageError("one spec is named twice", "name different specs, or variants of one: `cnn cnn@layers.0.Conv2D.filters=64`")

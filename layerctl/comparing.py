"""Comparing designs, as a plain function: what the command `compare` and Python users call."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from layerctl.compiler import Compiled
from layerctl.errors import UsageError
from layerctl.training import completed, prepared, settings, trainable, with_learning_rate

if TYPE_CHECKING:
    from layerctl.report.listener import Listener

SEEDS = 5


def compare(
    specs: Sequence[str | os.PathLike[str] | Compiled],
    *,
    seeds: int | Sequence[int] = SEEDS,
    data: str | None = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    limit: int | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    runs_dir: str | os.PathLike[str] = "runs",
    overrides: Iterable[str] = (),
    allow_custom_code: bool = False,
    listener: Listener | None = None,
) -> dict[str, Any]:
    """Trains variants alike over several seeds: the same data in the same order, from the same seeds.

    Args:
        specs: at least two files, bare names, or what `check` returned.
        seeds: how many, or which.
        data: instead of the specs'.
        epochs: instead of the specs'.
        batch_size: instead of the specs'.
        learning_rate: instead of the optimizers'.
        limit: at most so many training samples, and test samples.
        data_dir: where files of named sets are looked for first.
        runs_dir: the directory in whose `compare` finished trials are kept; the same call takes them from there.
        overrides: `KEY=VALUE` texts, as for `--set`, for all specs.
        allow_custom_code: whether the classes of custom layers may be imported.
        listener: told of what happens.

    Returns:
        Per variant test metrics (mean, 95 % interval by Student's t over seeds, values), parameters, MACs, seconds to train and
        latency; per pair and metric the difference, a paired t-test's p-value (`p_adjusted`: after Holm's correction), a verdict.

    Raises:
        SpecError: a spec has errors, or they are not for one task.
        UsageError: fewer than two variants, or no seed.
        MissingPackage: Keras is not installed.
        KeyboardInterrupt: after Ctrl-C; finished trials are kept.
    """
    chosen = tuple(range(seeds)) if isinstance(seeds, int) else tuple(seeds)
    if len(specs) < 2:
        raise UsageError("a comparison takes at least two specs", "for example `layerctl compare dense conv2d`")
    if not chosen or len(set(chosen)) < len(chosen):
        raise UsageError("a comparison takes at least one seed, each of them once", "for example `--seeds 5`")
    changed = {"data": data, "epochs": epochs, "batch_size": batch_size}
    variants = []
    for spec in specs:
        compiled = prepared(spec, overrides=(*overrides, *settings(changed)), allow_custom_code=allow_custom_code)
        variants.append((compiled, with_learning_rate(trainable(compiled), learning_rate, compiled)))
    names = unique_names([compiled for compiled, _ in variants])
    from layerctl.runtime import backend

    backend.keras()
    from layerctl.report.listener import Listener
    from layerctl.runtime.compare import run

    found = [(name, completed(compiled), section) for name, (compiled, section) in zip(names, variants, strict=True)]
    return run(found, chosen, runs=runs_dir, data_dir=data_dir, limit=limit, listener=listener or Listener())


def unique_names(variants: Sequence[Compiled]) -> list[str]:
    """The models' names; their paths, where two models have one name.

    Raises:
        UsageError: one spec is named twice.
    """
    names = [compiled.model.graph.name if compiled.model is not None else compiled.path for compiled in variants]
    if len(set(names)) < len(names):
        names = [compiled.path for compiled in variants]
    if len(set(names)) < len(names):
        raise UsageError("one spec is named twice", "name different specs")
    return names

"""Evaluation of a run: the function behind the command `evaluate`."""

from __future__ import annotations

import os
from typing import Literal

from layerctl.compiler.memory import enough, running
from layerctl.compiler.subjects import expanded
from layerctl.report.evaluation import Evaluation
from layerctl.runs.stored import find

CheckpointName = Literal["model", "last", "best"]


def evaluate(
    run: str | os.PathLike[str],
    *,
    data: str | None = None,
    checkpoint: CheckpointName = "model",
    limit: int | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    runs_dir: str | os.PathLike[str] = "runs",
) -> Evaluation:
    """Measures loss and metrics of a run's model, on the test data of its training or on other data.

    Other data get the run's own preprocessing. All samples of a file without a test part are test samples.

    Args:
        run: a run directory, or its name in `runs_dir`; a name without a number is the latest run of that name.
        data: a dataset's name, or a path, in place of the run's own data.
        checkpoint: `model` for the final model, or `last` or `best` for that of an epoch.
        limit: the largest number of samples.
        data_dir: where files of named datasets are looked up first.
        runs_dir: the directory of all runs.

    Returns:
        The loss and the metrics, with the data that they were measured on.

    Raises:
        SpecError: the data cannot be read, or do not fit; the model does not fit in memory; or a file of the run is damaged.
        UsageError: there is no such run.
        MissingPackage: Keras is not installed.
    """
    stored = find(run, runs_dir)
    with enough(running(expanded(stored.path), "evaluation", eager=False)):
        from layerctl.runtime.backends import backend

        backend.keras()
        from layerctl.runtime.training.evaluate import evaluated

        return evaluated(stored, data, checkpoint, limit, data_dir)

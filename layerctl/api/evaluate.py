"""Evaluation of a run, as a plain function: what the command `evaluate` and Python users call."""

from __future__ import annotations

import os
from typing import Literal

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
    """Loss and metrics of a run's model, on the test data of its training or on other data.

    Other data are fitted to the model as those of its training were. A file without a test part is all tested on.

    Args:
        run: a run directory, or its name in `runs_dir`; the name without a number is the latest of that name.
        data: a dataset's name, or a path, instead of the run's own data.
        checkpoint: `model` as training left it, or the `last` or `best` epoch's.
        limit: at most so many samples.
        data_dir: where files of named sets are looked for first.
        runs_dir: where names of runs are looked for.

    Returns:
        The loss and the metrics, and on what they were measured.

    Raises:
        SpecError: the data cannot be read, or do not fit.
        UsageError: there is no such run.
        MissingPackage: Keras is not installed.
    """
    stored = find(run, runs_dir)
    from layerctl.runtime.backends import backend

    backend.keras()
    from layerctl.runtime.training.evaluate import evaluated

    return evaluated(stored, data, checkpoint, limit, data_dir)

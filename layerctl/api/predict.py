"""Predictions of a run's model: the function behind the command `predict`."""

from __future__ import annotations

import os
from collections.abc import Iterable

from layerctl.api.evaluate import CheckpointName
from layerctl.compiler.memory import enough, running
from layerctl.compiler.subjects import expanded
from layerctl.diagnostics.errors import UsageError
from layerctl.report.predictions import Predictions
from layerctl.runs.stored import find


def predict(
    run: str | os.PathLike[str],
    files: Iterable[str | os.PathLike[str]],
    *,
    top_k: int = 3,
    checkpoint: CheckpointName = "model",
    runs_dir: str | os.PathLike[str] = "runs",
) -> Predictions:
    """Predicts the samples in files with a run's model and its preprocessing.

    Args:
        run: a run directory, or its name in `runs_dir`; a name without a number is the latest run of that name.
        files: images and directories of them; arrays, `.npy` and `.npz`; tables, `.csv` and `.tsv`; texts, one a line; `-` is
            standard input, for a model of tables or texts.
        top_k: the number of classes for each sample, the most probable first.
        checkpoint: `model` for the final model, or `last` or `best` for that of an epoch.
        runs_dir: the directory of all runs.

    Returns:
        The prediction for each sample.

    Raises:
        SpecError: a file cannot be read, or does not fit; the model does not fit in memory; or a file of the run is damaged.
        UsageError: there is no such run, or no such file.
        MissingPackage: Keras is not installed.
    """
    stored = find(run, runs_dir)
    paths = [os.fspath(file) for file in files]
    if not paths:
        raise UsageError("there is nothing to predict for", "name files, or `-` for standard input")
    for file in paths:
        if file != "-" and not os.path.exists(file):
            raise UsageError(f"there is no file `{file}`", "check the path")
    with enough(running(expanded(stored.path), "prediction", eager=False)):
        from layerctl.runtime.backends import backend

        backend.keras()
        from layerctl.runtime.training.predict import predicted

        return predicted(stored, paths, top_k, checkpoint)

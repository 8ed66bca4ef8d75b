"""Predictions of a run's model, as a plain function: what the command `predict` and Python users call."""

from __future__ import annotations

import os
from collections.abc import Iterable

from layerctl.api.evaluate import CheckpointName
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
    """What a run's model says of files, which are fitted to it as the data of its training were.

    Args:
        run: a run directory, or its name in `runs_dir`; the name without a number is the latest of that name.
        files: images and directories of them; arrays, `.npy` and `.npz`; tables, `.csv` and `.tsv`; texts, a line each; `-` is
            standard input, for a model of tables or texts.
        top_k: how many classes of each sample, the most probable first.
        checkpoint: `model` as training left it, or the `last` or `best` epoch's.
        runs_dir: where names of runs are looked for.

    Returns:
        What the model says of each sample.

    Raises:
        SpecError: a file cannot be read, or does not fit.
        UsageError: there is no such run, or no such file.
        MissingPackage: Keras is not installed.
    """
    stored = find(run, runs_dir)
    named = [os.fspath(file) for file in files]
    if not named:
        raise UsageError("there is nothing to predict for", "name files, or `-` for standard input")
    for file in named:
        if file != "-" and not os.path.exists(file):
            raise UsageError(f"there is no file `{file}`", "check the path")
    from layerctl.runtime.backends import backend

    backend.keras()
    from layerctl.runtime.training.predict import predicted

    return predicted(stored, named, top_k, checkpoint)

"""Loss and metrics of a run's model."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from layerctl.base.source import Source, Span
from layerctl.catalog.datasets import find
from layerctl.report.evaluation import ClassResult, Evaluation
from layerctl.runs.stored import StoredRun
from layerctl.runtime.codes import TooFewSamples
from layerctl.runtime.data import load
from layerctl.runtime.data._types import take
from layerctl.runtime.training.confusion import confusion
from layerctl.runtime.training.fit import compile_model, evaluate, stop_on_interrupt
from layerctl.runtime.training.trained import Trained


def evaluated(
    stored: StoredRun, data: str | None, checkpoint: str, limit: int | None, data_dir: str | os.PathLike[str] | None
) -> Evaluation:
    """See `layerctl.api.evaluate.evaluate`."""
    trained = Trained.read(stored, data)
    want = trained.wanted(data_dir)
    if data is not None and find(data) is None:
        want = replace(want, place=Span(Source(data, ""), 0, 0))
    limit = limit if limit is not None or data is not None else trained.fitted.limit
    loaded = load(want, limit=limit, fitted=trained.fitted, whole=data is not None)
    count = loaded.test_samples - loaded.test_samples % want.multiple
    if not count:
        message = f"{loaded.test_samples} test samples make no whole batch of {want.multiple}"
        raise want.refuse(TooFewSamples, message, help="raise `--limit`, or name other data")
    model = trained.model(checkpoint)
    compile_model(model, trained.compiled, trained.train, count)
    x, y = take(loaded.x_test, slice(count)), take(loaded.y_test, slice(count))
    with stop_on_interrupt() as stop:
        metrics = evaluate(model, trained.compiled, trained.train, x, y, stop)
    fingerprint = f"sha256:{loaded.fingerprint}"
    classes = by_class(confusion(model, trained.compiled, trained.train, x, y, trained.fitted))
    return Evaluation(
        stored.path, trained.record.model, checkpoint, want.name, fingerprint, count, metrics, classes, loaded.notes
    )


def by_class(matrix: dict[str, Any] | None) -> tuple[ClassResult, ...]:
    """The results of each class by its confusion matrix; none if the classes have no names."""
    if matrix is None or any(isinstance(name, int) for name in matrix["classes"]):
        return ()
    counts = map(sum, matrix["matrix"])
    columns = (matrix["classes"], counts, matrix["recall"], matrix["precision"])
    return tuple(ClassResult(*row) for row in zip(*columns, strict=True))

"""Loss and metrics of a run's model."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from layerctl.runtime.codes import TooFewSamples
from layerctl.runtime.data import load
from layerctl.runtime.data._types import take
from layerctl.runtime.training.fit import compile_model, evaluate, stop_on_interrupt
from layerctl.runtime.training.record import finite
from layerctl.runtime.training.trained import Trained


def evaluated(
    path: Path, data: str | None, checkpoint: str, limit: int | None, data_dir: str | os.PathLike[str] | None
) -> dict[str, Any]:
    """What `layerctl evaluate` prints; see `layerctl.api.evaluate.evaluate`."""
    trained = Trained.read(path, data)
    want = trained.wanted(data_dir)
    limit = limit if limit is not None or data is not None else trained.fitted["limit"]
    found = load(want, limit=limit, fitted=trained.fitted, whole=data is not None)
    count = found.test_samples - found.test_samples % want.multiple
    if not count:
        message = f"{found.test_samples} test samples make no whole batch of {want.multiple}"
        raise want.refuse(TooFewSamples, message, help="raise `--limit`, or name other data")
    model = trained.model(checkpoint)
    compile_model(model, trained.compiled, trained.train, count)
    x, y = take(found.x_test, slice(count)), take(found.y_test, slice(count))
    with stop_on_interrupt() as stop:
        metrics = evaluate(model, x, y, trained.train.batch_size, stop)
    return {
        "version": 1,
        "run": path.as_posix(),
        "model": trained.record.get("model"),
        "checkpoint": checkpoint,
        "data": {"name": want.name, "fingerprint": f"sha256:{found.fingerprint}", "samples": count},
        "metrics": finite(metrics),
    }

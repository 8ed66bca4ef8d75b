"""What `run.json` says, and how it says it."""

from __future__ import annotations

import math
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import layerctl
from layerctl.diagnostics.errors import SpecError
from layerctl.runtime.backends import backend
from layerctl.runtime.training import curves


def versions() -> dict[str, str]:
    """What could change the result."""
    import numpy

    keras = backend.keras()
    found = {"layerctl": layerctl.__version__, "python": platform.python_version(), "keras": keras.__version__}
    found["backend"] = keras.config.backend()
    found[found["backend"]] = sys.modules[found["backend"]].__version__
    return found | {"numpy": numpy.__version__}


def changed_versions(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Which versions are others than before, in words; empty where all are the same."""
    return ", ".join(f"{name} {was} is now {now.get(name, 'gone')}" for name, was in before.items() if now.get(name) != was)


def host() -> dict[str, Any]:
    """The machine in general terms: nothing that names it or its user."""
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "devices": backend.particular().devices(),
    }


def finite(value: Any) -> Any:
    """JSON has no NaN and no infinity: null stands for both."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: finite(inner) for key, inner in value.items()}
    return [finite(inner) for inner in value] if isinstance(value, list) else value


def metrics_of(line: Mapping[str, Any]) -> dict[str, float]:
    """What was measured in an epoch."""
    return {name: value for name, value in line.items() if name not in curves.BESIDES}


def begin_again(record: dict[str, Any], *, run: str, planned: int, epoch: int, command: str | None) -> None:
    """Makes the record of a run that ended that of one that goes on; its epochs are to be entered anew.

    Args:
        record: is changed.
        run: the path of the run directory, which may have been moved.
        planned: how many epochs there are to be in all.
        epoch: the last one whose state is kept.
        command: the command line.
    """
    record["resumed"] = [*record.get("resumed", ()), {"at": now(), "epoch": epoch, "command": command}]
    record |= {"run": run, "status": "running", "epochs_planned": planned, "epochs": 0, "metrics": {}, "best": None}
    record["times"] |= {"ended": None, "training_seconds": 0.0}
    for key in ("error", "code"):
        record.pop(key, None)


def enter(record: dict[str, Any], line: Mapping[str, Any], monitor: str, mode: str) -> bool:
    """Takes a finished epoch into the record of a run; of epochs that are equally good the first stays the best.

    Args:
        record: is changed.
        line: the epoch, as in `metrics.jsonl`.
        monitor: the metric that says which epoch is the best.
        mode: `min` or `max`, for what is better.

    Returns:
        Whether the epoch is the best so far.
    """
    record["epochs"] = line["epoch"]
    record["metrics"] = metrics_of(line)
    record["times"]["training_seconds"] = round(record["times"]["training_seconds"] + line["seconds"], 4)
    best = record["best"]
    if best is not None and not better(line[monitor], best["value"], mode):
        return False
    record["best"] = {"epoch": line["epoch"], "monitor": monitor, "value": line[monitor], **metrics_of(line)}
    return True


def better(value: float, than: float, mode: str) -> bool:
    """Whether a value is better than another one; every number is better than none."""
    if not math.isfinite(than):
        return math.isfinite(value)
    return value < than if mode == "min" else value > than


def now() -> str:
    """This moment, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def reason(error: BaseException) -> dict[str, str]:
    """Why a run failed, for the record: in words, and the code of a diagnostic."""
    if isinstance(error, SpecError):
        return {"error": error.diagnostics[0].message, "code": error.diagnostics[0].code.id}
    return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}

"""The content of `run.json`: how a run begins, what each epoch changes, and how a resumed run goes on."""

from __future__ import annotations

import math
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from layerctl.analysis._codes import NotEnoughMemory
from layerctl.base.machine import RanOut
from layerctl.base.package import __version__
from layerctl.diagnostics.errors import SpecError
from layerctl.runs.record import Best, Epoch, Host, Resumption, RunRecord
from layerctl.runtime.backends import backend


def versions() -> dict[str, str]:
    """The versions of the packages that could change the result."""
    import numpy

    keras = backend.keras()
    packages = {"layerctl": __version__, "python": platform.python_version(), "keras": keras.__version__}
    packages["backend"] = keras.config.backend()
    packages[packages["backend"]] = sys.modules[packages["backend"]].__version__
    return packages | {"numpy": numpy.__version__}


def changed_versions(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """The versions that differ from those before, in words; empty if all are the same."""
    return ", ".join(f"{name} {was} is now {now.get(name, 'gone')}" for name, was in before.items() if now.get(name) != was)


def host() -> Host:
    """This machine."""
    return Host(system=platform.system(), machine=platform.machine(), cpus=os.cpu_count(), devices=backend.particular().devices())


def begin_again(record: RunRecord, *, run: str, planned: int, epoch: int, command: str | None) -> RunRecord:
    """The record of a run that is resumed; its kept epochs are then entered anew.

    Args:
        record: as the run ended.
        run: the path of the run directory, which may have been moved.
        planned: the number of epochs in all.
        epoch: the last one whose state is kept.
        command: the command line that resumes the run.
    """
    kept = {key: value for key, value in record if key in record.model_fields_set and key not in ("error", "code", "kept_epoch")}
    return RunRecord.model_construct(**kept).changed(  # without the end of the earlier training
        run=run,
        status="running",
        resumed=[*record.resumed, Resumption(at=now(), epoch=epoch, command=command)],
        epochs_planned=planned,
        epochs=0,
        metrics={},
        best=None,
        times=record.times.changed(ended=None, training_seconds=0.0),
    )


def enter(record: RunRecord, epoch: Epoch, monitor: str, mode: str) -> RunRecord:
    """The record with one more finished epoch. Of equally good epochs the first stays the best.

    Args:
        record: of the epochs before.
        epoch: the finished one.
        monitor: the metric by which the best epoch is chosen.
        mode: `min` if smaller is better, else `max`.
    """
    times = record.times.changed(training_seconds=round((record.times.training_seconds or 0.0) + epoch.seconds, 4))
    value, best = epoch.metrics[monitor], record.best
    if best is None or better(value, best.value, mode):
        best = Best.model_construct(epoch=epoch.epoch, monitor=monitor, value=value, **epoch.metrics)
    return record.changed(epochs=epoch.epoch, metrics=dict(epoch.metrics), times=times, best=best)


def better(value: float, than: float | None, mode: str) -> bool:
    """Whether a value of the monitored metric is better than another; a tie is not, and any finite number beats NaN."""
    if than is None or not math.isfinite(than):
        return math.isfinite(value)
    return value < than if mode == "min" else value > than


def now() -> str:
    """The current time, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def reason(error: BaseException) -> dict[str, str]:
    """Why a run failed, for `run.json`: in words, and with the code of a diagnostic."""
    if isinstance(error, SpecError):
        return {"error": error.diagnostics[0].message, "code": error.diagnostics[0].code.id}
    if isinstance(error, RanOut):
        return {"error": f"memory ran out while {error}", "code": NotEnoughMemory.id}
    return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}

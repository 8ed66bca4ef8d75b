"""Writes the files of a run during training: the record, the epochs, the checkpoints, the curves."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from typing import Any

from layerctl.diagnostics.errors import SpecError
from layerctl.runs.record import Best, Epoch, Resumption, RunRecord, Status
from layerctl.runtime.backends import backend
from layerctl.runtime.training import curves
from layerctl.runtime.training.fit import Epochs
from layerctl.runtime.training.record import now
from layerctl.runtime.training.rundir import RunDirectory
from layerctl.runtime.training.state import State

LAST, BEST, MODEL = "last.keras", "best.keras", "model.keras"


class Recorder:
    """Writes the files of one run, each completely or not at all.

    Attributes:
        directory: of the run.
        record: the current content of `run.json`.
    """

    def __init__(self, directory: RunDirectory, record: RunRecord, monitor: str, mode: str, begun: float) -> None:
        """Args:
        directory: of the run.
        record: as the run begins or is resumed.
        monitor: the metric by which the best epoch is chosen.
        mode: `min` if smaller is better, else `max`.
        begun: when this process began with the run, by `time.perf_counter`.
        """
        self.directory = directory
        self.record = record
        self._monitor = monitor
        self._mode = mode
        self._begun = begun
        self._seconds_before = record.times.seconds or 0.0
        self._events = backend.particular().EventFiles(directory.path / "tensorboard")

    def change(self, **values: Any) -> None:
        """Changes keys of the record."""
        self.record = self.record.changed(**values)

    def take_up(self, model: Any, done: Epochs, epochs_planned: int, command: str | None) -> None:
        """Resumes a run: sets every file of it to the last epoch whose state is kept.

        Args:
            model: in the state after that epoch.
            done: the training until then.
            epochs_planned: the number of epochs in all.
            command: the command line that resumes it.
        """
        resumption = Resumption(at=now(), epoch=len(done.epochs), command=command)
        kept = {key: value for key, value in self.record if key in self.record.model_fields_set and key not in ("error", "code")}
        record = RunRecord.model_construct(**kept)  # without the error of an earlier failure
        self.record = record.changed(
            run=self.directory.path.as_posix(),
            status="running",
            resumed=[*record.resumed, resumption],
            epochs_planned=epochs_planned,
            epochs=0,
            metrics={},
            best=None,
            times=record.times.changed(ended=None, training_seconds=0.0),
        )
        for epoch in done.epochs:
            self._count(epoch)
        self.save()
        self.directory.write_epochs(done.epochs)
        self._events.begin_again([epoch.metrics for epoch in done.epochs])
        if done.epochs:
            self.directory.save_model(model, LAST)
            if self.record.best is not None and self.record.best.epoch == len(done.epochs):
                self.directory.copy(LAST, BEST)

    def keep(self, model: Any, done: Epochs) -> None:
        """Writes the files of an epoch. Its state comes first: all others can be made from it."""
        epoch = done.epochs[-1]
        state = State(done.epochs, done.stopping, done.stopped)
        state.take(model, done.best_weights)
        self.directory.write_state(state)
        self.directory.save_model(model, LAST)
        if self._count(epoch):
            self.directory.copy(LAST, BEST)
        self.directory.add_epoch(epoch)
        self._events.add(epoch.epoch, epoch.metrics)
        self.save()

    def _count(self, epoch: Epoch) -> bool:
        """Adds an epoch to the record; returns whether it is the best so far."""
        seconds = round((self.record.times.training_seconds or 0.0) + epoch.seconds, 4)
        times = self.record.times.changed(training_seconds=seconds)
        self.change(epochs=epoch.epoch, metrics=dict(epoch.metrics), times=times)
        value = epoch.metrics[self._monitor]
        if self.record.best is not None and not better(value, self.record.best.value, self._mode):
            return False
        self.change(best=Best.model_construct(epoch=epoch.epoch, monitor=self._monitor, value=value, **epoch.metrics))
        return True

    def close(self, status: Status, model: Any, epochs: Sequence[Epoch]) -> None:
        """Completes the files, whatever happened, and releases the directory's lock."""
        self.change(status=status, times=self.record.times.changed(ended=now()))
        steps = (self._events.close, lambda: self._leave_model(model, epochs), self._leave_curves, self.save)
        try:
            for step in steps:
                with suppress(SpecError) if status == "failed" else nullcontext():  # the first failure is the one to report
                    step()
        finally:
            self.directory.lock.release()

    def _leave_model(self, model: Any, epochs: Sequence[Epoch]) -> None:
        """Writes `model.keras` of a run that did not finish: the model after the last epoch."""
        if self.record.status != "finished":
            if epochs:
                self.directory.copy(LAST, MODEL)
            elif self.record.status == "interrupted":
                self.directory.save_model(model, MODEL)

    def _leave_curves(self) -> None:
        if self.directory.epochs:
            self.directory.write("curves.png", curves.draw(self.directory.epochs, self.directory.path.name))

    def save(self) -> None:
        """Writes `run.json`."""
        seconds = round(self._seconds_before + time.perf_counter() - self._begun, 4)
        self.change(times=self.record.times.changed(seconds=seconds))
        self.directory.write_record(self.record)


def better(value: float, than: float | None, mode: str) -> bool:
    """Whether a value of the monitored metric is better than another; a tie is not, and any finite number beats NaN."""
    if than is None or not math.isfinite(than):
        return math.isfinite(value)
    return value < than if mode == "min" else value > than

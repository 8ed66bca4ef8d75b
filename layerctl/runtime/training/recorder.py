"""Writes the files of a run during training: the record, the epochs, the checkpoints, the curves."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from typing import Any

from layerctl.diagnostics.errors import SpecError
from layerctl.runs.record import Epoch, RunRecord, Status
from layerctl.runtime.backends import backend
from layerctl.runtime.training import curves
from layerctl.runtime.training.fit import Epochs
from layerctl.runtime.training.record import begin_again, enter, now
from layerctl.runtime.training.rundir import BEST, EVENTS, LAST, MODEL, RunDirectory
from layerctl.runtime.training.state import State


class Recorder:
    """Writes the files of one run, each completely or not at all.

    Attributes:
        directory: of the run.
        record: the current content of `run.json`.
        monitor: the metric by which the best epoch is chosen.
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
        self.monitor = monitor
        self._mode = mode
        self._begun = begun
        self._seconds_before = record.times.seconds or 0.0
        self._events = backend.particular().EventFiles(directory.path / EVENTS)

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
        self.record = begin_again(
            self.record, run=self.directory.path.as_posix(), planned=epochs_planned, epoch=len(done.epochs), command=command
        )
        for epoch in done.epochs:
            self._enter(epoch)
        self.save()
        self.directory.write_epochs(done.epochs)
        with self.directory.writing(EVENTS):
            self._events.begin_again([epoch.metrics for epoch in done.epochs])
        if done.epochs:
            self.directory.save_model(model, LAST)
            self._copy_if_best(len(done.epochs))

    def keep(self, model: Any, done: Epochs) -> None:
        """Writes the files of an epoch. Its state comes first: all others can be made from it."""
        epoch = done.epochs[-1]
        state = State(done.epochs, done.stopping, done.stopped)
        state.take(model, done.best_weights)
        self.directory.write_state(state)
        self.directory.save_model(model, LAST)
        self._enter(epoch)
        self._copy_if_best(epoch.epoch)
        self.directory.add_epoch(epoch)
        with self.directory.writing(EVENTS):
            self._events.add(epoch.epoch, epoch.metrics)
        self.save()

    def _enter(self, epoch: Epoch) -> None:
        self.record = enter(self.record, epoch, self.monitor, self._mode)

    def _copy_if_best(self, epoch: int) -> None:
        """Makes the checkpoint of the last epoch that of the best, if it is."""
        if self.record.best is not None and self.record.best.epoch == epoch:
            self.directory.copy(LAST, BEST)

    def close(self, status: Status, model: Any, epochs: Sequence[Epoch]) -> None:
        """Completes the files, whatever happened, and releases the directory's lock."""
        self.change(status=status, times=self.record.times.changed(ended=now()))
        steps = (self._close_events, lambda: self._leave_model(model, epochs), self._leave_curves, self.save)
        try:
            for step in steps:
                with suppress(SpecError) if status == "failed" else nullcontext():  # the first failure is the one to report
                    step()
        finally:
            self.directory.lock.release()

    def _close_events(self) -> None:
        with self.directory.writing(EVENTS):
            self._events.close()

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

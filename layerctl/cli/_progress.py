"""The display of a training on standard error: live on a terminal, elsewhere one line per epoch."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from typing import Any, Self, TextIO

from layerctl.base.ending import Undoing
from layerctl.diagnostics.text import finished
from layerctl.report.runs import duration, found, numbers, opening
from layerctl.runs.listener import Listener
from layerctl.runs.record import Epoch, RunRecord

TIDY = b"\r\x1b[2K\x1b[?25h"
"""Removes the line of a display, and shows the cursor again."""


def _tidy() -> None:
    """Ends a display at once; the thread that draws it may hold its locks."""
    os.write(sys.stderr.fileno(), TIDY)


def watcher(stream: TextIO | None = None) -> Listener:
    """The display that suits standard error."""
    console = console_on(stream)
    return Live(console) if console.is_terminal else Lines(console)


def console_on(stream: TextIO | None) -> Any:
    """What Rich draws on: standard error by default."""
    from rich.console import Console

    return Console(file=stream or sys.stderr, highlight=False, soft_wrap=True, emoji=False, markup=False)


class Lines(Listener):
    """One line at the beginning, and one for each epoch."""

    def __init__(self, console: Any) -> None:
        self.console = console
        self.epochs = 0

    def training_begins(self, record: RunRecord) -> None:
        self.epochs = record.epochs_planned
        self.console.print(finished(opening(record)))
        if parts := found(record):
            self.console.print(finished(parts))

    def noticed(self, message: str) -> None:
        self.console.print(finished(f"note: {message}"))

    def epoch_ends(self, epoch: Epoch) -> None:
        rate = epoch.samples / epoch.seconds if epoch.seconds else 0.0
        head = f"epoch {epoch.epoch}/{self.epochs}  {epoch.seconds:.1f} s  {rate:,.0f} samples/s"
        self.console.print(finished(f"{head}  {numbers(epoch.metrics)}"))


class Live(Lines):
    """A bar for the epoch in progress, below the lines of the finished ones."""

    def __init__(self, console: Any) -> None:
        from rich.progress import BarColumn, Progress, TextColumn
        from rich.table import Column

        super().__init__(console)
        head = TextColumn("{task.description} {task.completed}/{task.total}", markup=False, table_column=Column(no_wrap=True))
        columns = (head, BarColumn(8), TextColumn("{task.fields[state]}", markup=False))
        self.progress = Progress(*columns, console=console, refresh_per_second=8, transient=True)
        self.tidied = Undoing(_tidy)
        self.task: Any = None
        self.begun = 0.0
        self.done = 0
        self.steps = 1
        self.samples = 0

    def epoch_begins(self, epoch: int, steps: int, samples: int) -> None:
        self.steps, self.samples, self.begun = steps, samples, time.perf_counter()
        if self.task is None:
            self.tidied.__enter__()
            self.progress.start()
            self.task = self.progress.add_task("", total=steps, state="")
        self.progress.reset(self.task, total=steps, description=f"epoch {epoch}/{self.epochs}:", state="preparing …")
        self.done = epoch - 1

    def stepped(self, step: int, metrics: Mapping[str, float]) -> None:
        spent = time.perf_counter() - self.begun
        rate = self.samples * step / self.steps / spent
        left = spent / step * (self.steps * (self.epochs - self.done) - step)
        state = f"{numbers(metrics, ' ')} {rate:,.0f}/s {duration(left)} left"
        self.progress.update(self.task, completed=step, state=finished(state))

    def training_ends(self, record: RunRecord) -> None:
        super().training_ends(record)
        self.progress.stop()
        if self.task is not None:
            self.tidied.__exit__()
        self.task = None


class Trials(Listener):
    """The display of a comparison: a line as each trial begins; on a terminal also its progress."""

    def __init__(self, stream: TextIO | None = None) -> None:
        from rich.status import Status

        self.console = console_on(stream)
        self.status = Status("reading data …", console=self.console)
        self.done = 0
        self.of = 0
        self.head = ""
        self.epoch = 0
        self.tidied = Undoing(_tidy)
        if self.console.is_terminal:
            self.tidied.__enter__()
            self.status.start()

    def trial_begins(self, variant: str, seed: str, number: int, of: int, kept: bool) -> None:
        self.of = of
        self.head = f"trial {number}/{of}: {variant}, seed {seed}"
        self.console.print(finished(f"{self.head}{' (kept from before)' if kept else ''}"))
        self._state(self.head)

    def _state(self, line: str) -> None:
        from rich.text import Text

        self.status.update(Text(finished(line)))

    def trial_ends(self) -> None:
        self.done += 1

    def noticed(self, message: str) -> None:
        self.console.print(finished(f"note: {message}"))

    def epoch_begins(self, epoch: int, steps: int, samples: int) -> None:
        self.epoch = epoch

    def stepped(self, step: int, metrics: Mapping[str, float]) -> None:
        self._state(f"{self.head}: epoch {self.epoch}  {numbers(metrics)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        self.status.stop()
        if self.console.is_terminal:
            self.tidied.__exit__()
        if isinstance(error, KeyboardInterrupt):
            error.args = (f"{self.done} of {self.of} trials are kept; the same call does the rest",)

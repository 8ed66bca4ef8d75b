"""Event files for TensorBoard in the layout of Keras's own callback: `train` and `validation`, one point an epoch."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


class Events(ABC):
    """Writes the curves of a run; the back end writes each point.

    Attributes:
        folder: of the event files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writers: dict[str, Any] = {}

    @classmethod
    def available(cls) -> None:
        """Raises MissingPackage if the package that writes event files is not installed."""

    @abstractmethod
    def writer(self, folder: Path) -> Any:
        """The writer for the files of one folder."""

    @abstractmethod
    def write(self, writer: Any, tag: str, value: float, step: int) -> None:
        """Adds a point."""

    def add(self, epoch: int, metrics: Mapping[str, float]) -> None:
        """Adds the metrics of an epoch, counted from 1; those of the validation set begin with `val_`.

        Raises:
            OSError: they cannot be written.
        """
        for name, value in metrics.items():
            part = "validation" if name.startswith("val_") else "train"
            if part not in self._writers:
                self._writers[part] = self.writer(self.folder / part)
            self.write(self._writers[part], f"epoch_{name.removeprefix('val_')}", value, epoch)
        for writer in self._writers.values():
            writer.flush()

    def begin_again(self, epochs: Sequence[Mapping[str, float]]) -> None:
        """Replaces all event files by the curves of these epochs, each given as its metrics."""
        if self.folder.is_dir():
            shutil.rmtree(self.folder)
        for number, metrics in enumerate(epochs, 1):
            self.add(number, metrics)

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()

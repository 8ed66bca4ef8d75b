"""Training: the functions behind the command `train`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from layerctl.compiler.accepted import SpecLike, prepared
from layerctl.compiler.memory import enough, training
from layerctl.compiler.permission import permitted
from layerctl.compiler.subjects import expanded
from layerctl.compiler.trainable import named_as, settings, trainable, with_learning_rate
from layerctl.language.spec.train import changed
from layerctl.runs.record import Epoch, RunRecord
from layerctl.runs.stored import epochs as epochs_of
from layerctl.runs.stored import resumable

if TYPE_CHECKING:
    from layerctl.runs.listener import Listener


class Run(NamedTuple):
    """A finished or interrupted run.

    Attributes:
        path: the run directory.
        record: the content of its `run.json`.
    """

    path: Path
    record: RunRecord

    @property
    def finished(self) -> bool:
        """False after Ctrl-C; everything until then is kept."""
        return self.record.status == "finished"

    @property
    def metrics(self) -> dict[str, float | None]:
        """The metrics of the epoch whose weights are kept, with the prefix `test_` those of the test data, by Keras's names."""
        return self.record.metrics

    @property
    def history(self) -> list[Epoch]:
        """The metrics of each epoch."""
        return epochs_of(self.path)


def train(
    spec: SpecLike,
    *,
    data: str | None = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    seed: int | None = None,
    limit: int | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    runs_dir: str | os.PathLike[str] = "runs",
    name: str | None = None,
    devices: str | None = None,
    overrides: Iterable[str] = (),
    allow_custom_code: bool = False,
    command: str | None = None,
    listener: Listener | None = None,
) -> Run:
    """Trains a spec's model and writes a run directory.

    Keras's global seed is set, so that the same seed gives the same run.

    Args:
        spec: a file, a bare name as on the command line (`cnn`), or the result of `check`.
        data: replaces the spec's.
        epochs: replaces the spec's.
        batch_size: replaces the spec's.
        learning_rate: replaces the optimizer's.
        seed: replaces the spec's.
        limit: the largest number of training samples, and of test samples.
        data_dir: where files of named datasets are looked up first.
        runs_dir: the directory of all runs.
        name: of the run; the model's name by default.
        devices: a number of devices, or names such as `gpu:0,gpu:1`; Keras's own choice by default.
        overrides: `KEY=VALUE` texts, as for `--set`; only with a file or a name.
        allow_custom_code: whether the classes of custom layers may be imported.
        command: the command line, for `run.json`.
        listener: gets the events of the training.

    Raises:
        SpecError: the spec has errors, the data do not fit, the model does not fit in memory, or the loss is NaN or infinite.
        UsageError: the spec cannot be read, an option is wrong, or the run directory cannot be made.
        MissingPackage: Keras is not installed.
    """
    changes = {"data": data, "epochs": epochs, "batch_size": batch_size, "seed": seed}
    compiled = prepared(spec, overrides=(*overrides, *settings(changes)), allow_custom_code=allow_custom_code)
    section = with_learning_rate(trainable(compiled), learning_rate, compiled)
    if limit is not None:
        section = changed(section, limit=limit)
    with enough(training(compiled, section, data_dir=data_dir)):
        from layerctl.runtime.backends import backend

        backend.keras()
        from layerctl.runs.listener import Listener
        from layerctl.runtime.models.custom import blamed
        from layerctl.runtime.models.verified import completed
        from layerctl.runtime.training.train import Options, run

        compiled = completed(compiled)
        with blamed(compiled):
            record = run(compiled, section, Options(runs_dir, name, data_dir, command, devices), listener or Listener())
    return Run(Path(record.run), record)


def resume(
    run: str | os.PathLike[str] | None = None,
    *,
    spec: str | None = None,
    epochs: int | None = None,
    runs_dir: str | os.PathLike[str] = "runs",
    allow_custom_code: bool = False,
    command: str | None = None,
    listener: Listener | None = None,
) -> Run:
    """Continues a run; on a CPU the result is bit for bit that of a run without an interruption.

    The run's own `resolved.yaml` is used. A finished run is returned unchanged, unless `epochs` adds epochs.

    Args:
        run: a run directory, or its name in `runs_dir`; by default the latest that is not finished, else the latest.
        spec: without `run`: only runs of this spec, by its path or name, or by the name of the run.
        epochs: the new number of epochs in all.
        runs_dir: the directory of all runs.
        allow_custom_code: whether the classes of custom layers may be imported.
        command: the command line, for `run.json`.
        listener: gets the events of the training.

    Raises:
        SpecError: the data have changed, a file of the run that is needed is damaged, or as for `train`.
        UsageError: there is no such run, it cannot be resumed, or another process is writing it.
        MissingPackage: Keras is not installed.
    """
    stored = resumable(run, runs_dir, spec, epochs)
    record = stored.record
    if record.status == "finished" and epochs in (None, record.epochs_planned):
        return Run(stored.path, record)
    changes = settings({"epochs": epochs or record.epochs_planned})
    compiled = expanded(stored.path, overrides=changes)
    compiled = permitted(named_as(compiled, record.outputs), allow_custom_code=allow_custom_code)
    with enough(training(compiled, trainable(compiled), data_dir=record.data_dir)):
        from layerctl.runtime.backends import backend

        backend.keras()
        from layerctl.runs.listener import Listener
        from layerctl.runtime.models.custom import blamed
        from layerctl.runtime.models.verified import completed
        from layerctl.runtime.training import train as runtime

        devices = ",".join(record.devices or ()) or None
        options = runtime.Options(data_dir=record.data_dir, command=command, devices=devices)
        compiled = completed(compiled)
        with blamed(compiled):
            record = runtime.resume(compiled, trainable(compiled), stored, options, listener or Listener())
    return Run(stored.path, record)

"""Training into a run directory."""

from __future__ import annotations

import json
import logging
import math
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from layerctl.base.machine import stage
from layerctl.base.source import Source, Span
from layerctl.codegen.plan import model_name
from layerctl.compiler.pipeline import Accepted
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.language.spec.callbacks import Checkpoint
from layerctl.language.spec.train import Train
from layerctl.runs.listener import Listener
from layerctl.runs.reading import Damaged
from layerctl.runs.record import DataRecord, RunRecord, Status, Times
from layerctl.runs.stored import PREPROCESSING, RECORD, RESOLVED, STATE, StoredRun, epochs
from layerctl.runtime.backends import backend
from layerctl.runtime.backends.devices import Placement, placement
from layerctl.runtime.codes import DataChanged, NothingToResume
from layerctl.runtime.data import load, split
from layerctl.runtime.data._types import samples
from layerctl.runtime.data._wanted import wanted
from layerctl.runtime.models.verified import verified
from layerctl.runtime.training import confusion, divergence
from layerctl.runtime.training.class_weights import sample_weights
from layerctl.runtime.training.fit import Diverged, Epochs, Stop, compile_model, evaluate, fit, stop_on_interrupt, watched
from layerctl.runtime.training.record import changed_versions, host, now, reason, versions
from layerctl.runtime.training.recorder import Recorder
from layerctl.runtime.training.resolving import resolved_in
from layerctl.runtime.training.rundir import MODEL, RunDirectory, record_text
from layerctl.runtime.training.state import read, restore, state_files
from layerctl.runtime.training.validation import check_validation


class Options(NamedTuple):
    """Options of a run that are not in its spec.

    Attributes:
        runs: the directory of all runs.
        name: of the run; the model's name by default.
        data_dir: where files of named datasets are looked up first.
        command: the command line, for `run.json`.
        devices: the option `--devices`.
    """

    runs: str | os.PathLike[str] = "runs"
    name: str | None = None
    data_dir: str | os.PathLike[str] | None = None
    command: str | None = None
    devices: str | None = None


class _Training:
    """One training with its run directory, from the beginning or resumed."""

    def __init__(self, compiled: Accepted, train: Train, options: Options, listener: Listener, place: Placement) -> None:
        self.begun = time.perf_counter()
        self.started = now()
        self.compiled = compiled
        self.train = train
        self.options = options
        self.listener = listener
        self.place = place
        backend.particular().EventFiles.available()
        backend.keras().utils.set_random_seed(train.seed)
        self.wanted = wanted(compiled, train, data_dir=options.data_dir, seed=train.seed)
        data = load(self.wanted, limit=train.limit)
        for note in data.notes:
            listener.noticed(note)
        check_validation(compiled, train, data)
        multiple = self.wanted.multiple
        if multiple > 1 and place.replicas > 1:
            message = f"the model takes batches of {multiple} as a whole; {place.replicas} devices would share them"
            raise UsageError(message, "leave out `batch_size` of its inputs, or name one device")
        self.data, self.validation = split(data, train.validation_split, train.seed, self.wanted, multiple=multiple)
        self.model = self.built()
        self.done = Epochs()

    def built(self) -> Any:
        """The compiled model with its initial weights."""
        with self.place.building():
            model = verified(self.compiled, seed=self.train.seed).model
            compile_model(model, self.compiled, self.train, self.data.train_samples)
        if self.place.names:
            model.steps_per_execution = 1  # TensorFlow's loop over several steps fails if devices are named
        return model

    def recorder(self, directory: RunDirectory, record: RunRecord) -> Recorder:
        default = Checkpoint.model_construct(monitor="val_loss" if self.validation else "loss")
        monitor, mode = watched(self.compiled, self.train, self.train.checkpoint or default)
        return Recorder(directory, record, monitor, mode, self.begun)

    def begin(self) -> None:
        """Makes the run directory."""
        name = model_name(self.compiled.model.graph.name) if self.options.name is None else self.options.name
        directory = RunDirectory.claim(self.options.runs, name, self.first_files)
        self.files = self.recorder(directory, self.first_record(directory.path))

    def first_files(self, path: Path) -> dict[str, str]:
        """The files that a run directory is made with."""
        return {
            "spec.yaml": self.compiled.root.source.text,
            RESOLVED: resolved_in(path, self.compiled, self.train, self.wanted.beside),
            PREPROCESSING: self.data.preprocessing.to_json(),
            RECORD: record_text(self.first_record(path)),
        }

    def first_record(self, path: Path) -> RunRecord:
        """`run.json` of a run that begins."""
        train, data = self.train, self.data
        return RunRecord(
            version=1,
            run=path.as_posix(),
            status="running",
            model=self.compiled.model.graph.name,
            outputs=[output.name for output in self.compiled.model.graph.outputs],
            spec=self.compiled.path,
            command=self.options.command,
            epochs=0,
            epochs_planned=train.epochs,
            batch_size=train.batch_size,
            seed=train.seed,
            data_dir=None if self.options.data_dir is None else os.path.abspath(self.options.data_dir),
            devices=list(self.place.names) or None,
            params=self.model.count_params(),
            data=DataRecord(
                name=self.wanted.name,
                fingerprint=f"sha256:{data.fingerprint}",
                train=data.train_samples,
                validation=samples(self.validation) if self.validation else 0,
                test=data.test_samples,
                **self.parts(),
            ),
            metrics={},
            best=None,
            times=Times(started=self.started, ended=None, seconds=0.0, training_seconds=0.0),
            versions=versions(),
            host=host(),
        )

    def parts(self) -> dict[str, dict[str, str]]:
        """Where each part was found, for the record; nothing for named data."""
        found = dict(self.data.origin)
        if found and self.validation and "validation" not in found:
            found["validation"] = f"{self.train.validation_split:g} of {found['train']}"
        return {"parts": {part: found[part] for part in ("train", "validation", "test") if part in found}} if found else {}

    def go_on(self, directory: RunDirectory, record: RunRecord) -> None:
        """Resumes an existing run directory."""
        self.files = self.recorder(directory, record)
        self.check_alike()
        self.recall()
        self.files.take_up(self.model, self.done, self.train.epochs, self.options.command)
        directory.write(RESOLVED, resolved_in(directory.path, self.compiled, self.train, self.wanted.beside))
        directory.write(PREPROCESSING, self.data.preprocessing.to_json())
        if self.done.stopped and len(self.done.epochs) < self.train.epochs:
            self.listener.noticed(f"early stopping ended the training after epoch {len(self.done.epochs)}: no epoch follows")

    def check_alike(self) -> None:
        """Compares data and versions with those that the run began with."""
        path, record = self.files.directory.path, self.files.record
        if record.data.fingerprint != f"sha256:{self.data.fingerprint}":
            message = f"`{record.data.name}` is no longer what {path} began with: its fingerprint differs"
            help = f"put the data back as they were, or train anew: `layerctl train {path}/resolved.yaml`"
            raise self.wanted.refuse(DataChanged, message, help=help)
        now = versions()
        if differences := changed_versions(record.versions, now):
            self.listener.noticed(f"{differences}: the result may differ from that of a run without a break")
        self.files.change(versions=now)

    def recall(self) -> None:
        """Restores the newest state that is not damaged; a run without epochs starts from the beginning.

        Raises:
            SpecError: all states are damaged or missing.
        """
        path = self.files.directory.path
        states = state_files(path / STATE)
        state = restore(states, self.model, self.listener.noticed, self.files.monitor)
        if state is not None:
            self.done = Epochs(state.epochs, state.stopping, state.best_weights(self.model), state.stopped)
        elif states or epochs(path):
            why = "each state in it is damaged" if states else "it holds no state"
            help = f"train anew: `layerctl train {path}/resolved.yaml`"
            at = Span(Source((path / STATE).as_posix(), ""), 0, 0)
            raise SpecError((Diagnostic(NothingToResume, at, f"{path} cannot be resumed: {why}", "", help),))

    def run(self, stop: Stop) -> RunRecord:
        """Trains, and completes the files of the run whatever happens."""
        logging.getLogger("matplotlib").setLevel(logging.ERROR)
        self.listener.training_begins(self.files.record)
        status: Status = "failed"
        try:
            with stage("the model was trained"):
                self.fit(stop)
            status = "finished"
        except KeyboardInterrupt:
            status = "interrupted"
        except BaseException as error:
            self.files.change(**reason(error))
            raise
        finally:
            try:
                self.files.close(status, self.model, self.done.epochs)
            finally:
                self.listener.training_ends(self.files.record)
        return self.files.record

    def fit(self, stop: Stop) -> None:
        """Trains, tests, and writes the confusion matrix of the test set."""
        train, data, directory = self.train, self.data, self.files.directory
        try:
            fit(
                self.model,
                self.compiled,
                train,
                data,
                self.validation,
                seed=train.seed,
                stop=stop,
                listener=self.listener,
                keep=self.keep,
                done=self.done,
                place=self.place,
            )
        except Diverged as error:
            raise self.explained(error) from None
        directory.save_model(self.model, MODEL)
        tested = evaluate(self.model, self.compiled, train, data.x_test, data.y_test, stop)
        stop.check()
        kept = self.done.kept
        metrics = {**kept.metrics, **{f"test_{name}": value for name, value in tested.items()}}
        self.files.change(metrics=metrics, kept_epoch=kept.epoch)
        matrix = confusion.confusion(self.model, self.compiled, train, data.x_test, data.y_test, data.preprocessing)
        if matrix is not None:
            directory.write("confusion.json", json.dumps(matrix) + "\n")
            directory.write("confusion.png", confusion.draw(matrix, f"{directory.path.name}, test set"))

    def explained(self, error: Diverged) -> Diverged:
        """The same error with the exact step and the cause, if repeating the epoch shows them."""
        train, data = self.train, self.data
        model = self.built()
        for path in state_files(self.files.directory.path / STATE)[:1] if error.epoch > 1 else ():
            with suppress(Damaged, ValueError):
                read(path).put(model)
        weights = sample_weights(self.compiled, train, data.y_train)
        arguments = (data.x_train, data.y_train, train.batch_size, train.seed, weights)
        batches, order = backend.particular().batches(*arguments, replicas=self.place.replicas)
        order.shuffle(error.epoch - 1)
        origin = divergence.origin(model, batches, error.last)
        return Diverged(self.compiled, error.epoch, origin.step, origin.step, origin.cause) if origin else error

    def keep(self, done: Epochs) -> None:
        """Writes the files of an epoch.

        Raises:
            Diverged: its weights hold NaN or infinity.
        """
        weights = divergence.unsound(self.model)
        if weights is not None:
            epoch = done.epochs.pop()
            steps = math.ceil(epoch.samples / self.train.batch_size)
            raise Diverged(self.compiled, epoch.epoch, steps, steps, f"it made the weights `{weights}` no numbers")
        self.files.keep(self.model, done)


def run(compiled: Accepted, train: Train, options: Options, listener: Listener) -> RunRecord:
    """Trains the model of a spec.

    Args:
        compiled: the spec.
        train: the section `train`, perhaps changed by options.
        options: of this run.
        listener: gets the events of the training.

    Returns:
        The record; its `status` is `finished` or `interrupted`.

    Raises:
        SpecError: the data cannot be read or do not fit, a file cannot be written, or the loss is NaN or infinite.
        UsageError: the run directory cannot be made.
    """
    place = placement(options.devices, train.batch_size)
    with place.everything():
        training = _Training(compiled, train, options, listener, place)
        with stop_on_interrupt() as stop:
            training.begin()
            return training.run(stop)


def resume(compiled: Accepted, train: Train, stored: StoredRun, options: Options, listener: Listener) -> RunRecord:
    """Continues a run as if it had not been interrupted.

    Args:
        compiled: the run's own `resolved.yaml`.
        train: its section `train`.
        stored: the run.
        options: those that the run began with.
        listener: gets the events of the training.

    Returns:
        As `run`.

    Raises:
        SpecError: as `run`; or the data have changed, or every state of the run is damaged.
        UsageError: another process is writing the run, it cannot be written, or the devices that it began on are missing.
    """
    directory = RunDirectory.reopen(stored.path)
    try:
        place = _place_again(options.devices, train.batch_size, stored.path)
        with place.everything(), stop_on_interrupt() as stop:
            training = _Training(compiled, train, options, listener, place)
            training.go_on(directory, stored.record)
            return training.run(stop)
    finally:
        directory.lock.release()


def _place_again(devices: str | None, batch_size: int, path: Path) -> Placement:
    """The devices that a run began on; `--devices` cannot change them."""
    try:
        return placement(devices, batch_size)
    except UsageError as error:
        help = f"go on where it began, or train anew: `layerctl train {path.as_posix()}/resolved.yaml`"
        raise UsageError(f"{path} began with other devices: {error.message}", help) from None

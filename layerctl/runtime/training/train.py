"""Training into a run directory."""

from __future__ import annotations

import json
import logging
import math
import os
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any, NamedTuple

from layerctl.api.build import build
from layerctl.base.progress import Listener
from layerctl.base.source import Source, Span
from layerctl.codegen.plan import model_name
from layerctl.compiler.pipeline import Compiled
from layerctl.compiler.runs import RECORD, STATE, StoredRun
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.language.resolved import resolved
from layerctl.language.spec.train import Checkpoint, Train, changed
from layerctl.runtime.backends import backend
from layerctl.runtime.backends.devices import Placement, placement
from layerctl.runtime.codes import DataChanged, NothingToResume
from layerctl.runtime.data import load, preprocessing, split
from layerctl.runtime.data._types import samples
from layerctl.runtime.data._wanted import wanted
from layerctl.runtime.training import confusion, curves, divergence
from layerctl.runtime.training.class_weights import sample_weights
from layerctl.runtime.training.fit import Diverged, Epochs, Stop, compile_model, evaluate, fit, stop_on_interrupt, watched
from layerctl.runtime.training.record import begin_again, changed_versions, enter, finite, host, metrics_of, now, reason, versions
from layerctl.runtime.training.rundir import RunDirectory, record_text
from layerctl.runtime.training.state import Damaged, State, kept, read, restore

RESOLVED, LAST, BEST, MODEL, PREPROCESSING = "resolved.yaml", "last.keras", "best.keras", "model.keras", "preprocessing.json"


class Options(NamedTuple):
    """What belongs to one run and not to its spec.

    Attributes:
        runs: the directory that run directories are made in.
        name: of the run; the model's by default.
        data_dir: where files of named sets are looked for first.
        command: the command line, for the record.
        devices: what the option `--devices` asks for.
    """

    runs: str | os.PathLike[str] = "runs"
    name: str | None = None
    data_dir: str | os.PathLike[str] | None = None
    command: str | None = None
    devices: str | None = None


class _Run:
    """One training from its first file to its last, or from where it was interrupted."""

    def __init__(self, compiled: Compiled, train: Train, options: Options, listener: Listener, place: Placement) -> None:
        self.place = place
        self.compiled = compiled
        self.train = train
        self.options = options
        self.listener = listener
        self.begun = time.perf_counter()
        backend.particular().EventFiles.available()
        self.before = 0.0
        keras = backend.keras()
        keras.utils.set_random_seed(train.seed)
        self.wanted = wanted(compiled, train, data_dir=options.data_dir, seed=train.seed)
        data = load(self.wanted, limit=train.limit)
        multiple = self.wanted.multiple
        if multiple > 1 and place.replicas > 1:
            message = f"the model takes batches of {multiple} as a whole; {place.replicas} devices would share them"
            raise UsageError(message, "leave out `batch_size` of its inputs, or name one device")
        self.data, self.validation = split(data, train.validation_split, train.seed, self.wanted, multiple=multiple)
        self.model = self.built()
        checkpoint = train.checkpoint or Checkpoint.model_construct(monitor="val_loss" if self.validation else "loss")
        self.monitor, self.mode = watched(compiled, train, checkpoint)
        self.done = Epochs()

    def built(self) -> Any:
        """The model as training begins."""
        with self.place.building():
            model = build(self.compiled, seed=self.train.seed)
            compile_model(model, self.compiled, self.train, self.data.train_samples)
        if self.place.names:
            model.steps_per_execution = 1  # TensorFlow's loop over several fails where devices are named
        return model

    def begin(self) -> None:
        """Makes the run directory."""
        name = model_name(_graph(self.compiled).name) if self.options.name is None else self.options.name
        self.open(RunDirectory.claim(self.options.runs, name, self.first_files))

    def first_files(self, path: Path) -> dict[str, str]:
        """What a run directory holds from its first moment."""
        root = self.compiled.root
        assert root is not None
        self.record = self.first_record(path)
        return {
            "spec.yaml": root.source.text,
            RESOLVED: self.resolved(path),
            PREPROCESSING: preprocessing.to_json(self.data.preprocessing),
            RECORD: record_text(self.record),
        }

    def first_record(self, path: Path) -> dict[str, Any]:
        """`run.json` at the beginning."""
        return {
            "version": 1,
            "run": path.as_posix(),
            "status": "running",
            "model": _graph(self.compiled).name,
            "outputs": [output.name for output in _graph(self.compiled).outputs],
            "spec": self.compiled.path,
            "command": self.options.command,
            "epochs": 0,
            "epochs_planned": self.train.epochs,
            "batch_size": self.train.batch_size,
            "seed": self.train.seed,
            "data_dir": None if self.options.data_dir is None else os.path.abspath(self.options.data_dir),
            "devices": list(self.place.names) or None,
            "params": self.model.count_params(),
            "data": {
                "name": self.wanted.name,
                "fingerprint": f"sha256:{self.data.fingerprint}",
                "train": self.data.train_samples,
                "validation": samples(self.validation) if self.validation else 0,
                "test": self.data.test_samples,
            },
            "metrics": {},
            "best": None,
            "times": {"started": now(), "ended": None, "seconds": 0.0, "training_seconds": 0.0},
            "versions": versions(),
            "host": host(),
        }

    def go_on(self, directory: RunDirectory, record: dict[str, Any]) -> None:
        """Takes up a run directory of before, and brings every file in it to the last epoch whose state is kept."""
        self.open(directory)
        self.record = record
        self.check_alike()
        self.recall()
        self.before = record["times"]["seconds"]
        begin_again(
            record,
            run=directory.path.as_posix(),
            planned=self.train.epochs,
            epoch=len(self.done.lines),
            command=self.options.command,
        )
        for line in self.done.lines:
            enter(record, line, self.monitor, self.mode)
        if self.done.stopped and self.done.lines[-1]["epoch"] < self.train.epochs:
            self.listener.noticed(f"early stopping ended the training after epoch {len(self.done.lines)}: no epoch follows")
        self.save()
        directory.write(RESOLVED, self.resolved(directory.path))
        directory.write_epochs([finite(line) for line in self.done.lines])
        self.events.begin_again([metrics_of(line) for line in self.done.lines])
        if self.done.lines:
            directory.save_model(self.model, LAST)
            if self.record["best"]["epoch"] == len(self.done.lines):
                directory.copy(LAST, BEST)

    def open(self, directory: RunDirectory) -> None:
        self.directory = directory
        self.events = backend.particular().EventFiles(directory.path / "tensorboard")

    def check_alike(self) -> None:
        """Holds what is here now against what the run began with."""
        data = self.record["data"]
        if data["fingerprint"] != f"sha256:{self.data.fingerprint}":
            message = f"`{data['name']}` is no longer what {self.directory.path} began with: its fingerprint differs"
            help = f"put the data back as they were, or train anew: `layerctl train {self.directory.path}/resolved.yaml`"
            raise self.wanted.refuse(DataChanged, message, help=help)
        now = versions()
        if differ := changed_versions(self.record["versions"], now):
            self.listener.noticed(f"{differ}: the result may differ from that of a run without a break")
        self.record["versions"] = now

    def recall(self) -> None:
        """Puts back the newest state that is whole; none at all is the beginning."""
        paths = kept(self.directory.path / STATE)
        state = restore(paths, self.model, self.listener.noticed)
        if state is not None:
            self.done = Epochs(state.lines, state.stopping, state.best_weights(self.model), state.stopped)
        elif paths or StoredRun(self.directory.path, self.record).lines():
            why = "each state in it is damaged" if paths else "it holds no state"
            message = f"{self.directory.path} cannot be resumed: {why}"
            help = f"train anew: `layerctl train {self.directory.path}/resolved.yaml`"
            at = Span(Source((self.directory.path / STATE).as_posix(), ""), 0, 0)
            raise SpecError((Diagnostic(NothingToResume, at, message, "", help),))

    def run(self, stop: Stop) -> dict[str, Any]:
        logging.getLogger("matplotlib").setLevel(logging.ERROR)
        self.listener.training_begins(self.record)
        try:
            self.fit(stop)
            self.record["status"] = "finished"
        except KeyboardInterrupt:
            self.record["status"] = "interrupted"
        except BaseException as error:
            self.record["status"] = "failed"
            self.record |= reason(error)
            raise
        finally:
            self.close()
        return dict(finite(self.record))

    def resolved(self, path: Path) -> str:
        """`resolved.yaml` of a run directory; a path to data is written so that it holds from there, wherever one stands."""
        model, document = self.compiled.model, self.compiled.document
        assert model is not None
        assert document is not None
        data, train = self.train.data, self.train
        if data.path is not None and not os.path.isabs(os.path.expanduser(data.path)):
            found = (folder / data.path for folder in (Path(), self.wanted.beside))
            there = next((os.path.relpath(file, path) for file in found if file.exists()), data.path)
            train = changed(train, data=changed(data, path=Path(there).as_posix()))
        return resolved(model, document, train=train)

    def fit(self, stop: Stop) -> None:
        train, data = self.train, self.data
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
        self.directory.save_model(self.model, MODEL)
        tested = evaluate(self.model, data.x_test, data.y_test, train.batch_size, stop)
        self.record["metrics"] |= {f"test_{name}": value for name, value in tested.items()}
        found = confusion.confusion(self.model, self.compiled, train, data.x_test, data.y_test)
        if found is not None:
            self.directory.write("confusion.json", json.dumps(found) + "\n")
            self.directory.write("confusion.png", confusion.draw(found, f"{self.directory.path.name}, test set"))

    def explained(self, error: Diverged) -> Diverged:
        """The same, with the step and what began it, where going through the epoch again shows them."""
        train, data = self.train, self.data
        model = self.built()
        for path in kept(self.directory.path / STATE)[:1] if error.epoch > 1 else ():
            with suppress(Damaged):
                read(path).put(model)
        weights = sample_weights(self.compiled, train, data.y_train)
        given = (data.x_train, data.y_train, train.batch_size, train.seed, weights)
        batches, order = backend.particular().batches(*given, replicas=self.place.replicas)
        order.shuffle(error.epoch - 1)
        found = divergence.origin(model, batches, error.last)
        return Diverged(self.compiled, error.epoch, found.step, found.step, found.cause) if found else error

    def keep(self, done: Epochs) -> None:
        """What an epoch leaves on disk. Its state comes first: all else can be made from that."""
        line = done.lines[-1]
        weights = divergence.unsound(self.model)
        if weights is not None:
            steps = math.ceil(line["samples"] / self.train.batch_size)
            cause = f"it made the weights `{weights}` no numbers"
            done.lines.pop()
            raise Diverged(self.compiled, line["epoch"], steps, steps, cause)
        state = State(done.lines, done.stopping, done.stopped)
        state.take(self.model, done.best_weights)
        self.directory.write_state(state)
        self.directory.save_model(self.model, LAST)
        if enter(self.record, line, self.monitor, self.mode):
            self.directory.copy(LAST, BEST)
        self.directory.add_epoch(finite(line))
        self.events.add(line["epoch"], metrics_of(line))
        self.save()

    def close(self) -> None:
        """Leaves whole files behind, whatever happened."""
        self.record["times"]["ended"] = now()
        failed = self.record["status"] == "failed"
        try:
            for step in (self.events.close, self.leave_model, self.leave_curves, self.save):
                with suppress(SpecError) if failed else nullcontext():  # what failed first is what is told
                    step()
        finally:
            self.directory.lock.release()
            self.listener.training_ends(finite(self.record))

    def leave_model(self) -> None:
        """`model.keras` of a training that did not come to its end: the model as the last epoch left it."""
        if self.record["status"] != "finished":
            if self.done.lines:
                self.directory.copy(LAST, MODEL)
            elif self.record["status"] == "interrupted":
                self.directory.save_model(self.model, MODEL)

    def leave_curves(self) -> None:
        if self.directory.epochs:
            self.directory.write("curves.png", curves.draw(self.directory.epochs, self.directory.path.name))

    def save(self) -> None:
        self.record["times"]["seconds"] = round(self.before + time.perf_counter() - self.begun, 4)
        self.directory.write_record(finite(self.record))


def run(compiled: Compiled, train: Train, options: Options, listener: Listener) -> dict[str, Any]:
    """Trains the model of a spec.

    Args:
        compiled: a spec without errors.
        train: how; the spec's own section, or one that options changed.
        options: of this run.
        listener: told of what happens.

    Returns:
        The content of `run.json`; its `status` is `finished` or `interrupted`.

    Raises:
        SpecError: the data cannot be read or do not fit, a file cannot be written, or the loss is no longer a number.
        UsageError: the run directory cannot be made.
    """
    place = placement(options.devices, train.batch_size)
    with place.everything():
        started = _Run(compiled, train, options, listener, place)
        started.begin()
        with stop_on_interrupt() as stop:
            return started.run(stop)


def resume(compiled: Compiled, train: Train, path: Path, options: Options, listener: Listener) -> dict[str, Any]:
    """Goes on with a run as if it had not been interrupted.

    Args:
        compiled: the run's own `resolved.yaml`.
        train: its section.
        path: the run directory.
        options: of this run, as it began.
        listener: told of what happens.

    Returns:
        As `run`.

    Raises:
        SpecError: as `run`; or the data are others than before, or no state of the run is whole.
        UsageError: another process writes the run, it cannot be written, or the devices that it began on are not here.
    """
    directory = RunDirectory.reopen(path)
    try:
        record = json.loads((path / RECORD).read_text(encoding="utf-8"))
        place = _place_again(options.devices, train.batch_size, path)
        with place.everything(), stop_on_interrupt() as stop:
            started = _Run(compiled, train, options, listener, place)
            started.go_on(directory, record)
            return started.run(stop)
    finally:
        directory.lock.release()


def _place_again(devices: str | None, batch_size: int, path: Path) -> Placement:
    """The devices that a run began on; `--devices` cannot change them."""
    try:
        return placement(devices, batch_size)
    except UsageError as error:
        help = f"go on where it began, or train anew: `layerctl train {path.as_posix()}/resolved.yaml`"
        raise UsageError(f"{path} began with other devices: {error.message}", help) from None


def _graph(compiled: Compiled) -> Any:
    assert compiled.model is not None
    return compiled.model.graph

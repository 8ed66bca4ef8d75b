"""Keras's `fit` and `evaluate`, configured for speed, with an order of samples by seed, a way to stop, and events."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from layerctl.analysis.losses import units_of
from layerctl.base import ending
from layerctl.codegen.plan import Constructor
from layerctl.compiler.pipeline import Accepted
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError
from layerctl.language.spec.chosen import Chosen
from layerctl.language.spec.reported import losses_by_output, metrics_by_output, monitored, weights_by_output
from layerctl.language.spec.train import Train
from layerctl.runs.listener import Listener
from layerctl.runs.record import Epoch
from layerctl.runtime.backends import backend
from layerctl.runtime.backends.devices import Placement
from layerctl.runtime.codes import TrainingDiverged
from layerctl.runtime.data import Data
from layerctl.runtime.data._wanted import place as at
from layerctl.runtime.models.build import instantiate
from layerctl.runtime.training.class_weights import sample_weights
from layerctl.runtime.training.figures import figures, vectors_of

REPORTS = 4
"""The least number of reports in an epoch."""
BUDGET = 2e10
"""Multiply-accumulates between two reports: about a second on a small CPU."""


@dataclass(slots=True)
class Stop:
    """A request to end training; it is obeyed between two steps, never while a file is written."""

    requested: bool = False

    def check(self) -> None:
        """Raises KeyboardInterrupt if an end is requested."""
        if self.requested:
            raise KeyboardInterrupt


@contextmanager
def stop_on_interrupt() -> Iterator[Stop]:
    """Turns the first Ctrl-C into a request to stop; a second one has its usual effect, KeyboardInterrupt, at once.

    In the program, which ends at SIGTERM and SIGHUP too, those are such requests as well.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def handle(number: int, frame: Any) -> None:
        if stop.requested:
            usual = before[number]
            (usual if callable(usual) else signal.default_int_handler)(number, frame)
        stop.requested = True
        ending.note(number)

    numbers = {signal.SIGINT, *filter(ending.installed, ending.SIGNALS)}
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield stop
    finally:
        for number, usual in before.items():
            signal.signal(number, usual)


def compile_model(model: Any, compiled: Accepted, train: Train, samples: int) -> None:
    """Compiles a model with the spec's optimizer, losses and metrics, and with the fastest settings for this machine."""
    graph = compiled.model.graph
    outputs = [output.name for output in graph.outputs]
    make = Constructor(graph.dtype)

    def create(chosen: Chosen, *, by_name: bool = False) -> Any:
        if chosen.arguments is None or (by_name and chosen.node is None):
            return chosen.written
        return instantiate(make(chosen.arguments))

    def by_output(values: Mapping[str, Any], otherwise: Any) -> Any:
        if graph.keyed_outputs:
            return dict(values)
        return [values.get(name, otherwise) for name in outputs] if len(outputs) > 1 else values.get(outputs[0], otherwise)

    losses = {name: create(chosen) for name, chosen in losses_by_output(train, outputs).items()}
    metrics = {
        name: [create(chosen, by_name=True) for chosen in many] for name, many in metrics_by_output(train, outputs).items()
    }
    weights = weights_by_output(train, outputs)
    optimizer = instantiate(make(train.optimizer.arguments)) if train.optimizer is not None else backend.keras().optimizers.Adam()
    optimizer.build(model.trainable_variables)
    backend.particular().hasten(optimizer)
    if len(outputs) > 1 and not graph.keyed_outputs:
        model.output_names = outputs  # Keras would name an output of a block, and its metrics, by the inner layer
    macs = sum(node.macs or 0 for node in compiled.model.nodes)
    model.compile(
        optimizer=optimizer,
        loss=by_output(losses, None),
        loss_weights=None if train.loss_weights is None else by_output({k: float(v) for k, v in weights.items()}, 1.0),
        metrics=by_output(metrics, []),
        steps_per_execution=steps_per_execution(samples, train.batch_size, macs),
        jit_compile=backend.particular().jit_compile(),
    )


def steps_per_execution(samples: int, batch_size: int, macs: int) -> int:
    """How many steps the back end takes before it returns to Python. In TensorFlow each return costs about a millisecond.

    Measured (tests/benchmarks/training.py), that is most of the time of a small dense model, and little of a convolutional one's.
    """
    steps = math.ceil(samples / batch_size)
    return int(max(1, min(backend.particular().MOST_STEPS, steps // REPORTS, BUDGET // max(1, 3 * macs * batch_size))))


@dataclass(slots=True)
class Epochs:
    """The training so far.

    Attributes:
        epochs: the finished ones.
        stopping: the attributes of the early stopping callback, without its best weights.
        best_weights: the weights that early stopping would restore.
        stopped: whether early stopping has ended the training.
        restored: the epoch, counted from 1, whose weights early stopping has restored at the end; None if the last ones stay.
    """

    epochs: list[Epoch] = field(default_factory=list)
    stopping: dict[str, Any] = field(default_factory=dict)
    best_weights: list[Any] | None = None
    stopped: bool = False
    restored: int | None = None

    @property
    def kept(self) -> Epoch:
        """The epoch whose weights the model has after training."""
        return self.epochs[-1 if self.restored is None else self.restored - 1]

    @property
    def seconds(self) -> float:
        """The time of the training parts alone."""
        return float(sum(epoch.seconds for epoch in self.epochs))


def fit(
    model: Any,
    compiled: Accepted,
    train: Train,
    data: Data,
    validation: tuple[Any, Any] | None,
    *,
    seed: int,
    stop: Stop,
    listener: Listener,
    keep: Callable[[Epochs], None] = lambda done: None,
    done: Epochs | None = None,
    place: Placement | None = None,
) -> Epochs:
    """Trains a compiled model, from the beginning or from an earlier state.

    Args:
        model: compiled by `compile_model`.
        compiled: its spec.
        train: the section `train`.
        data: the training data.
        validation: inputs and labels to validate on after each epoch.
        seed: of the order of the samples.
        stop: checked between steps.
        listener: gets the events of the training.
        keep: called after each epoch with the training so far, before the listener.
        done: the earlier training; the model is in the state after it.
        place: the devices to train on; Keras's own choice by default.

    Raises:
        Diverged: the loss is NaN or infinite.
        KeyboardInterrupt: `stop` was requested.
    """
    keras = backend.keras()
    place = place or Placement()
    weights = sample_weights(compiled, train, data.y_train)
    dataset, order = backend.particular().batches(
        data.x_train, data.y_train, train.batch_size, seed, weights, replicas=place.replicas
    )
    done = done or Epochs()
    vectors = vectors_of(compiled, train)
    stopping = early_stopping(compiled, train)
    clock = _Clock()
    reported = 0
    samples = order.used
    steps = math.ceil(samples / train.batch_size)

    def recall(logs: Any = None) -> None:
        if stopping is not None:  # Keras has just reset it, as at the beginning of every training
            vars(stopping).update(done.stopping, best_weights=done.best_weights)

    def begin(epoch: int, logs: Any = None) -> None:
        nonlocal reported
        reported = 0
        order.shuffle(epoch)
        place.training(True)
        listener.epoch_begins(epoch + 1, steps, samples)
        clock.start()

    def name_figures(epoch: int, logs: dict[str, Any]) -> None:
        spread = figures(logs, vectors)  # before early stopping looks up the one that it monitors
        logs.clear()
        logs.update(spread)

    def step(batch: int, logs: Mapping[str, Any]) -> None:
        nonlocal reported
        clock.stop()
        stop.check()
        before, reported = reported, min(batch + 1, steps)
        if not math.isfinite(logs["loss"]):
            raise Diverged(compiled, len(done.epochs) + 1, before + 1, reported)
        listener.stepped(reported, figures(logs, vectors))

    def end(epoch: int, logs: Mapping[str, float]) -> None:
        place.training(False)
        done.epochs.append(Epoch(epoch + 1, round(clock.seconds, 4), samples, dict(logs)))
        if stopping is not None:
            done.stopping = {name: getattr(stopping, name) for name in REMEMBERED if getattr(stopping, name) is not None}
            done.best_weights = stopping.best_weights
        done.stopped = model.stop_training
        keep(done)
        listener.epoch_ends(done.epochs[-1])

    ours = keras.callbacks.LambdaCallback(
        on_train_begin=recall,
        on_epoch_begin=begin,
        on_train_batch_end=step,
        on_epoch_end=end,
        on_test_begin=lambda logs=None: place.training(False),
        on_test_batch_end=lambda batch, logs=None: stop.check(),
    )
    model.fit(
        dataset,
        epochs=train.epochs,
        initial_epoch=train.epochs if done.stopped else len(done.epochs),
        shuffle=False,
        verbose=0,
        validation_data=validation,
        validation_batch_size=train.batch_size,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=name_figures), *([] if stopping is None else [stopping]), ours],
    )
    if stopping is not None and stopping.restore_best_weights and stopping.best_weights is not None:
        done.restored = stopping.best_epoch + 1
    return done


class _Clock:
    """The time of an epoch's training part: from its beginning to the end of its last step."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.begun = self.stopped = time.perf_counter()

    def stop(self) -> None:
        self.stopped = time.perf_counter()

    @property
    def seconds(self) -> float:
        return self.stopped - self.begun


REMEMBERED = ("wait", "stopped_epoch", "best", "best_epoch")
"""The attributes of Keras's EarlyStopping that are its state, beside its best weights."""


def early_stopping(compiled: Accepted, train: Train) -> Any:
    """Keras's EarlyStopping with the section's arguments and an explicit `mode`; None without the section."""
    section = train.early_stopping
    if section is None:
        return None
    monitor, mode = watched(compiled, train, section)
    arguments = {name: getattr(section, name) for name in type(section).model_fields}
    return backend.keras().callbacks.EarlyStopping(**arguments | {"monitor": monitor, "mode": mode})


def watched(compiled: Accepted, train: Train, section: Any) -> tuple[str, str]:
    """Keras's name of a monitored metric, and whether it should fall (`min`) or rise (`max`)."""
    metric = monitored(train, section.monitor, units_of(compiled.model))
    assert metric is not None, "the static check has made sure that it will exist"
    return metric.name, (metric.direction or "min") if section.mode == "auto" else str(section.mode)


class Diverged(SpecError):
    """The loss has become NaN or infinite within a range of steps."""

    def __init__(self, compiled: Accepted, epoch: int, first: int, last: int, cause: str | None = None) -> None:
        step = f"step {last}" if first == last else f"between steps {first} and {last}"
        message = f"the loss is no longer a number: epoch {epoch}, {step}" + (f": {cause}" if cause else "")
        help = "lower the learning rate (`--learning-rate 1e-4`), clip gradients (`clipnorm: 1.0`), "
        help += "or bring the data to about -1 … 1"
        super().__init__((Diagnostic(TrainingDiverged, at(compiled, "train", "optimizer"), message, "", help),))
        self.epoch = epoch
        self.last = last


def evaluate(model: Any, compiled: Accepted, train: Train, x: Any, y: Any, stop: Stop) -> dict[str, float]:
    """Loss and metrics by the names that `figures` gives them."""
    callback = backend.keras().callbacks.LambdaCallback(on_test_batch_end=lambda batch, logs=None: stop.check())
    results = model.evaluate(x, y, batch_size=train.batch_size, verbose=0, return_dict=True, callbacks=[callback])
    return figures(results, vectors_of(compiled, train))

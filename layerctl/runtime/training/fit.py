"""Keras's `fit`, with what every training here needs: speed by configuration, order by seed, a way to stop, and events."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from layerctl.base.progress import Listener
from layerctl.codegen.plan import Constructor
from layerctl.compiler.pipeline import Accepted
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError
from layerctl.language.spec.chosen import Chosen
from layerctl.language.spec.reported import losses_by_output, metrics_by_output, monitored, weights_by_output
from layerctl.language.spec.train import Train
from layerctl.runtime.backends import backend
from layerctl.runtime.backends.devices import Placement
from layerctl.runtime.codes import TrainingDiverged
from layerctl.runtime.data import Data
from layerctl.runtime.data._wanted import place as at
from layerctl.runtime.models.build import instantiate
from layerctl.runtime.training.class_weights import sample_weights

REPORTS = 4
"""Reports in an epoch, at least."""
BUDGET = 2e10
"""Multiply-accumulates between two reports: about a second of a small CPU."""


@dataclass(slots=True)
class Stop:
    """Whether somebody asked training to end; it then ends between two steps, never within a file."""

    requested: bool = False

    def check(self) -> None:
        """Raises KeyboardInterrupt if so."""
        if self.requested:
            raise KeyboardInterrupt


@contextmanager
def stop_on_interrupt() -> Iterator[Stop]:
    """Turns the first Ctrl-C into a request; a second one ends at once."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def handle(number: int, frame: Any) -> None:
        if stop.requested:
            raise KeyboardInterrupt
        stop.requested = True

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def compile_model(model: Any, compiled: Accepted, train: Train, samples: int) -> None:
    """Gives a model its optimizer, losses and metrics, as the spec says, and the settings that are fast here."""
    graph = compiled.model.graph
    outputs = [output.name for output in graph.outputs]
    make = Constructor(graph.dtype)

    def made(chosen: Chosen, *, by_name: bool = False) -> Any:
        plain = chosen.arguments is None or (by_name and chosen.node is None)
        return chosen.written if plain else instantiate(make(chosen.arguments))  # type: ignore[arg-type]

    def by_output(found: Mapping[str, Any], otherwise: Any) -> Any:
        if graph.keyed_outputs:
            return dict(found)
        return [found.get(name, otherwise) for name in outputs] if len(outputs) > 1 else found.get(outputs[0], otherwise)

    losses = {name: made(chosen) for name, chosen in losses_by_output(train, outputs).items()}
    metrics = {name: [made(chosen, by_name=True) for chosen in many] for name, many in metrics_by_output(train, outputs).items()}
    weights = weights_by_output(train, outputs)
    optimizer = instantiate(make(train.optimizer.arguments)) if train.optimizer is not None else backend.keras().optimizers.Adam()
    optimizer.build(model.trainable_variables)
    backend.particular().hasten(optimizer)
    if len(outputs) > 1 and not graph.keyed_outputs:
        model.output_names = outputs  # Keras would name an output of a block by its inner layer, and its metrics after that
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
    """How many steps the back end takes before it comes back to Python. In TensorFlow each return costs about a millisecond.

    By measurement (tests/benchmarks/training.py) that is most of the time of a small dense model, and little of a convolutional
    one's.
    """
    steps = math.ceil(samples / batch_size)
    return int(max(1, min(backend.particular().MOST_STEPS, steps // REPORTS, BUDGET // max(1, 3 * macs * batch_size))))


@dataclass(slots=True)
class Epochs:
    """What has been trained so far.

    Attributes:
        lines: one for each finished epoch, as in `metrics.jsonl`.
        stopping: what early stopping remembers, its best weights apart.
        best_weights: those that early stopping would put back.
        stopped: whether early stopping has ended the training.
    """

    lines: list[dict[str, Any]] = field(default_factory=list)
    stopping: dict[str, Any] = field(default_factory=dict)
    best_weights: list[Any] | None = None
    stopped: bool = False

    @property
    def seconds(self) -> float:
        """Of the training parts alone."""
        return float(sum(line["seconds"] for line in self.lines))


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
    """Trains a compiled model, from the beginning or from where it was.

    Args:
        model: compiled by `compile_model`.
        compiled: its spec.
        train: how to train.
        data: what to train on.
        validation: inputs and labels to validate on after each epoch.
        seed: of the order of the samples.
        stop: asked between steps.
        listener: told of what happens.
        keep: given what is done after each epoch, before anybody is told of it.
        done: what was trained before; the model is in the state that followed.
        place: where it is computed; on Keras's own choice by default.

    Raises:
        Diverged: the loss is no longer a number.
        KeyboardInterrupt: `stop` was requested.
    """
    keras = backend.keras()
    place = place or Placement()
    weights = sample_weights(compiled, train, data.y_train)
    dataset, order = backend.particular().batches(
        data.x_train, data.y_train, train.batch_size, seed, weights, replicas=place.replicas
    )
    done = done or Epochs()
    stopping = early_stopping(compiled, train)
    clock = _Clock()
    reported = 0
    samples = order.used
    steps = math.ceil(samples / train.batch_size)

    def recall(logs: Any = None) -> None:
        if stopping is not None:  # it has just forgotten everything, as callbacks do when training begins
            vars(stopping).update(done.stopping, best_weights=done.best_weights)

    def begin(epoch: int, logs: Any = None) -> None:
        nonlocal reported
        reported = 0
        order.shuffle(epoch)
        place.training(True)
        listener.epoch_begins(epoch + 1, steps, samples)
        clock.start()

    def step(batch: int, logs: Mapping[str, float]) -> None:
        nonlocal reported
        clock.stop()
        stop.check()
        before, reported = reported, min(batch + 1, steps)
        if not math.isfinite(logs["loss"]):
            raise Diverged(compiled, len(done.lines) + 1, before + 1, reported)
        listener.stepped(reported, logs)

    def end(epoch: int, logs: Mapping[str, float]) -> None:
        place.training(False)
        line = {"epoch": epoch + 1, "seconds": round(clock.seconds, 4), "samples": samples}
        done.lines.append(line | {name: float(value) for name, value in logs.items()})
        if stopping is not None:
            done.stopping = {name: getattr(stopping, name) for name in REMEMBERED if getattr(stopping, name) is not None}
            done.best_weights = stopping.best_weights
        done.stopped = model.stop_training
        keep(done)
        listener.epoch_ends(done.lines[-1])

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
        initial_epoch=train.epochs if done.stopped else len(done.lines),
        shuffle=False,
        verbose=0,
        validation_data=validation,
        validation_batch_size=train.batch_size,
        callbacks=[ours] if stopping is None else [stopping, ours],
    )
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
"""What Keras's early stopping goes by, beside its best weights."""


def early_stopping(compiled: Accepted, train: Train) -> Any:
    """Keras's callback with the section's arguments, the direction worked out; None without the section."""
    section = train.early_stopping
    if section is None:
        return None
    monitor, mode = watched(compiled, train, section)
    arguments = {name: getattr(section, name) for name in type(section).model_fields}
    return backend.keras().callbacks.EarlyStopping(**arguments | {"monitor": monitor, "mode": mode})


def watched(compiled: Accepted, train: Train, section: Any) -> tuple[str, str]:
    """Keras's name of a monitored value, and whether it should fall (`min`) or rise (`max`)."""
    found = monitored(train, section.monitor, [output.name for output in compiled.model.graph.outputs])
    assert found is not None, "the static check holds that it will exist"
    return found.name, (found.direction or "min") if section.mode == "auto" else str(section.mode)


class Diverged(SpecError):
    """The loss has become NaN or infinite, between two steps of an epoch."""

    def __init__(self, compiled: Accepted, epoch: int, first: int, last: int, cause: str | None = None) -> None:
        step = f"step {last}" if first == last else f"between steps {first} and {last}"
        message = f"the loss is no longer a number: epoch {epoch}, {step}" + (f": {cause}" if cause else "")
        help = "lower the learning rate (`--learning-rate 1e-4`), clip gradients (`clipnorm: 1.0`), "
        help += "or bring the data to about -1 … 1"
        super().__init__((Diagnostic(TrainingDiverged, at(compiled, "train", "optimizer"), message, "", help),))
        self.epoch = epoch
        self.last = last


def evaluate(model: Any, x: Any, y: Any, batch_size: int, stop: Stop) -> dict[str, float]:
    """Loss and metrics by Keras's name."""
    callback = backend.keras().callbacks.LambdaCallback(on_test_batch_end=lambda batch, logs=None: stop.check())
    found = model.evaluate(x, y, batch_size=batch_size, verbose=0, return_dict=True, callbacks=[callback])
    return {name: float(value) for name, value in found.items()}

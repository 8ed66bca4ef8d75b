"""Ways to train the same model on the same images. The method `epoch` of each trains one epoch, and returns samples a second."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.api.build import build
from layerctl.compiler.pipeline import Compiled
from layerctl.language.spec.train import Train, changed
from layerctl.runs.listener import Listener
from layerctl.runtime.backends import backend
from layerctl.runtime.data import Data
from layerctl.runtime.training.fit import Epochs, Stop, compile_model, fit

SCRIPTS = Path(__file__).parent / "scripts"
SHUFFLED = 10_000
"""Samples in the shuffle buffer of the hand-written pipeline."""


@dataclass(frozen=True, slots=True)
class Task:
    """The task of all contestants: to train one spec's model with Adam on the same samples."""

    compiled: Compiled
    train: Train
    data: Data

    def model(self, **settings: Any) -> Any:
        """The model, compiled as in a hand-written script."""
        model = build(self.compiled, seed=0)
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], **settings)
        return model


class ByLayerctl:
    """`layerctl train` without its files."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.done = Epochs()
        self.model = build(task.compiled, seed=0)
        compile_model(self.model, task.compiled, task.train, task.data.train_samples)

    def epoch(self) -> float:
        task = self.task
        train = changed(task.train, epochs=len(self.done.epochs) + 1)
        arguments: dict[str, Any] = {"seed": 0, "stop": Stop(), "listener": Listener(), "done": self.done}
        line = fit(self.model, task.compiled, train, task.data, None, **arguments).epochs[-1]
        return float(line.samples / line.seconds)


class ByFit:
    """`Model.fit` on arrays, or on a pipeline."""

    def __init__(self, task: Task, pipeline: Any = None, **settings: Any) -> None:
        self.model = task.model(**settings)
        self.samples = task.data.train_samples
        arrays = {"x": task.data.x_train, "y": task.data.y_train, "batch_size": task.train.batch_size}
        self.arguments = arrays if pipeline is None else {"x": pipeline, "shuffle": False}
        self.clock = backend.keras().callbacks.LambdaCallback(on_epoch_begin=self._start, on_epoch_end=self._stop)

    def epoch(self) -> float:
        self.model.fit(**self.arguments, verbose=0, callbacks=[self.clock])
        return self.samples / self.seconds

    def _start(self, epoch: int, logs: Any = None) -> None:
        self.begun = time.perf_counter()

    def _stop(self, epoch: int, logs: Any = None) -> None:
        self.seconds = time.perf_counter() - self.begun


class ByLoop:
    """A hand-written loop over all batches, in one `tf.function`."""

    def __init__(self, task: Task) -> None:
        import tensorflow as tf

        keras = backend.keras()
        self.samples = task.data.train_samples
        x, y = tf.constant(task.data.x_train), tf.constant(task.data.y_train)
        order = tf.data.Dataset.range(self.samples).shuffle(self.samples).batch(task.train.batch_size)
        self.batches = order.map(lambda at: (tf.gather(x, at), tf.gather(y, at))).prefetch(tf.data.AUTOTUNE)
        model = build(task.compiled, seed=0)
        loss = keras.losses.SparseCategoricalCrossentropy()
        optimizer = keras.optimizers.Adam()
        optimizer.build(model.trainable_variables)
        self.metrics = keras.metrics.Mean(), keras.metrics.SparseCategoricalAccuracy()
        mean, accuracy = self.metrics

        @tf.function  # type: ignore[untyped-decorator]
        def through(batches: Any) -> None:
            for images, labels in batches:
                with tf.GradientTape() as tape:
                    predicted = model(images, training=True)
                    value = loss(labels, predicted)
                optimizer.apply(tape.gradient(value, model.trainable_weights), model.trainable_weights)
                mean.update_state(value)
                accuracy.update_state(labels, predicted)

        self.through = through

    def epoch(self) -> float:
        for metric in self.metrics:
            metric.reset_state()
        begun = time.perf_counter()
        self.through(self.batches)
        assert np.isfinite(float(self.metrics[0].result()))
        return self.samples / (time.perf_counter() - begun)


class ByTorch:
    """A plain loop in PyTorch, in a separate process: two frameworks in one process would compete for the processors.

    Args:
        task: the task.
        model: `mlp` or `cnn`.
        python: an interpreter that has PyTorch.
        threads: 0 for PyTorch's default; on a busy machine one is faster.
        file: where the samples are written for the process.
    """

    def __init__(self, task: Task, model: str, python: str, threads: int, file: Path) -> None:
        np.savez(file, x=task.data.x_train, y=task.data.y_train)
        script = os.fspath(SCRIPTS / "torch_loop.py")
        command = [python, script, model, str(task.train.batch_size), os.fspath(file), str(threads)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def epoch(self) -> float:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print("epoch", file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())

    def close(self) -> None:
        self.process.communicate()


def by_hand(task: Task) -> dict[str, Callable[[], float]]:
    """The settings that one would try with Keras; the first is Keras's default."""
    import tensorflow as tf

    data = task.data
    pipeline = tf.data.Dataset.from_tensor_slices((data.x_train, data.y_train)).cache().shuffle(SHUFFLED)
    pipeline = pipeline.batch(task.train.batch_size).prefetch(tf.data.AUTOTUNE)
    return {
        DEFAULT: ByFit(task).epoch,
        "fit, 16 steps": ByFit(task, steps_per_execution=16).epoch,
        "fit, 64 steps": ByFit(task, steps_per_execution=64).epoch,
        "fit, 16 steps, XLA": ByFit(task, steps_per_execution=16, jit_compile=True).epoch,
        "fit of a tf.data pipeline, 64 steps": ByFit(task, pipeline, steps_per_execution=64).epoch,
        "a loop in a tf.function": ByLoop(task).epoch,
    }


DEFAULT = "fit"
"""`model.fit(x, y)` without any setting."""

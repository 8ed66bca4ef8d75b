"""How fast training is, against the best Keras that one would write by hand: `python tests/benchmarks/training.py`.

The same model on the same images (real digits, as often as it takes): samples in a second of the best epoch after the first,
which holds the tracing. By hand means `Model.fit` on arrays, with several settings of `steps_per_execution`; layerctl chooses its
own, shuffles by seed in a pipeline of its own, and reports progress. The last column is layerctl over the best by hand.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from layerctl.building import build
from layerctl.checking import check
from layerctl.compiler import Compiled
from layerctl.report.listener import Listener
from layerctl.runtime import backend
from layerctl.runtime.data import Data, load
from layerctl.runtime.data._types import take
from layerctl.runtime.data._wanted import wanted
from layerctl.runtime.fit import Stop, compile_model, fit
from layerctl.spec.train import Train

BY_HAND = (1, 16, 64)
EPOCHS = 4


def prepared(spec: str, batch_size: int, samples: int) -> tuple[Compiled, Train, Data]:
    """A spec that trains in batches of that size, and so many samples for it."""
    compiled = check(spec, overrides=(f"train.batch_size={batch_size}", f"train.epochs={EPOCHS}", "train.optimizer=adam"))
    assert compiled.document is not None
    data = load(wanted(compiled, compiled.document.train))
    some = np.resize(np.arange(data.train_samples), samples)
    rows = Data("digits", take(data.x_train, some), take(data.y_train, some), data.x_test, data.y_test, "")
    return compiled, compiled.document.train, rows


def by_hand(compiled: Compiled, data: Data, batch_size: int, steps: int) -> float:
    """Samples a second of Keras's own way, on arrays."""
    keras = backend.keras()
    model = build(compiled, seed=0)
    settings = {"steps_per_execution": steps, "jit_compile": False}
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], **settings)
    begun: list[float] = []
    times: list[float] = []
    callback = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: begun.append(time.perf_counter()),
        on_epoch_end=lambda epoch, logs: times.append(time.perf_counter() - begun[-1]),
    )
    model.fit(data.x_train, data.y_train, batch_size=batch_size, epochs=EPOCHS, verbose=0, callbacks=[callback])
    return data.train_samples / min(times[1:])


def by_layerctl(compiled: Compiled, train: Train, data: Data) -> tuple[float, int]:
    """Samples a second of layerctl's way, and the steps per execution that it chose."""
    model = build(compiled, seed=0)
    compile_model(model, compiled, train, data.train_samples)
    done = fit(model, compiled, train, data, None, seed=0, stop=Stop(), listener=Listener())
    return data.train_samples / min(line["seconds"] for line in done.lines[1:]), model.steps_per_execution


def line(spec: str, batch_size: int, samples: int, rounds: int) -> str:
    """One row of the table: each figure the best of several rounds, in each of which all are measured in turn."""
    compiled, train, data = prepared(spec, batch_size, samples)
    hand, ours, chosen = [0.0] * len(BY_HAND), 0.0, 0
    for _ in range(rounds):
        found, chosen = by_layerctl(compiled, train, data)
        ours = max(ours, found)
        hand = [max(value, by_hand(compiled, data, batch_size, steps)) for value, steps in zip(hand, BY_HAND, strict=True)]
    figures = "".join(f"{value:12,.0f}" for value in hand)
    return f"{spec:5}  {batch_size:5}  {figures}  {ours:10,.0f} ({chosen:2})       {ours / max(hand):.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=12_000)
    parser.add_argument("--rounds", type=int, default=4)
    options = parser.parse_args()
    print("model  batch  " + "".join(f"{f'by hand, {steps}':>12}" for steps in BY_HAND) + "    layerctl (steps)   ratio")
    for spec in ("mlp", "cnn"):
        for batch_size in (32, 128):
            print(line(spec, batch_size, options.samples, options.rounds), flush=True)


if __name__ == "__main__":
    main()

"""How long one call of a model takes, without the call itself; and whether other programs kept the machine busy meanwhile."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.runtime.backends import backend
from layerctl.runtime.study.kept import Latency

WARM, TIMED, SECONDS = 3, 60, 0.4
"""Calls before the measurement, the most measured calls, and the most seconds for them."""
STATISTICS = Path("/proc/stat")


def latency(model: Any, empty: Any, x: Any, batch: int) -> Latency:
    """The time from one batch to its outputs: quartiles of many calls, with calls of a model without layers in between."""
    spent: list[float] = []
    aside: list[float] = []
    for _ in range(WARM):
        model.predict_on_batch(x)
        empty.predict_on_batch(x)
    while len(spent) < TIMED and sum(spent) < SECONDS:
        for one, times in ((empty, aside), (model, spent)):
            begun = time.perf_counter()
            one.predict_on_batch(x)
            times.append(time.perf_counter() - begun)
    quartiles = [1000 * float(value) for value in np.quantile(spent, (0.25, 0.5, 0.75))]
    return Latency(batch=batch, quartiles_ms=quartiles, empty_ms=1000 * float(np.median(aside)))


def without_layers(model: Any) -> Any:
    """A model with the same inputs, which hands out one value of each sample."""
    keras = backend.keras()

    def same(tensor: Any) -> Any:
        return keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor.name)

    inputs = keras.tree.map_structure(same, model.input)
    first = [tensor[(slice(None), *(slice(0, 1),) * (len(tensor.shape) - 1))] for tensor in keras.tree.flatten(inputs)]
    empty = keras.Model(inputs, first)
    empty.compile(jit_compile=backend.particular().jit_compile())
    return empty


class Busy:
    """Measures from its making on which share of the machine's processors other programs take."""

    def __init__(self) -> None:
        self.begun = self._now()

    def share(self) -> float | None:
        """None where the system does not tell."""
        before, after = self.begun, self._now()
        if before is None or after is None or after[0] <= before[0]:
            return None
        everything, taken, own = (b - a for a, b in zip(before, after, strict=True))
        return round(min(1.0, max(0.0, (taken - own) / everything)), 4)

    def _now(self) -> tuple[float, float, float] | None:
        """Seconds of all processors: in all, those that programs took, and those that this process took."""
        try:
            user, nice, system, idle, waiting, *others = map(int, STATISTICS.read_text().split("\n", 1)[0].split()[1:9])
            second = os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError):
            return None
        taken = user + nice + system + sum(others)
        return (taken + idle + waiting) / second, taken / second, sum(os.times()[:2])

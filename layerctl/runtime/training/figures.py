"""Keras's metrics as numbers: a metric that gives several figures is divided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from layerctl.analysis.losses import units_of
from layerctl.compiler.pipeline import Accepted
from layerctl.language.spec.reported import Vector, figure, vectors
from layerctl.language.spec.train import Train
from layerctl.runtime.backends import backend


def vectors_of(compiled: Accepted, train: Train) -> dict[str, Vector]:
    """The metrics of a spec that give several figures, by Keras's names."""
    return vectors(train, units_of(compiled.model))


def figures(logs: Mapping[str, Any], vectors: Mapping[str, Vector]) -> dict[str, float]:
    """Loss and metrics, each a number: a metric that gives several figures is divided, `f1_score[0]`, `f1_score[1]`, ….

    Args:
        logs: by Keras's names.
        vectors: the metrics that give several figures, by the same names without `val_`.
    """
    numbers: dict[str, float] = {}
    for name, value in logs.items():
        known = isinstance(value, float | int | np.ndarray)
        values = np.ravel(value if known else backend.keras().ops.convert_to_numpy(value)).tolist()
        vector = vectors.get(name.removeprefix("val_"))
        if len(values) == 1:
            numbers[name] = float(values[0])
        else:
            labels = vector.labels if vector is not None and len(vector.labels) == len(values) else map(str, range(len(values)))
            numbers |= {figure(name, label): float(one) for label, one in zip(labels, values, strict=True)}
    return numbers

"""Weights of samples by their class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from layerctl.analysis.classes import class_count, class_weights
from layerctl.compiler.pipeline import Accepted
from layerctl.language.spec.reported import losses_by_output
from layerctl.language.spec.train import Train


def sample_weights(compiled: Accepted, train: Train, y: Any) -> Any:
    """The weight of each sample in the loss by its class, structured like the labels; None without `class_weight`.

    Keras's own `class_weight` supports neither several outputs nor a mapping of outputs.
    """
    outputs = {name: tensor for name, _, tensor in compiled.model.outputs()}
    weights = class_weights(train, list(outputs))
    if not weights:
        return None
    losses = losses_by_output(train, list(outputs))

    def of(name: str, labels: Any) -> Any:
        if name not in weights:
            return np.ones(len(labels), np.float32)
        table: Any = np.ones(class_count(losses[name], outputs[name]) or 1, np.float32)
        for number, weight in weights[name].items():
            table[number] = weight
        return table[class_numbers(labels, binary=outputs[name].shape[-1:] == (1,))]

    if isinstance(y, Mapping):
        return {name: of(name, labels) for name, labels in y.items()}
    if isinstance(y, list):
        return [None if labels is None else of(name, labels) for name, labels in zip(outputs, y, strict=True)]
    return of(next(iter(outputs)), y)


def class_numbers(labels: Any, *, binary: bool) -> Any:
    """The class of each sample, from class numbers, one-hot vectors, or binary labels, where a value above 0 is class 1."""
    if labels.ndim > 1 and labels.shape[-1] > 1:
        return labels.argmax(-1)
    numbers = labels.reshape(-1)
    return (numbers > 0).astype(np.int64) if binary else numbers.astype(np.int64)

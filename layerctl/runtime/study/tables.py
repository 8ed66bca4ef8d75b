"""A synthetic table: random columns without spatial arrangement, and the class that a random network computes from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layerctl.runtime.data import Data

READINGS, HIDDEN, CLASSES = 36, 12, 5
TRAIN, TEST = 3000, 2000
TRAINING = """
train:
  data: synthetic
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
  batch_size: 32
  epochs: 8
"""
DENSE = f"""
inputs: {{readings: [{READINGS}]}}
layers:
  - Dense: {{units: 32, activation: relu}}
  - Dense: {{units: {CLASSES}, activation: softmax}}
{TRAINING}"""
CONV2D = f"""
inputs: {{readings: [{READINGS}]}}
layers:
  - Reshape: [6, 6, 1]
  - Conv2D: {{filters: 15, kernel_size: 3, activation: relu}}
  - Flatten
  - Dense: {{units: {CLASSES}, activation: softmax}}
{TRAINING}"""


def data(like: Data) -> Data:
    """The given data with the samples replaced by the table."""
    random = np.random.default_rng(0x7AB1E)
    x = random.standard_normal((TRAIN + TEST, READINGS)).astype(np.float32)
    hidden = np.tanh(x @ random.standard_normal((READINGS, HIDDEN)) / np.sqrt(READINGS) * 2)
    y = np.argmax(hidden @ random.standard_normal((HIDDEN, CLASSES)), axis=1)
    parts = {"x_train": x[:TRAIN], "y_train": y[:TRAIN], "x_test": x[TRAIN:], "y_test": y[TRAIN:]}
    return replace(like, name="table", fingerprint="table 1", **parts)

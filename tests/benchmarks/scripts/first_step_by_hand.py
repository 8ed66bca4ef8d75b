"""What one would write to train the model of `specs/cnn.yaml` on MNIST; ends after its first step: `… mnist.npz`."""

from __future__ import annotations

import os
import sys

import keras
import numpy as np
from keras import layers


class First(keras.callbacks.Callback):  # type: ignore[misc, name-defined]
    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        print("stepped", flush=True)
        os._exit(0)


with np.load(sys.argv[1]) as file:
    x_train = file["x_train"][..., None].astype("float32") / 255
    x_test = file["x_test"][..., None].astype("float32") / 255
    y_train, y_test = file["y_train"], file["y_test"]

keras.utils.set_random_seed(0)
model = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
rate = keras.optimizers.schedules.CosineDecay(2e-3, 1200, alpha=0.1)
model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=16, epochs=5, verbose=0, callbacks=[First()])

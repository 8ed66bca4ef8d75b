"""Code for JAX: gradients of a pure function, devices, and training on several devices."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress
from functools import cache
from typing import Any

import jax

from layerctl.runtime.backends import backend
from layerctl.runtime.backends.arrays import FLOATS, MOST_STEPS, EventFiles, batches, hasten, jit_compile
from layerctl.runtime.backends.devices import KINDS, Placement

__all__ = [
    "FLOATS", "MOST_STEPS", "EventFiles", "batches", "devices", "devices_by_kind", "gradients", "hasten", "jit_compile",
    "shared",
]  # fmt: skip


def gradients(model: Any, x: Any, y: Any, weights: Any = None) -> tuple[float, list[Any]]:
    """As `tensorflow.gradients`."""
    keras = backend.keras()
    variables = model.trainable_variables

    def loss(values: list[Any]) -> Any:
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True)), collect_losses=True):
            return model.compute_loss(x=x, y=y, y_pred=model(x, training=True), sample_weight=weights, training=True)

    value, gradients = jax.value_and_grad(loss)([variable.value for variable in variables])
    return float(value), gradients


def devices() -> list[str]:
    """The kinds of the devices, for `run.json`."""
    return [device.device_kind for device in jax.devices()]


def devices_by_kind() -> dict[str, list[str]]:
    """Keras's names of the devices, by kind."""
    names = {}
    for kind in KINDS:
        with suppress(RuntimeError):  # this machine has no device of the kind
            names[kind] = list(backend.keras().distribution.list_devices(kind))
    return names


def shared(names: tuple[str, ...]) -> Placement:
    """The placement for training on several devices."""
    return Parallel(names)


class Parallel(Placement):
    """`keras.distribution.DataParallel`: each device has all weights, and a part of each batch.

    In training only: a batch of the validation or test set may have any size, so each device computes all of it.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(names)
        self.distribution = _distribution()(names)

    def everything(self) -> AbstractContextManager[Any]:
        scope: AbstractContextManager[Any] = self.distribution.scope()
        return scope

    def training(self, now: bool) -> None:
        self.distribution.parts = now


@cache
def _distribution() -> Any:
    distribution = backend.keras().distribution

    class Parts(distribution.DataParallel):  # type: ignore[misc, name-defined]
        parts = False

        def __init__(self, names: tuple[str, ...]) -> None:
            super().__init__(devices=list(names))

        def get_data_layout(self, shape: tuple[int, ...]) -> Any:
            if self.parts:
                return super().get_data_layout(shape)
            return distribution.TensorLayout([None] * len(shape), self.device_mesh)

    return Parts

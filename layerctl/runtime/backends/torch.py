"""Code for PyTorch: gradients, the global random generator, and devices."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from layerctl.diagnostics.errors import UsageError
from layerctl.runtime.backends import arrays
from layerctl.runtime.backends.arrays import FLOATS, MOST_STEPS, EventFiles, hasten, jit_compile
from layerctl.runtime.backends.devices import Placement

__all__ = [
    "FLOATS", "MOST_STEPS", "EventFiles", "batches", "devices", "devices_by_kind", "gradients", "hasten", "jit_compile",
    "shared",
]  # fmt: skip


class Order(arrays.Order):
    """The order of the samples; also seeds PyTorch's global generator for each epoch, from which Keras's Dropout draws.

    The state of that generator is not kept, so it is set by seed and epoch: a resumed run draws the same numbers.
    """

    def shuffle(self, epoch: int) -> None:
        super().shuffle(epoch)
        torch.manual_seed(int(np.random.default_rng((self.seed, epoch, 1)).integers(2**63)))


def batches(x: Any, y: Any, batch_size: int, seed: int, weights: Any = None, *, replicas: int = 1) -> tuple[Any, arrays.Order]:
    """As `arrays.batches`."""
    return arrays.batches(x, y, batch_size, seed, weights, replicas=replicas, ordered=Order)


def gradients(model: Any, x: Any, y: Any, weights: Any = None) -> tuple[float, list[Any]]:
    """As `tensorflow.gradients`."""
    model.zero_grad()
    loss = model.compute_loss(x=x, y=y, y_pred=model(x, training=True), sample_weight=weights, training=True)
    if loss.requires_grad:
        loss.backward()
    gradients = [variable.value.grad for variable in model.trainable_variables]
    model.zero_grad()
    return float(loss.detach()), gradients


def devices() -> list[str]:
    """The kinds of the devices, for `run.json`."""
    return [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())] or ["CPU"]


def devices_by_kind() -> dict[str, list[str]]:
    """Keras's names of the devices, by kind."""
    return {"gpu": [f"gpu:{number}" for number in range(torch.cuda.device_count())], "cpu": ["cpu:0"]}


def shared(names: tuple[str, ...]) -> Placement:
    """Raises UsageError: Keras cannot train on several devices with PyTorch."""
    help = f"name one: `--devices {names[0]}`; or set `KERAS_BACKEND=jax` or `tensorflow`"
    raise UsageError(f"Keras with torch trains on one device; {len(names)} are asked for: {', '.join(names)}", help)

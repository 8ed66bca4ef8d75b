"""What is PyTorch's alone: gradients that variables keep, a generator for all of a process, and its devices."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from layerctl.diagnostics.errors import UsageError
from layerctl.runtime.backends import arrays
from layerctl.runtime.backends.arrays import FLOATS, MOST_STEPS, EventFiles, hasten, jit_compile
from layerctl.runtime.backends.devices import Placement

__all__ = [
    "FLOATS",
    "MOST_STEPS",
    "EventFiles",
    "batches",
    "devices",
    "devices_by_kind",
    "gradients",
    "hasten",
    "jit_compile",
    "shared",
]


class Order(arrays.Order):
    """The order of the samples, and with it all that is drawn in an epoch: Keras's Dropout draws from PyTorch's own generator.

    No state holds that generator's, and PyTorch's loaders draw from it too; by seed and epoch it is the same wherever training
    begins.
    """

    def shuffle(self, epoch: int) -> None:
        super().shuffle(epoch)
        torch.manual_seed(int(np.random.default_rng((self.seed, epoch, 1)).integers(2**63)))


def batches(x: Any, y: Any, batch_size: int, seed: int, weights: Any = None, *, replicas: int = 1) -> tuple[Any, arrays.Order]:
    """As `arrays.batches`."""
    return arrays.batches(x, y, batch_size, seed, weights, replicas=replicas, ordered=Order)


def gradients(model: Any, x: Any, y: Any) -> tuple[float, list[Any]]:
    """The loss of one batch of a compiled model, as in training, and its gradient for each trained variable."""
    model.zero_grad()
    loss = model.compute_loss(x=x, y=y, y_pred=model(x, training=True), training=True)
    if loss.requires_grad:
        loss.backward()
    found = [variable.value.grad for variable in model.trainable_variables]
    model.zero_grad()
    return float(loss.detach()), found


def devices() -> list[str]:
    """What there is to compute on, in general terms."""
    return [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())] or ["CPU"]


def devices_by_kind() -> dict[str, list[str]]:
    """The names of the devices, as Keras has them."""
    return {"gpu": [f"gpu:{number}" for number in range(torch.cuda.device_count())], "cpu": ["cpu:0"]}


def shared(names: tuple[str, ...]) -> Placement:
    """Raises UsageError: Keras has no training with PyTorch that several devices share."""
    help = f"name one: `--devices {names[0]}`; or set `KERAS_BACKEND=jax` or `tensorflow`"
    raise UsageError(f"Keras with torch trains on one device; {len(names)} are asked for: {', '.join(names)}", help)

"""Reads and sets the masks of Keras tensors, for which Keras has no public function."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from layerctl.runtime.backends import backend


def _masking() -> Any:
    backend.keras()
    return import_module("keras.src.backend.common.masking")


def mask_of(tensor: Any) -> Any:
    """The mask of a tensor; None if it has none."""
    return _masking().get_keras_mask(tensor)


def keep_masks(of: Any, to: Any) -> None:
    """Copies the masks of some tensors to those that replace them."""
    flatten = backend.keras().tree.flatten
    for before, after in zip(flatten(of), flatten(to), strict=True):
        if (mask := mask_of(before)) is not None:
            _masking().set_keras_mask(after, mask)

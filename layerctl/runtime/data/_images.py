"""Images converted to a model's input: size, channels, layout and range of the pixels."""

from __future__ import annotations

import numpy as np

from layerctl.catalog.datasets._base import Layout
from layerctl.runtime.data._types import Array


def fit(images: Array, layout: Layout, dtype: str, *, greatest: int, white: float) -> Array:
    """Converts images to an input.

    Args:
        images: (n, height, width), from 0 to `greatest`.
        layout: the size and the order of axes to convert to. The grey value is repeated in each channel.
        dtype: of the input; for integers the pixels are rounded.
        greatest: the value of a white pixel.
        white: the value that a white pixel gets.
    """
    scale = np.float32(white / greatest)
    if images.shape[1:] != (layout.height, layout.width):
        images = resize(images, layout.height, layout.width)
    pixels = np.multiply(images, scale, dtype=np.float32)  # one pass: writing a large array is slow
    if np.issubdtype(np.dtype(dtype), np.integer):
        pixels = np.rint(pixels)
    pixels = pixels.astype(dtype, copy=False)
    if layout.flat:
        return pixels.reshape(len(pixels), -1)
    if layout.channels is None:
        return pixels
    return pixels[..., None] if layout.channels == 1 else np.repeat(pixels[..., None], layout.channels, axis=3)


def resize(images: Array, height: int, width: int) -> Array:
    """Resizes images (n, old height, old width) bilinearly, with antialiasing where they shrink; returns a new float32 array."""
    _, old_height, old_width = images.shape
    out = images.astype(np.float32)
    if height != old_height:
        out = np.einsum("oh,nhw->now", weights(old_height, height), out, optimize=True)
    if width != old_width:
        out = np.einsum("ow,nhw->nho", weights(old_width, width), out, optimize=True)
    return np.ascontiguousarray(out)


def weights(old: int, new: int) -> Array:
    """The share of each old pixel of a row in each new one, (new, old): a triangle filter with half-pixel centres.

    Where a row shrinks, the triangle is as wide as the new pixels, so that every old pixel contributes.
    """
    scale = old / new
    centres = (np.arange(new) + 0.5) * scale
    distance = np.abs(centres[:, None] - (np.arange(old) + 0.5)[None, :]) / max(scale, 1.0)
    overlap = np.maximum(0.0, 1.0 - distance)
    return (overlap / overlap.sum(axis=1, keepdims=True)).astype(np.float32)

"""Normalizations by fixed factors as part of the kernel and the bias of a layer beside them, in float64.

Behind a layer with kernel K and bias b a normalization y = f·x + o makes the kernel f·K and the bias f·b + o; in front of it the
kernel K·f and the bias b + o·K. Its factor is f = gamma / sqrt(variance + epsilon), its offset o = beta - mean·f.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from layerctl.rewrite.moves import Move, Norm
from layerctl.runtime.data._types import Array


def factor_and_offset(norm: Norm, arrays: list[Array]) -> tuple[Array, Array]:
    """What a normalization with these weights does to each channel."""
    left = [array.astype(np.float64) for array in arrays]
    gamma = left.pop(0) if norm.scale else np.ones(norm.channels)
    beta = left.pop(0) if norm.center else np.zeros(norm.channels)
    mean, variance = left[:2]
    factor = gamma / np.sqrt(variance + norm.epsilon)
    return factor, beta - mean * factor


def normalization(norm: Norm, factor: Array, offset: Array) -> list[Array]:
    """The weights with which a normalization has this factor and this offset."""
    arrays = [factor] * norm.scale + [offset] * norm.center
    variance = (np.ones(norm.channels) if norm.scale else 1 / np.square(factor)) - norm.epsilon
    return [*arrays, np.zeros(norm.channels) if norm.center else -offset / factor, variance]


def folded(move: Move, arrays: list[Array], weights: Mapping[str, list[Array]]) -> tuple[Array, Array]:
    """The kernel and the bias of a layer together with the normalizations around it."""
    kernel, *rest = (array.astype(np.float64) for array in arrays)
    axes = move.outputs
    channels = [kernel.shape[axis] if axis - kernel.ndim in axes else 1 for axis in range(kernel.ndim)]
    bias = rest[0] if rest else np.zeros(int(np.prod(channels)))
    for norm in reversed(move.before):
        factor, offset = factor_and_offset(norm, weights[norm.source])
        rows = kernel.reshape(-1, kernel.shape[-1])
        channel = np.arange(len(rows)) // norm.inner % norm.channels
        bias = bias + offset[channel] @ rows
        kernel = (factor[channel][:, None] * rows).reshape(kernel.shape)
    for norm in move.after:
        factor, offset = factor_and_offset(norm, weights[norm.source])
        kernel = kernel * factor.reshape(channels)
        bias = bias * factor + offset
    return kernel, bias

"""The figures of a trace for one tensor: how its values are distributed."""

from __future__ import annotations

from typing import Any

import numpy as np

from layerctl.report.results.trace import DeadUnits, Distribution, Histogram, WeightTrace
from layerctl.runtime.backends import backend
from layerctl.runtime.data._types import Array

BINS = 20
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def array(value: Any) -> Array:
    """A tensor as a NumPy array; half-precision floats become float32."""
    keras = backend.keras()
    if keras.ops.is_tensor(value) or isinstance(value, keras.Variable):
        dtype = keras.backend.standardize_dtype(value.dtype)
        if dtype in ("bfloat16", "float16"):
            value = keras.ops.cast(value, "float32")
        return np.asarray(keras.ops.convert_to_numpy(value) if dtype != "string" else value.numpy())
    return np.asarray(value)


def describe(values: Array) -> Distribution:
    """The distribution of an output or a weight."""
    shape = tuple(values.shape)
    if values.dtype.kind not in "fiub":
        return Distribution(shape)
    flat = values.astype(np.float64).ravel()
    finite = flat[np.isfinite(flat)]
    if not finite.size:
        return Distribution(shape, nonfinite=int(flat.size))
    counts, edges = np.histogram(finite, bins=BINS)
    return Distribution(
        shape=shape,
        mean=float(finite.mean()),
        std=float(finite.std()),
        min=float(finite.min()),
        max=float(finite.max()),
        zeros=float(np.mean(flat == 0)),
        nonfinite=int(flat.size - finite.size),
        quantiles={f"{share:g}": float(value) for share, value in zip(QUANTILES, np.quantile(finite, QUANTILES), strict=True)},
        histogram=Histogram(tuple(map(float, edges)), tuple(map(int, counts))),
    )


def dead_units(values: Array, axis: int) -> DeadUnits | None:
    """How many units along the axis are 0 for all samples at all positions; None for a tensor without units."""
    if values.ndim < 2 or values.dtype.kind != "f":
        return None
    others = tuple(number for number in range(values.ndim) if number != axis % values.ndim)
    return DeadUnits(int(np.sum(~np.any(values != 0, axis=others))), int(values.shape[axis]))


def describe_weight(name: str, values: Array, *, trainable: bool) -> WeightTrace:
    """A weight's distribution, and the share of it that lies between -1 and 1."""
    within = float(np.mean(np.abs(values) <= 1)) if values.size and values.dtype.kind == "f" else None
    return WeightTrace(name, describe(values), within, trainable)


def describe_gradient(values: Array) -> Distribution:
    """A gradient's distribution, with its root mean square."""
    rms = float(np.sqrt(np.mean(np.square(values.astype(np.float64))))) if values.size else 0.0
    return describe(values)._replace(rms=rms)

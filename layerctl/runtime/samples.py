"""Inputs to look at a model with: random ones by seed, or some of a dataset."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from layerctl.compiler import Compiled
from layerctl.errors import UsageError
from layerctl.graph import Input
from layerctl.infer import TypedGraph
from layerctl.runtime import backend
from layerctl.runtime.data import load
from layerctl.runtime.data._types import Array, samples, take
from layerctl.runtime.data._wanted import filled, vocabulary, wanted
from layerctl.spec.train import Train


def random(typed: TypedGraph, count: int, seed: int) -> list[Array]:
    """An array for each input: normal numbers of variance 1; tokens of the vocabulary where something looks them up.

    Raises:
        UsageError: an input takes text.
    """
    generator = np.random.default_rng((seed, 0x7ACE))
    typed = filled(typed)
    return [
        _random(typed, index, node, count, generator) for index, node in enumerate(typed.graph.nodes) if isinstance(node, Input)
    ]


def _random(typed: TypedGraph, index: int, node: Input, count: int, generator: np.random.Generator) -> Array:
    shape = (node.shape[0] or count, *(dim or 1 for dim in node.shape[1:]))
    if node.dtype == "string":
        raise UsageError(f"no text is made for the input `{node.name}`", "give data of your own: `--data`, `--input`")
    words = vocabulary(typed, index)
    if words is not None:
        return generator.integers(words, size=shape).astype(numpy_dtype(node.dtype))
    if node.dtype == "bool":
        return generator.random(shape) < 0.5
    if "int" in node.dtype:
        return generator.integers(256 if node.dtype == "uint8" else 16, size=shape).astype(node.dtype)
    return generator.standard_normal(shape).astype(numpy_dtype(node.dtype))


def numpy_dtype(dtype: str) -> str:
    """NumPy has no bfloat16; Keras casts on the way in."""
    return "float32" if dtype == "bfloat16" else dtype


def real(
    compiled: Compiled, train: Train, count: int, *, data_dir: str | os.PathLike[str] | None, seed: int
) -> tuple[list[Array], Any]:
    """Some of the test samples of a dataset: an array for each input, and the labels in the structure of the outputs.

    Raises:
        SpecError: the data cannot be had, or do not fit.
    """
    want = wanted(compiled, train, data_dir=data_dir, seed=seed)
    data = load(want, limit=max(count, 2))
    some = slice(min(count, samples(data.x_test)))
    x = take(data.x_test, some)
    return (x if isinstance(x, list) else [x]), take(data.y_test, some)


def tensors(typed: TypedGraph, arrays: list[Array]) -> list[Any]:
    """The arrays as tensors of the inputs' dtypes."""
    convert = backend.keras().ops.convert_to_tensor
    return [convert(array, dtype=node.dtype) for node, array in zip(typed.graph.inputs, arrays, strict=True)]

"""The inputs that two models are compared on: random ones, padded ones, and values that a vocabulary does not hold.

What a mask does shows only where steps are masked. So in the padded inputs the value that marks a step (of each Masking, of an
Embedding with `mask_zero`, …) stands at the end, at the start, in holes and everywhere, and in all features of a step but one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from layerctl.analysis.data.wanted import filled, vocabulary
from layerctl.base.shapes import FLOATS
from layerctl.catalog.layers._base import Layer
from layerctl.graph.graph import Input, Op
from layerctl.graph.typed import TypedGraph
from layerctl.runtime.data._types import Array, numpy_dtype

SAMPLES = 32
"""How many samples of each kind both models run on; fewer for a large model."""
MACS = 4_000_000_000
"""The most multiply-accumulates for all samples together."""
RARE = 0.125
"""In half of the random samples about this share of the values is not 0, so that few products make up a sum."""
DECADES = 1
"""The sizes of these values range over so many powers of ten, above and below 1."""


def affordable(typed: TypedGraph) -> int:
    """How many samples of each kind a model runs on."""
    return max(2, min(SAMPLES, MACS // (1 + sum(node.macs or 0 for node in typed.nodes))))


def tried(typed: TypedGraph, count: int, seed: int) -> dict[str, list[Array]]:
    """By name of the kind, an array for each input of a model; the models may refuse the kind `unknown`."""
    generator = np.random.default_rng((seed, 0x7ACE))
    typed = filled(typed)
    marks = [*marked(typed)]
    nodes = [(index, node) for index, node in enumerate(typed.graph.nodes) if isinstance(node, Input)]
    sizes = [vocabulary(typed, index) for index, _ in nodes]
    random = [_random(node, size, marks, count, generator) for (_, node), size in zip(nodes, sizes, strict=True)]
    kinds = {"random": random}
    if marks or any(sizes):
        kinds["padded"] = [_padded(values, size, marks, generator) for values, size in zip(random, sizes, strict=True)]
        kinds["unknown"] = [_unknown(values, size) for values, size in zip(random, sizes, strict=True)]
    return kinds


def marked(typed: TypedGraph) -> Iterator[Any]:
    """The values that layers treat unlike others; those of nested models and wrapped layers too."""
    for node in typed.graph.nodes:
        if isinstance(node, Op) and node.layer is not None:
            yield from _marks(node.layer)


def _marks(layer: Layer) -> Iterator[Any]:
    yield from layer.marks
    for value in layer.contents:
        if isinstance(value, Layer):
            yield from _marks(value)


def _fitting(marks: list[Any], values: Array) -> list[Any]:
    """The marks that an array can hold."""
    kinds: Mapping[str, tuple[type, ...]] = {"O": (str,), "U": (str,), "i": (int,), "u": (int,), "f": (int, float), "b": ()}
    return [mark for mark in marks if isinstance(mark, kinds[values.dtype.kind])]


def _random(node: Input, size: int | None, marks: list[Any], count: int, generator: np.random.Generator) -> Array:
    """Normal values, or values of the vocabulary."""
    shape = (node.shape[0] or count, *(dim or 1 for dim in node.shape[1:]))
    if node.dtype == "string":
        words = [mark for mark in marks if isinstance(mark, str)] or ["", "a", "word", "of several words"]
        return np.array(words, object)[generator.integers(len(words), size=shape)]
    dtype = numpy_dtype(node.dtype)
    if size is not None:
        return generator.integers(size, size=shape).astype(dtype)
    if node.dtype == "bool":
        return generator.random(shape) < 0.5
    if node.dtype not in FLOATS:
        entries = [mark for mark in marks if type(mark) is int and mark != 0]
        integers = generator.integers(256 if node.dtype == "uint8" else 16, size=shape)
        return (np.array(entries)[generator.integers(len(entries), size=shape)] if entries else integers).astype(dtype)
    values = generator.standard_normal(shape)
    rare = slice(len(values) // 2, None)
    values[rare] *= 10.0 ** generator.uniform(-DECADES, DECADES, values[rare].shape) * (
        generator.random(values[rare].shape) < RARE
    )
    return values.astype(dtype)


def _padded(values: Array, size: int | None, marks: list[Any], generator: np.random.Generator) -> Array:
    """Copies of samples in which steps hold a mark: by turns at the end, the start, in holes, everywhere, and nowhere."""
    values = values.copy()
    choices = _fitting(marks, values) or ([] if values.dtype.kind in "OUb" else [values.dtype.type(0)])
    if not choices or values.ndim < 2:
        return values
    for number, sample in enumerate(values):
        mark = choices[number // 8 % len(choices)]
        tokens = size is not None or values.dtype.kind in "OUiu"
        axis = number // 8 % (sample.ndim if tokens else max(1, sample.ndim - 1))
        steps = np.moveaxis(sample, axis, 0)
        which = _steps(number % 8, len(steps), generator)
        if number % 8 == 7 and steps.ndim > 1:
            steps[which, ..., :-1] = mark  # a step of which one feature differs is not masked
        else:
            steps[which] = mark
    return values


def _steps(pattern: int, count: int, generator: np.random.Generator) -> Array:
    """Which of so many steps are masked."""
    at, some = np.arange(count), int(generator.integers(1, max(2, count)))
    return (
        at >= max(1, count // 2),
        at >= 1,
        at >= 0,
        at < max(1, count // 2),
        at % 2 == 1,
        at != some,
        at == count - 1,
        at >= some,
    )[pattern]


def _unknown(values: Array, size: int | None) -> Array:
    """Copies of samples with values that a vocabulary does not hold: texts, negative integers, and larger ones."""
    values = values.copy()
    flat = values.reshape(len(values), -1)
    if values.dtype.kind in "OU":
        flat[::2, ::2] = "?!"
    elif size is not None or values.dtype.kind == "i":
        flat[::2, ::2] = size if size is not None else 1_000_003
        if values.dtype.kind != "u":
            flat[1::4, ::2] = -1
    return values

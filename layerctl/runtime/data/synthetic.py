"""`synthetic`: data for any spec, made from its inputs, outputs and loss; learnable, and the same for the same seed.

Each output draws its labels and, with them, a hidden code: a random direction for each class, or the numbers themselves. The
inputs are fixed random pictures of that code with noise on them, each part of the code both as a pattern over all positions and
as a shift of whole channels, so that a model finds it whether it looks at places or pools over them. A model that learns at
all gets well above chance; how well it does says little about real data.
"""

from __future__ import annotations

from math import prod

import numpy as np

from layerctl.catalog.datasets._base import Facts
from layerctl.runtime.codes import DataDoNotFit
from layerctl.runtime.data._types import Array, Form, Raw, Slot, Target, Wanted, numpy_dtype

TRAIN, TEST = 4000, 1000
MAX_BYTES = 256 * 1024**2
"""Of all arrays together; large samples are made in smaller numbers."""
LEAST = 64
NOISE = 0.3
CODE = 16
"""Numbers that the code of one output has at most."""
WORDS = 256
"""Different tokens that are used of a vocabulary."""


def load(facts: Facts, wanted: Wanted) -> Raw:
    """Arrays by the names of inputs and outputs.

    Raises:
        SpecError: an input or a target is of a kind that cannot be made.
    """
    random = np.random.default_rng((wanted.seed, 0x5EED))
    shapes = [slot.shape for slot in wanted.inputs] + [target.shape for target in wanted.targets]
    size = 4 * sum(prod(dim or 1 for dim in shape) for shape in shapes)
    train = int(np.clip(MAX_BYTES // size, LEAST, TRAIN))
    count = train + max(LEAST, train * TEST // TRAIN)
    codes, labels = [], {}
    for target in wanted.targets:
        if target.form is not None:
            code, labels[target.name] = _label(target.form, target, count, random, wanted)
            codes.append(code)
    code = np.concatenate(codes, axis=1)
    code /= np.sqrt(code.shape[1])
    inputs = {slot.name: _input(slot, code, random, wanted) for slot in wanted.inputs}
    first, rest = slice(train), slice(train, count)
    return Raw(_part(inputs, first), _part(labels, first), _part(inputs, rest), _part(labels, rest))


def _part(arrays: dict[str, Array], part: slice) -> dict[str, Array]:
    return {name: array[part] for name, array in arrays.items()}


def _label(form: Form, target: Target, count: int, random: np.random.Generator, wanted: Wanted) -> tuple[Array, Array]:
    """The code (count, k) of each sample, and its labels, which are the same at all positions of the output."""
    shape = [dim for dim in target.shape if dim is not None]
    if len(shape) < len(target.shape):
        message = f"the output `{target.name}` has a dimension that stays unknown"
        raise wanted.refuse(DataDoNotFit, message, help="write it into `inputs`")
    units = shape[-1] if shape else 1
    if form == "sequence":
        return _sequences(shape[-2] if len(shape) > 1 else 1, units, count, random)
    if form in ("classes", "one-hot"):
        index = random.integers(target.classes or units, size=count)
        code = random.standard_normal((target.classes or units, CODE))[index]
        labels = index if form == "classes" else np.eye(units, dtype=np.float32)[index]
    else:
        code, labels = _numbers(form, units, count, random)
    shape = shape[:-1] if form == "classes" else shape
    spread = labels.reshape(count, *(1,) * (len(shape) - labels.ndim + 1), *labels.shape[1:])
    return code, np.ascontiguousarray(np.broadcast_to(spread if shape else labels.reshape(count), (count, *shape)))


def _numbers(form: Form, units: int, count: int, random: np.random.Generator) -> tuple[Array, Array]:
    """Codes, and labels (count, units): each yes or no, or a number from 0 to 1, which any output activation can reach."""
    code = random.standard_normal((count, min(units, CODE)))
    mixed = code if units <= CODE else code @ random.standard_normal((CODE, units)) / np.sqrt(CODE)
    if form != "binary":
        return code, (1 / (1 + np.exp(-2 * mixed))).astype(np.float32)
    return (np.sign(code) if units <= CODE else code), (mixed > 0).astype(np.float32)


def _sequences(steps: int, units: int, count: int, random: np.random.Generator) -> tuple[Array, Array]:
    """Short sequences of class numbers from 1 (0 is the blank), all of one kind of sample the same."""
    kinds = 8
    phrases = random.integers(1, max(2, units), size=(kinds, max(1, steps // 3)))
    index = random.integers(kinds, size=count)
    return random.standard_normal((kinds, CODE))[index], phrases[index]


def _input(slot: Slot, code: Array, random: np.random.Generator, wanted: Wanted) -> Array:
    """What the model sees of the code, (count, …)."""
    if slot.dtype == "string":
        raise wanted.refuse(DataDoNotFit, f"no text is made for the input `{slot.name}`", help="give a path to data of your own")
    shape = tuple(int(dim or 1) for dim in slot.shape)
    if slot.vocabulary is not None:
        return _tokens(slot.vocabulary, shape, code, random).astype(numpy_dtype(slot.dtype))
    values = _floats(shape, code, random)
    if slot.dtype == "bool":
        return values > 0
    if slot.dtype == "uint8":
        return np.clip(np.rint(128 + 48 * values), 0, 255).astype(np.uint8)
    if "int" in slot.dtype:
        return np.clip(np.rint(8 + 3 * values), 0, 15).astype(slot.dtype)
    return values.astype(numpy_dtype(slot.dtype))


def _floats(shape: tuple[int, ...], code: Array, random: np.random.Generator) -> Array:
    """Values of about unit variance: pattern, channel shifts and noise."""
    count, parts = code.shape
    pattern = random.standard_normal((parts, *shape), dtype=np.float32)
    pattern += random.standard_normal((parts, *(1,) * (len(shape) - 1), *shape[-1:]), dtype=np.float32)
    pattern *= np.float32(np.sqrt((1 - NOISE**2) / 2))
    values = (code.astype(np.float32) @ pattern.reshape(parts, -1)).reshape(count, *shape)
    values += np.float32(NOISE) * random.standard_normal((count, *shape), dtype=np.float32)
    return values


def _tokens(vocabulary: int, shape: tuple[int, ...], code: Array, random: np.random.Generator) -> Array:
    """Integers below `vocabulary`, drawn with chances that depend on the code; 0, often padding, only if it must be."""
    words = np.arange(vocabulary) if vocabulary < 3 else 1 + random.permutation(vocabulary - 1)[:WORDS]
    chances = np.exp(3 * code @ random.standard_normal((code.shape[1], len(words))))
    reached = np.cumsum(chances / chances.sum(axis=1, keepdims=True), axis=1)
    drawn = random.random((len(code), prod(shape)))
    found = np.stack([np.searchsorted(row, draw) for row, draw in zip(reached, drawn, strict=True)])
    return words[np.minimum(found, len(words) - 1)].reshape(len(code), *shape)

"""The inputs of a trace or a conversion: random ones, samples of a dataset, or a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.analysis.data.wanted import filled, vocabulary
from layerctl.base.shapes import same, text
from layerctl.compiler.pipeline import Accepted
from layerctl.compiler.trainable import trainable
from layerctl.diagnostics.errors import UsageError
from layerctl.graph.graph import Input
from layerctl.graph.typed import TypedGraph
from layerctl.runtime.backends import backend
from layerctl.runtime.data import load
from layerctl.runtime.data._archive import plain
from layerctl.runtime.data._types import Array, numpy_dtype, samples, take
from layerctl.runtime.data._wanted import wanted
from layerctl.runtime.flow.distribution import array


def random(typed: TypedGraph, count: int, seed: int) -> list[Array]:
    """An array for each input: normal numbers of variance 1; tokens of the vocabulary for an input that an Embedding reads.

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


def real(compiled: Accepted, count: int, *, data_dir: str | os.PathLike[str] | None, seed: int) -> tuple[list[Array], Any]:
    """Test samples of a spec's data: an array for each input, and the labels in the structure of the outputs.

    Raises:
        SpecError: the data cannot be read, or do not fit.
    """
    want = wanted(compiled, trainable(compiled), data_dir=data_dir, seed=seed)
    data = load(want, limit=max(count, 2))
    some = slice(min(count, samples(data.x_test)))
    x = take(data.x_test, some)
    return (x if isinstance(x, list) else [x]), take(data.y_test, some)


def from_file(typed: TypedGraph, path: Path) -> tuple[list[Array], list[str]]:
    """An array for each input, from an image, an `.npy` array or an `.npz` archive, and notes on how it was made to fit.

    Raises:
        UsageError: it cannot be read, or does not fit the model's inputs.
    """
    nodes = typed.graph.inputs
    try:
        content = _read(path, nodes[0])
    except (OSError, ValueError, KeyError, SyntaxError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error).splitlines()[0]
        raise UsageError(f"cannot read {path}: {reason}", "give an image, a .npy array or an .npz archive of numbers") from error
    if isinstance(content, dict) and len(content) == len(nodes) == 1:
        content = next(iter(content.values()))
    arrays = content if isinstance(content, dict) else {nodes[0].name: content}
    if missing := [node.name for node in nodes if node.name not in arrays]:
        help = "save an .npz archive with an array for each input: " + ", ".join(f"`{node.name}`" for node in nodes)
        raise UsageError(f"{path} has nothing for the input `{missing[0]}`", help)
    notes: list[str] = []
    return [_fitted(arrays[node.name], node, path, notes) for node in nodes], notes


def _read(path: Path, node: Input) -> Array | dict[str, Array]:
    """The content of a file; the values of an image are 0 to 1, for an input of integers 0 to 255."""
    if path.suffix in (".npy", ".npz"):
        return plain(path)
    from PIL import Image

    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB" if node.shape[-1] == 3 else "L"))
    return pixels if "int" in node.dtype else pixels.astype(np.float32) / 255


def _fitted(values: Array, node: Input, path: Path, notes: list[str]) -> Array:
    """An array in the shape and dtype of the input: a batch and a channel axis are added, an image is resized."""
    wanted, before = node.shape[1:], values.shape
    image = path.suffix not in (".npy", ".npz")
    if image and values.ndim == 2 and len(wanted) == 3:
        values = values[..., None]
    if values.ndim == len(wanted):
        values = values[None]
    if image and len(wanted) in (2, 3) and None not in wanted[:2] and values.shape[1:3] != wanted[:2]:
        notes.append(f"{path} is {values.shape[1]}×{values.shape[2]} pixels; made {wanted[0]}×{wanted[1]}")
        values = array(backend.keras().ops.image.resize(values if values.ndim == 4 else values[..., None], wanted[:2]))
        values = values if len(wanted) == 3 else values[..., 0]
    if image and len(wanted) == 1 and values[0].size == wanted[0]:
        values = values.reshape(1, -1)
    if values.ndim != len(wanted) + 1 or not all(map(same, values.shape[1:], wanted)):
        shown = f"{text(tuple(before), batch=False)}; the input `{node.name}` is {text(node.shape)}"
        raise UsageError(f"the array in {path} is {shown}", "save it in that shape, or declare the input so")
    if not len(values):
        raise UsageError(f"the array in {path} holds no samples", "save at least one")
    if values.dtype.kind not in "fiub":
        raise UsageError(f"the array in {path} holds no numbers", "save it as integers or floats")
    return values.astype(numpy_dtype(node.dtype))


def tensors(typed: TypedGraph, arrays: list[Array]) -> list[Any]:
    """The arrays as tensors of the inputs' dtypes."""
    convert = backend.keras().ops.convert_to_tensor
    return [convert(array, dtype=node.dtype) for node, array in zip(typed.graph.inputs, arrays, strict=True)]

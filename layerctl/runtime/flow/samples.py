"""The inputs of a trace or a conversion: random ones, samples of a dataset, or a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.analysis.data.wanted import Slot, Wanted, filled, vocabulary
from layerctl.base import reading
from layerctl.base.shapes import FLOATS, same, text
from layerctl.base.source import Source, Span
from layerctl.catalog.datasets._formats import by_suffix
from layerctl.compiler.pipeline import Accepted
from layerctl.compiler.subjects import Subject
from layerctl.compiler.trainable import trainable
from layerctl.diagnostics.errors import UsageError
from layerctl.graph.graph import Input
from layerctl.graph.typed import TypedGraph
from layerctl.runs.fitting import TABLES
from layerctl.runs.preprocessing import WHITE, ImageForm, InputForm
from layerctl.runs.stored import PREPROCESSING, find
from layerctl.runtime.backends import backend
from layerctl.runtime.data import _pictures, load
from layerctl.runtime.data._archive import plain
from layerctl.runtime.data._left_out import LeftOut
from layerctl.runtime.data._pictures import Unreadable
from layerctl.runtime.data._source import normalized
from layerctl.runtime.data._types import Array, numpy_dtype, samples, take
from layerctl.runtime.data._values import stacked, takes_pictures
from layerctl.runtime.data._wanted import wanted
from layerctl.runtime.data.images import Images
from layerctl.runtime.data.npz import Npz
from layerctl.runtime.training.predict import ARRAYS, samples_of
from layerctl.runtime.training.trained import Trained


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


def from_file(named: Subject, path: Path) -> tuple[list[Array], list[str]]:
    """An array for each input, from an image, an `.npy` array or an `.npz` archive, and notes on how it was made to fit.

    A run gets what `predict` gives it; a spec what its data would give.

    Raises:
        SpecError: it does not fit a run.
        UsageError: it cannot be read, or does not fit a spec.
    """
    try:
        reading.head(path, 0)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {reading.reason(error)}", HELP) from None
    if named.weights is not None and os.path.lexists(named.weights.parent / PREPROCESSING):
        trained = Trained.read(find(named.weights.parent, "."))
        if trained.fitted.format not in TABLES:
            want = trained.wanted()
            images = Images(want, trained.fitted)
            (piece,) = samples_of(str(path), trained, want, images)
            return piece.arrays, images.notes
    nodes = named.compiled.model.graph.inputs
    notes: list[str] = []
    try:
        form = _form_of(named, nodes[0])
        content = plain(path) if path.suffix.lower() in ARRAYS else _picture(path, nodes[0], form, notes)
    except (OSError, ValueError, KeyError, Unreadable) as error:
        raise UsageError(f"cannot read {path}: {reading.reason(error)}", reading.advice(error, HELP)) from error
    if isinstance(content, dict) and len(content) == len(nodes) == 1:
        content = next(iter(content.values()))
    arrays_by_name = content if isinstance(content, dict) else {nodes[0].name: content}
    if missing := [node.name for node in nodes if node.name not in arrays_by_name]:
        help = "save an .npz archive with an array for each input: " + ", ".join(f"`{node.name}`" for node in nodes)
        raise UsageError(f"{path} has nothing for the input `{missing[0]}`", help)
    return [_fitted(arrays_by_name[node.name], node, path, form) for node in nodes], notes


HELP = "give an image, a .npy array or an .npz archive of numbers"


def _form_of(named: Subject, node: Input) -> InputForm:
    """How the data of a spec that was not trained would arrive at its first input.

    Raises:
        SpecError: they cannot be read.
    """
    train = named.compiled.document.train
    data = train.data if train is not None else None
    if data is None or data.name == "synthetic":
        return InputForm()
    format = by_suffix(data.path) if data.path is not None else None
    if data.normalize or (format is not None and format.name == "npz"):
        return load(wanted(named.compiled, trainable(named.compiled))).preprocessing.inputs.get(node.name, InputForm())
    return InputForm(image=ImageForm(size=(1, 1), mode="L", rescale=data.rescale and node.dtype in FLOATS))


def _picture(path: Path, node: Input, form: InputForm, notes: list[str]) -> Array:
    """An image in the size and the channels of the input, as far as that has them.

    Raises:
        ValueError: the data of the spec hold no pixels.
    """
    white = form.white if form != InputForm() else 1 if node.dtype in FLOATS else 255
    if white is None:
        raise ValueError("which value a white pixel has in the data of the spec is not known")
    slot = Slot(node.name, node.shape[1:], node.dtype)
    shape, own, left_out = slot.shape, _pictures.size(path), LeftOut(notes)
    size = tuple(dim or given for dim, given in zip(shape, own, strict=False)) if len(shape) in (2, 3) else own
    if size != own:
        notes.append(f"{path} is {own[0]}×{own[1]} pixels; made {size[0]}×{size[1]}")
    mode = {3: "RGB", 4: "RGBA"}.get((shape[2:] or (1,))[0] or 1, "L")
    if len(shape) == 1 and shape[0] == 3 * own[0] * own[1]:
        mode = "RGB"
    image = ImageForm(size=size, mode=mode, rescale=white == 1)  # type: ignore[arg-type]  # modes and sizes are built above
    notes.append(f"a white pixel is {white:g}")
    pixels = stacked([_pictures.decoded(path, image, left_out)], 1, image, slot, white)
    return normalized(pixels, form)


def _fitted(values: Array, node: Input, path: Path, form: InputForm) -> Array:
    """An array in the shape and dtype of the input: an axis for the batch is added, integers become pixels as in the data."""
    wanted, before = node.shape[1:], values.shape
    if values.ndim == len(wanted):
        values = values[None]
    if values.ndim != len(wanted) + 1 or not all(map(same, values.shape[1:], wanted)):
        shown = f"{text(tuple(before), batch=False)}; the input `{node.name}` is {text(node.shape)}"
        raise UsageError(f"the array in {path} is {shown}", "save it in that shape, or declare the input so")
    if not len(values):
        raise UsageError(f"the array in {path} holds no samples", "save at least one")
    if values.dtype.kind not in "fiub":
        raise UsageError(f"the array in {path} holds no numbers", "save it as integers or floats")
    slot = Slot(node.name, wanted, node.dtype)
    if form.array is not None:
        named = Wanted((slot,), (), False, Span(Source(str(path), ""), 0, 0), str(path))
        (values,) = Npz(named).inputs({node.name: values}, {node.name: form}, str(path))
    elif form.white is not None and values.dtype.kind in "biu" and takes_pictures(slot):
        greatest = 1 if values.dtype == bool else WHITE.get(values.dtype.name, 255)
        values = normalized(values * np.float32(form.white / greatest), form)
    return values.astype(numpy_dtype(node.dtype))


def tensors(typed: TypedGraph, arrays: list[Array]) -> list[Any]:
    """The arrays as tensors of the inputs' dtypes."""
    convert = backend.keras().ops.convert_to_tensor
    return [convert(array, dtype=node.dtype) for node, array in zip(typed.graph.inputs, arrays, strict=True)]

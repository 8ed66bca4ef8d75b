"""Predicts the samples in files with a run's model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from layerctl.analysis.data.arrays import matches
from layerctl.analysis.data.wanted import SIGNED, Slot, Target, Wanted
from layerctl.base import image_files, reading
from layerctl.base.source import Source, Span
from layerctl.catalog import datasets
from layerctl.language.spec.reported import losses_by_output
from layerctl.report.predictions import Classes, ClassProbability, Numbers, Prediction, Predictions, Values
from layerctl.runs.fitting import TABLES
from layerctl.runs.preprocessing import InputForm
from layerctl.runs.stored import StoredRun
from layerctl.runtime.data import _pictures
from layerctl.runtime.data._archive import plain
from layerctl.runtime.data._found import SOURCES
from layerctl.runtime.data._pictures import Unreadable
from layerctl.runtime.data._types import Array, samples, take
from layerctl.runtime.data.images import Images, paths
from layerctl.runtime.data.npz import Npz
from layerctl.runtime.data.table import Table
from layerctl.runtime.training.trained import Trained

BATCH = 128
ARRAYS = (".npy", ".npz")


def predicted(stored: StoredRun, files: list[str], top_k: int, checkpoint: str) -> Predictions:
    """See `layerctl.api.predict.predict`."""
    trained = Trained.read(stored)
    want = trained.wanted()
    images = Images(want, trained.fitted)
    pieces = [piece for file in _looked_through(files, trained, images) for piece in samples_of(file, trained, want, images)]
    for piece in pieces:
        if not samples(piece.arrays):
            of_file = replace(want, place=place_of(piece.source))
            raise of_file.unreadable(f"`{piece.source}` holds no samples", "leave it out, or fill it")
    model = trained.model(checkpoint)
    predictions: list[Prediction] = []
    describe = _Describe(trained, want, top_k)
    names = tuple(target.name for target in want.targets)
    for piece in pieces:
        outputs = _outputs(model, piece.arrays, want)
        answered = iter(range(samples(piece.arrays)))
        for number in range(samples(piece.arrays) + len(piece.wrong)):
            if number in piece.wrong:
                predictions.append(Prediction(piece.source, number, dict.fromkeys(names), piece.wrong[number]))
                continue
            at = next(answered)
            outputs_of_sample = {target.name: describe(target, outputs[target.name][at]) for target in want.targets}
            predictions.append(Prediction(piece.source, number, outputs_of_sample))
    notes = dict.fromkeys((*images.notes, *(note for piece in pieces for note in piece.notes)))
    return Predictions(stored.path, checkpoint, names, tuple(predictions), tuple(notes))


class Piece(NamedTuple):
    """Samples of a file.

    Attributes:
        source: the file, or one image of a directory.
        arrays: the model's inputs, of the samples that can be predicted.
        wrong: why a sample cannot be predicted, by its number in the file.
        notes: what a user should know of how the file was read.
    """

    source: str
    arrays: list[Array]
    wrong: Mapping[int, str] = {}
    notes: Sequence[str] = ()


def place_of(file: str) -> Span:
    """The place of mistakes in a file."""
    return Span(Source("standard input" if file == "-" else file, ""), 0, 0)


def _outputs(model: Any, arrays: list[Array], want: Wanted) -> dict[str, Array]:
    x = arrays if len(arrays) > 1 else arrays[0]
    outputs = model.predict(x, batch_size=want.multiple if want.multiple > 1 else BATCH, verbose=0)
    many = list(outputs.values()) if isinstance(outputs, dict) else outputs if isinstance(outputs, list | tuple) else [outputs]
    return {target.name: np.asarray(array, np.float64) for target, array in zip(want.targets, many, strict=True)}


# Files to arrays


def _looked_through(files: list[str], trained: Trained, images: Images) -> list[str]:
    """The same files; `images` then knows all images among them, so that those that cannot be read are reported together."""
    if trained.fitted.format not in TABLES:
        images.all = [image for file in files for image in _images(Path(file), images)]
    return files


def samples_of(file: str, trained: Trained, want: Wanted, images: Images) -> Iterator[Piece]:
    """The samples of a file, converted to the model's inputs, each array or image with the name to show."""
    want = replace(want, name=file, place=place_of(file))
    inputs = trained.fitted.inputs
    if trained.fitted.format in TABLES:
        yield _rows(file, trained, want)
        return
    path = Path(file)
    if path.suffix.lower() in ARRAYS:
        yield Piece(file, _arrays(path, trained, want))
        return
    found = _images(path, images)
    if not found:
        message = f"`{file}` holds no image" if path.is_dir() else f"`{file}` is nothing that the model of this run takes"
        help = f"give images (`.png`, `.jpg`, `.tif`, `.webp`, …), or arrays ({', '.join(ARRAYS)})"
        raise want.unreadable(message, help)
    images.wanted = want  # its mistakes are those of this file, not of the data that were trained on
    for image in found:
        yield Piece(str(image), images.inputs(paths([image]), inputs, file))


def _rows(file: str, trained: Trained, want: Wanted) -> Piece:
    """The rows of a table, or the lines of a text."""
    source = SOURCES[trained.fitted.format](want, trained.fitted)
    assert isinstance(source, Table)
    where = "standard input" if file == "-" else file
    if Path(file).suffix.lower() in ARRAYS or image_files.is_image(file):
        message = f"{file} is no table, and the model was trained on `{trained.fitted.data}`"
        raise want.unreadable(message, "give a table with the columns that it was trained on, or texts, one a line")
    columns, wrong = source.unlabelled(_text(file, want), where)
    count = samples(columns)
    if count and len(wrong) == count:
        first = next(iter(wrong.values()))
        raise want.unreadable(f"no row of {where} can be predicted; {first}", "give each column what the model was trained with")
    usable = [at for at in range(count) if at not in wrong]
    arrays = source.inputs(take(columns, usable), trained.fitted.inputs, where)
    return Piece(file, arrays, wrong, source.notes)


def _images(path: Path, images: Images) -> list[Path]:
    """The images of a directory; or a file, if its suffix or its content is that of an image."""
    if path.is_dir():
        return image_files.images(path, images.left_out.add)
    if path.suffix.lower() in ARRAYS:
        return []
    if image_files.is_image(path.name):
        return [path]
    try:
        _pictures.size(path)
    except Unreadable:
        return []
    return [path]


def _text(file: str, want: Wanted) -> str:
    try:
        content = reading.everything(reading.stdin(), reading.TABLES) if file == "-" else reading.whole(file, reading.TABLES)
        return content.decode("utf-8-sig")
    except OSError as error:
        raise want.unreadable(f"cannot read {file}: {reading.reason(error)}", reading.advice(error)) from None
    except UnicodeDecodeError as error:
        raise want.unreadable(f"cannot read {file} as text: {error}", "save it as UTF-8") from None


def _arrays(path: Path, trained: Trained, want: Wanted) -> list[Array]:
    """The inputs from a file of arrays: those named as the inputs, else `x_test` or `x`, else the only array."""
    try:
        content = plain(path)
    except OSError as error:
        raise want.unreadable(f"cannot read {path}: {reading.reason(error)}", reading.advice(error)) from None
    except ValueError as error:
        raise want.unreadable(f"cannot read {path}: {error}", "save it with `numpy.save`") from None
    by_name = content if isinstance(content, dict) else {"": content}
    if all(slot.name in by_name for slot in want.inputs):
        arrays = [by_name[slot.name] for slot in want.inputs]
    else:
        only = next(iter(by_name.values())) if len(by_name) == 1 else None
        single = next((by_name[name] for name in ("x_test", "x") if name in by_name), only)
        if single is None or len(want.inputs) > 1:
            names = ", ".join(f"`{slot.name}`" for slot in want.inputs)
            raise want.unreadable(f"{path} has no arrays named {names}", "name the arrays as the inputs")
        arrays = [single]
    forms = trained.fitted.inputs
    arrays = [_batched(array, slot, forms.get(slot.name, InputForm())) for array, slot in zip(arrays, want.inputs, strict=True)]
    by_name = {slot.name: array for slot, array in zip(want.inputs, arrays, strict=True)}
    return Npz(want, trained.fitted).inputs(by_name, trained.fitted.inputs, str(path))


def _batched(array: Array, slot: Slot, form: InputForm) -> Array:
    """An array of samples; a single sample, which may be a picture of another size, becomes an array of one."""
    is_single = matches(array.shape, slot.shape) or (slot.shape[-1:] == (1,) and matches(array.shape, slot.shape[:-1]))
    if not is_single and form.image is not None and array.dtype.kind in "biu" and not matches(array.shape[1:], slot.shape):
        is_batch = matches(array.shape[1:], slot.shape[:2]) and array.ndim == 3
        is_single = array.ndim == 2 or (array.ndim == 3 and array.shape[-1] in (1, 3, 4) and not is_batch)
    return array[None] if is_single else array


# Outputs to predictions


class _Describe:
    """Converts an output of one sample to a prediction: classes with probabilities, or numbers."""

    def __init__(self, trained: Trained, want: Wanted, top_k: int) -> None:
        losses = losses_by_output(trained.train, [target.name for target in want.targets])
        self.logits = {name: bool(getattr(loss.arguments, "from_logits", False)) for name, loss in losses.items()}
        self.fitted = trained.fitted.targets
        self.facts = datasets.find(trained.fitted.data)
        self.top_k = top_k

    def __call__(self, target: Target, output: Array) -> Classes | Numbers:
        single = output.shape in ((), (1,))
        if target.form == "binary" and single:
            value = float(output.reshape(()))
            if target.limits == SIGNED:
                value = min(max((value + 1) / 2, 0.0), 1.0)
            elif self.logits[target.name]:
                value = float(1 / (1 + np.exp(-value)))
            return self.classes(target, np.array([1 - value, value]))
        if target.form in ("classes", "one-hot") and output.ndim == 1 and not single:
            if self.logits[target.name]:
                output = np.exp(output - output.max())
                output /= output.sum()
            return self.classes(target, output)
        return Numbers(_number(output.reshape(())) if single else _numbers(output))

    def classes(self, target: Target, probabilities: Array) -> Classes:
        order = np.argsort(-probabilities, kind="stable")[: self.top_k]
        return Classes(tuple(ClassProbability(self.name(target, int(at)), int(at), _number(probabilities[at])) for at in order))

    def name(self, target: Target, index: int) -> str:
        form = self.fitted.get(target.name)
        names = form.classes if form is not None else None
        names = names or list(self.facts.class_names if self.facts is not None else ())
        return names[index] if index < len(names) else str(index)


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _numbers(values: Array) -> list[Values]:
    return [_numbers(value) if value.ndim else _number(value) for value in values]

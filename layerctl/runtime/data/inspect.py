"""Describes data without a model, for the command `data`."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.analysis.data.cells import is_number
from layerctl.analysis.data.found import format_of, located
from layerctl.analysis.data.wanted import Slot, Target, Wanted
from layerctl.base.files import replacing
from layerctl.base.source import Span
from layerctl.diagnostics.errors import UsageError
from layerctl.language.spec.train import Data
from layerctl.report.data import ArrayFacts, ClassFacts, ColumnFacts, Contents, ImageSizes, NumericRange
from layerctl.runs.preprocessing import ImageForm
from layerctl.runtime.data._found import SOURCES, read_data
from layerctl.runtime.data._types import PARTS, Array, Raw, samples
from layerctl.runtime.data.images import Images
from layerctl.runtime.data.table import Table

MOST_CLASSES = 1000
MOST_VALUES = 10


def inspected(
    section: Data, place: Span, sheet: str | os.PathLike[str] | None, data_dir: str | os.PathLike[str] | None
) -> Contents:
    """See `layerctl.data`."""
    name = section.name or section.path
    assert name is not None
    folders = tuple(Path(folder).expanduser() for folder in (data_dir, os.environ.get("LAYERCTL_DATA_DIR")) if folder)
    # Placeholders: nothing is converted.
    anything = (Slot("", (None,), "float32"),), (Target("", (1,), "values", ""),)
    want = Wanted(*anything, False, place, name, section.options(), folders=folders)
    if section.path is not None:
        path = located(want)
        source = SOURCES[format_of(path, want)](want)
        if isinstance(source, Table):
            if sheet is not None:
                raise _no_images(name)
            return _table(source, path, name)
    source, raw = read_data(want)
    if sheet is not None:
        _draw(raw, source, sheet, name)
    arrays: tuple[ArrayFacts, ...] = ()
    images = None
    if isinstance(source, Images):
        sizes = sorted({source.size_of(file) for file in raw.x_train.tolist()})  # type: ignore[union-attr]  # one array of paths
        images = ImageSizes(sizes[0], sizes[-1])
    else:
        arrays = tuple(_array(part, getattr(raw, part)) for part in PARTS if getattr(raw, part) is not None)
    return Contents(
        name,
        "named" if section.name is not None else source.format,
        samples(raw.x_train),
        None if raw.x_test is None else samples(raw.x_test),
        _classes(raw.y_train, raw.y_test),
        f"sha256:{raw.fingerprint()}",
        arrays,
        images,
        notes=tuple(source.notes),
    )


def _array(name: str, array: Array) -> ArrayFacts:
    limits = (_plain(array.min()), _plain(array.max())) if array.size and array.dtype.kind in "biuf" else (None, None)
    return ArrayFacts(name, array.shape, str(array.dtype), *limits)


def _plain(value: Any) -> int | float | None:
    number = value.item()
    return None if number != number or abs(number) == float("inf") else int(number) if value.dtype.kind in "biu" else number


def _classes(train: Any, test: Any) -> tuple[ClassFacts, ...]:
    """Each class and how often it occurs; empty if the labels are not classes."""
    if train.ndim != 1 or train.dtype.kind == "f":
        return ()
    first = Counter(train.tolist())
    second = None if test is None else Counter(test.tolist())
    names = sorted({*first, *(second or ())})
    if len(names) > MOST_CLASSES:
        return ()
    return tuple(ClassFacts(str(name), first[name], None if second is None else second[name]) for name in names)


def _table(table: Table, path: Path, name: str) -> Contents:
    """The columns of a table, and the classes of its target."""
    rows = table.rows(path)
    table.names, table.header = rows.names, rows.header
    (targets,) = table.targets_of().values()
    columns = []
    for at, column in enumerate(rows.names):
        cells = np.array([row[at] for row in rows.cells], object)
        columns.append(_column(table, column, column in targets, cells))
    classes: tuple[ClassFacts, ...] = ()
    if len(targets) == 1:
        labels = np.array([row[rows.names.index(targets[0])] for row in rows.cells], object)
        counts = Counter(labels[~table.missing(labels)].tolist())
        if len(counts) <= max(MOST_VALUES, len(labels) // 10):
            classes = tuple(ClassFacts(label, count, None) for label, count in sorted(counts.items()))
    return Contents(name, table.format, len(rows.cells), None, classes, columns=tuple(columns), header=rows.header)


def _column(table: Table, name: str, target: bool, cells: Array) -> ColumnFacts:
    missing = table.missing(cells)
    present = cells[~missing].tolist()
    counts = Counter(present)
    head = (name, target, int(missing.sum()), len(counts))
    if present and all(map(is_number, present)):
        numbers = np.array(present, object).astype(np.float64)
        return ColumnFacts(*head, NumericRange(float(numbers.min()), float(numbers.max()), float(numbers.mean())))
    return ColumnFacts(*head, None, tuple(counts.most_common(MOST_VALUES)))


# The contact sheet


def _no_images(name: str) -> UsageError:
    return UsageError(f"`{name}` holds no images to draw", "leave out `-o`")


def _draw(raw: Raw, source: Any, sheet: str | os.PathLike[str], name: str) -> None:
    """A row for each class, with its first images."""
    import PIL.Image
    import PIL.ImageDraw

    x, y = raw.x_train, raw.y_train
    if isinstance(x, dict) or isinstance(y, dict) or (x.dtype != object and (x.ndim not in (3, 4) or x.dtype.kind not in "biuf")):
        raise _no_images(name)
    flat = y if y.ndim == 1 else np.zeros(len(x), int)
    names = sorted(set(flat.tolist()))[:MOST_ROWS]
    width, height = LABEL + PER_ROW * (TILE + 2), len(names) * (TILE + 2)
    canvas = PIL.Image.new("RGB", (width, height), "white")
    pen = PIL.ImageDraw.Draw(canvas)
    for row, label in enumerate(names):
        pen.text((4, row * (TILE + 2) + TILE // 2 - 6), str(label)[:14], fill="black")
        for column, at in enumerate(np.flatnonzero(flat == label)[:PER_ROW].tolist()):
            canvas.paste(_tile(x, at, source), (LABEL + column * (TILE + 2), row * (TILE + 2)))
    try:
        with replacing(sheet) as temporary:
            canvas.save(temporary, format="PNG")
    except OSError as error:
        raise UsageError(f"cannot write {os.fspath(sheet)}: {(error.strerror or str(error)).lower()}") from None


TILE, PER_ROW, MOST_ROWS, LABEL = 56, 10, 40, 96
"""Pixels of a picture's side, pictures in a row, the largest number of rows, pixels for the name of a class."""


def _tile(x: Array, at: int, source: Any) -> Any:
    import PIL.Image

    if isinstance(source, Images):
        form = ImageForm(size=(TILE, TILE), mode="RGB", rescale=False)
        (pixels,) = source.pixels(x[at : at + 1], form)
        return PIL.Image.fromarray(pixels if pixels.dtype == np.uint8 else (pixels * 255).astype(np.uint8))
    pixels = x[at].astype(np.float64)
    if pixels.ndim == 3 and pixels.shape[-1] not in (1, 3):
        pixels = pixels[..., :1]
    low, high = float(pixels.min()), float(max(pixels.max(), pixels.min() + 1e-9))
    if x.dtype == np.uint8 and high > 16:
        low, high = 0.0, 255.0
    shown = ((pixels - low) * (255 / (high - low))).clip(0, 255).astype(np.uint8)
    picture = PIL.Image.fromarray(shown[..., 0] if shown.ndim == 3 and shown.shape[-1] == 1 else shown).convert("RGB")
    return picture.resize((TILE, TILE), PIL.Image.Resampling.NEAREST if picture.height <= TILE else PIL.Image.Resampling.BILINEAR)

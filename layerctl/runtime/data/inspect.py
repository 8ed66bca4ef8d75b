"""Describes data without a model, for the command `data`."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from layerctl.analysis.data.advice import identifying, row_numbers
from layerctl.analysis.data.cells import is_number
from layerctl.analysis.data.found import format_of, located
from layerctl.analysis.data.wanted import Slot, Target, Wanted
from layerctl.base.files import replacing
from layerctl.base.printable import printable
from layerctl.base.source import Span
from layerctl.diagnostics.errors import UsageError, check_output, writing
from layerctl.language.spec.train import Data
from layerctl.report.data import ArrayFacts, ClassFacts, ColumnFacts, Contents, ImageSizes, NumericRange
from layerctl.runs.preprocessing import ImageForm
from layerctl.runtime.data._found import SOURCES, read_data
from layerctl.runtime.data._types import PARTS, Array, Raw, samples
from layerctl.runtime.data.images import Images
from layerctl.runtime.data.table import Table, by_column

MOST_CLASSES = 1000
MOST_VALUES = 10


def inspected(
    section: Data, place: Span, sheet: str | os.PathLike[str] | None, data_dir: str | os.PathLike[str] | None
) -> Contents:
    """See `layerctl.data`."""
    name = section.name or section.path
    assert name is not None
    if sheet is not None:
        check_output(sheet)
    folders = tuple(Path(os.path.expanduser(folder)) for folder in (data_dir, os.environ.get("LAYERCTL_DATA_DIR")) if folder)
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
        _classes({"train": raw.y_train, "validation": raw.y_val, "test": raw.y_test}, raw.class_names),
        f"sha256:{raw.fingerprint()}",
        arrays,
        images,
        validation=None if raw.x_val is None else samples(raw.x_val),
        notes=tuple(source.notes),
    )


def _array(name: str, array: Array) -> ArrayFacts:
    limits = (_plain(array.min()), _plain(array.max())) if array.size and array.dtype.kind in "biuf" else (None, None)
    return ArrayFacts(name, array.shape, str(array.dtype), *limits)


def _plain(value: Any) -> int | float | None:
    number = value.item()
    return None if number != number or abs(number) == float("inf") else int(number) if value.dtype.kind in "biu" else number


def _classes(labels: Mapping[str, Any], class_names: Sequence[str] = ()) -> tuple[ClassFacts, ...]:
    """Each class and how often it occurs in each part; empty if the labels are not classes."""
    present = {part: y for part, y in labels.items() if y is not None}
    if any(y.ndim != 1 or y.dtype.kind == "f" for y in present.values()):
        return ()
    counts = {part: Counter(y.tolist()) for part, y in present.items()}
    classes = sorted({one for counted in counts.values() for one in counted})
    if len(classes) > MOST_CLASSES:
        return ()
    names = dict(enumerate(class_names))
    return tuple(
        ClassFacts(names.get(one, str(one)), **{part: counted[one] for part, counted in counts.items()}) for one in classes
    )


def _table(table: Table, path: Path, name: str) -> Contents:
    """The columns of a table, and the classes of its target."""
    rows = table.rows(path)
    table.settle(rows)
    targets = table.all_targets()
    left_out = {*targets, *table.dropped()}
    table.of_inputs = {"": [column for column in rows.names if column not in left_out]}
    cells = by_column(rows, rows.names)
    columns = tuple(_column(table, column, column in targets, cells[column]) for column in rows.names)
    labels = {"train": cells[targets[0]]} if len(targets) == 1 else {}
    counts: dict[str, int | None] = {"validation": None, "test": None}
    for part in counts:
        if part in table.wanted.options:
            others = table.rows(located(table.wanted, part))
            counts[part] = len(others.cells)
            labels |= {part: by_column(others, targets)[targets[0]]} if labels else {}
    labels = {part: y[~table.missing(y)] for part, y in labels.items()}
    few = labels and len(set(labels["train"].tolist())) <= max(MOST_VALUES, len(rows.cells) // 10)
    return Contents(
        name,
        table.format,
        len(rows.cells),
        counts["test"],
        _classes(labels) if few else (),
        columns=columns,
        header=rows.header,
        validation=counts["validation"],
        notes=(*table.notes, *_advice(table, cells)),
    )


def _advice(table: Table, cells: Mapping[str, Array]) -> Iterator[str]:
    """What a user should know of the columns of the inputs that are hardly numbers or categories."""
    dates = table.dates()
    inputs = {column: cells[column] for column in table.used_inputs() if column not in dates}
    yield from row_numbers({column: all_cells.tolist() for column, all_cells in inputs.items()}).values()
    if table.format == "text":
        return
    for column, all_cells in inputs.items():
        present = all_cells[~table.missing(all_cells)].tolist()
        if not all(map(is_number, present)) and (advice := identifying(column, present)):
            yield advice


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
        pen.text((4, row * (TILE + 2) + TILE // 2 - 6), printable(str(label))[:14], fill="black")
        for column, at in enumerate(np.flatnonzero(flat == label)[:PER_ROW].tolist()):
            canvas.paste(_tile(x, at, source), (LABEL + column * (TILE + 2), row * (TILE + 2)))
    with writing(sheet), replacing(sheet) as temporary:
        canvas.save(temporary, format="PNG")


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

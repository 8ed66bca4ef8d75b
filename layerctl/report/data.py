"""The description of data, as JSON and as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from layerctl.base import json_text
from layerctl.catalog.datasets._base import Facts
from layerctl.diagnostics.text import Paint, plain
from layerctl.report import layout
from layerctl.report.layout import Column

SHOWN = 30
"""The largest number of classes in the table; JSON has all of them."""
SETS = (
    Column("name"),
    Column("image", "mark"),
    *(Column(head, "figure") for head in ("classes", "training", "test")),
    Column("licence", "text"),
    Column("what it is", "text"),
)
ARRAYS = (
    Column("array"),
    Column("shape", "shape"),
    Column("dtype", "mark"),
    *(Column(head, "figure") for head in ("min", "max")),
)
TABLE = (
    Column("column"),
    Column("kind", "text"),
    *(Column(head, "figure") for head in ("missing", "distinct", "min", "mean", "max")),
    Column("values", "text"),
)


class ArrayFacts(NamedTuple):
    """One array; `least` and `greatest` are None if it is empty or holds no numbers."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    least: float | None
    greatest: float | None

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "shape": list(self.shape), "dtype": self.dtype, "min": self.least, "max": self.greatest}


class ImageSizes(NamedTuple):
    """The smallest and the largest size of the images, (height, width) in pixels."""

    least: tuple[int, int]
    greatest: tuple[int, int]

    def to_json(self) -> dict[str, Any]:
        return {"least_size": list(self.least), "greatest_size": list(self.greatest)}


class NumericRange(NamedTuple):
    """The range and the mean of a column of numbers."""

    least: float
    greatest: float
    mean: float


class ColumnFacts(NamedTuple):
    """One column of a table.

    Attributes:
        name: of the column in the header, or its number.
        target: whether the column is a target.
        missing: the number of cells without a value.
        distinct: the number of different values.
        numbers: the range of a column of numbers; None for texts.
        values: the most frequent texts, each with its count; empty for numbers.
    """

    name: str
    target: bool
    missing: int
    distinct: int
    numbers: NumericRange | None = None
    values: tuple[tuple[str, int], ...] = ()

    @property
    def kind(self) -> str:
        return "text" if self.numbers is None else "number"

    def to_json(self) -> dict[str, Any]:
        counts = {"missing": self.missing, "distinct": self.distinct}
        head = {"name": self.name, "target": self.target, "kind": self.kind, **counts}
        if self.numbers is None:
            return {**head, "values": [list(pair) for pair in self.values]}
        return {**head, "min": self.numbers.least, "max": self.numbers.greatest, "mean": self.numbers.mean}


class ClassFacts(NamedTuple):
    """The number of samples of a class; `test` is None for data without a test part."""

    name: str
    train: int
    test: int | None


class Contents(NamedTuple):
    """The description of a dataset or a file of data.

    Attributes:
        name: of the data, or their path.
        format: `named`, `npz`, `csv`, …
        train: the number of training samples, or of all samples if there is no test part.
        test: the number of test samples; None if there is no test part.
        classes: empty if the labels are not classes.
        fingerprint: `sha256:` and a digest; None for a table.
        arrays: empty for a table or a directory of images.
        images: the sizes in a directory of images; None for other data.
        columns: of a table; None for other data.
        header: whether the first row of a table holds names; None for other data.
        notes: what a user should know of how the data were read.
    """

    name: str
    format: str
    train: int
    test: int | None
    classes: tuple[ClassFacts, ...]
    fingerprint: str | None = None
    arrays: tuple[ArrayFacts, ...] = ()
    images: ImageSizes | None = None
    columns: tuple[ColumnFacts, ...] | None = None
    header: bool | None = None
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What `data NAME|PATH --format json` prints."""
        head: dict[str, Any] = {"version": 1, "name": self.name, "format": self.format}
        splits = {"train": self.train, "test": self.test}
        classes = [each._asdict() for each in self.classes]
        if self.columns is not None:
            columns = [column.to_json() for column in self.columns]
            return {**head, "header": self.header, "splits": splits, "columns": columns, "classes": classes}
        images = {} if self.images is None else {"images": self.images.to_json()}
        arrays = [array.to_json() for array in self.arrays]
        return {**head, "fingerprint": self.fingerprint, "splits": splits, **images, "arrays": arrays, "classes": classes}

    def lines(self, width: int, paint: Paint = plain) -> Iterator[str]:
        """The description as text: title, arrays or columns, classes."""
        yield from layout.sentences(self.title(), width)
        if self.images is not None:
            least, greatest = ("×".join(map(str, size)) for size in self.images)
            yield f"images of {least} pixels" if least == greatest else f"images from {least} to {greatest} pixels"
        if self.arrays:
            yield from ("", *layout.table(ARRAYS, [_array(array) for array in self.arrays], width, paint=paint))
        if self.columns:
            yield from ("", *layout.table(TABLE, [_column(column) for column in self.columns], width, paint=paint))
        if self.classes:
            yield from ("", *_classes(self.classes, width, paint))
            if len(self.classes) > SHOWN:
                yield f"… and {len(self.classes) - SHOWN} more"

    def title(self) -> str:
        counts = f"{self.train:,} sample{'' if self.train == 1 else 's'}"
        if self.test is not None:
            counts = f"{self.train:,} training, {self.test:,} test samples"
        return f"{self.name} ({self.format}): {counts}"


def named_json(sets: Iterable[Facts]) -> dict[str, Any]:
    """What `data --format json` prints."""
    shown = ("name", "description", "size", "classes", "train", "test", "shipped", "licence")
    return {"version": 1, "datasets": [{name: json_text.plain(getattr(facts, name)) for name in shown} for facts in sets]}


def named(sets: Iterable[Facts], width: int, paint: Paint = plain) -> Iterator[str]:
    """The table of named datasets."""
    lines = []
    for facts in sets:
        size = "×".join(map(str, facts.size)) if facts.size else ""
        counts = ("" if count is None else f"{count:,}" for count in (facts.classes, facts.train, facts.test))
        lines.append((facts.name, size, *counts, facts.licence, facts.description))
    return layout.table(SETS, lines, width, paint=paint)


def _array(array: ArrayFacts) -> layout.Line:
    shape = f"({', '.join(map(str, array.shape))}{',' if len(array.shape) == 1 else ''})"
    return (array.name, shape, array.dtype, _figure(array.least), _figure(array.greatest))


def _column(column: ColumnFacts) -> layout.Line:
    name = f"{column.name} (target)" if column.target else column.name
    numbers = column.numbers
    figures = ("", "", "") if numbers is None else map(_figure, (numbers.least, numbers.mean, numbers.greatest))
    values = ", ".join(f"{value[:24]} {count}" for value, count in column.values[:4])
    more = ", …" if column.distinct > 4 and values else ""
    return (name, column.kind, f"{column.missing:,}", f"{column.distinct:,}", *figures, values + more)


def _classes(classes: Sequence[ClassFacts], width: int, paint: Paint) -> Iterator[str]:
    tested = classes[0].test is not None
    columns = [Column("class"), *(Column(head, "figure") for head in (("training", "test") if tested else ("samples",)))]
    lines = [(each.name, f"{each.train:,}", *([f"{each.test:,}"] if tested else [])) for each in classes[:SHOWN]]
    return layout.table(columns, lines, width, paint=paint)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.4g}"

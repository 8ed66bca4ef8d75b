"""Data in words and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from layerctl.diagnostics.text import Paint, plain
from layerctl.report import layout
from layerctl.report.layout import Column

SHOWN = 30
"""Classes that are listed; JSON has them all."""
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


def named(sets: Sequence[Mapping[str, Any]], width: int, paint: Paint = plain) -> Iterator[str]:
    """The datasets that have a name."""
    lines = []
    for one in sets:
        size = "×".join(map(str, one["size"])) if one["size"] else ""
        counts = (f"{one[key]:,}" if one[key] is not None else "" for key in ("classes", "train", "test"))
        lines.append((one["name"], size, *counts, one["licence"], one["description"]))
    return layout.table(SETS, lines, width, paint=paint)


def lines(found: Mapping[str, Any], width: int, paint: Paint = plain) -> Iterator[str]:
    """What is known of some data, a part below the other."""
    yield from layout.sentences(opening(found), width)
    if found.get("images"):
        least, greatest = ("×".join(map(str, found["images"][key])) for key in ("least_size", "greatest_size"))
        yield f"images of {least} pixels" if least == greatest else f"images from {least} to {greatest} pixels"
    if found.get("arrays"):
        yield from ("", *layout.table(ARRAYS, [_array(array) for array in found["arrays"]], width, paint=paint))
    if found.get("columns"):
        yield from ("", *layout.table(TABLE, [_column(column) for column in found["columns"]], width, paint=paint))
    if found["classes"]:
        yield from ("", *_classes(found["classes"], width, paint))
        if len(found["classes"]) > SHOWN:
            yield f"… and {len(found['classes']) - SHOWN} more"


def opening(found: Mapping[str, Any]) -> str:
    splits = found["splits"]
    counts = (
        f"{splits['train']:,} sample{'' if splits['train'] == 1 else 's'}"
        if splits["test"] is None
        else f"{splits['train']:,} training, {splits['test']:,} test samples"
    )
    return f"{found['name']} ({found['format']}): {counts}"


def _array(array: Mapping[str, Any]) -> layout.Line:
    shape = f"({', '.join(map(str, array['shape']))}{',' if len(array['shape']) == 1 else ''})"
    return (array["name"], shape, array["dtype"], _figure(array["min"]), _figure(array["max"]))


def _column(column: Mapping[str, Any]) -> layout.Line:
    name = f"{column['name']} (target)" if column["target"] else column["name"]
    figures = [_figure(column.get(key)) for key in ("min", "mean", "max")]
    values = ", ".join(f"{value[:24]} {count}" for value, count in column.get("values", ())[:4])
    more = ", …" if column["distinct"] > 4 and values else ""
    return (name, column["kind"], f"{column['missing']:,}", f"{column['distinct']:,}", *figures, values + more)


def _classes(classes: Sequence[Mapping[str, Any]], width: int, paint: Paint) -> Iterator[str]:
    tested = classes[0]["test"] is not None
    columns = [Column("class"), *(Column(head, "figure") for head in (("training", "test") if tested else ("samples",)))]
    lines = [(one["name"], f"{one['train']:,}", *([f"{one['test']:,}"] if tested else [])) for one in classes[:SHOWN]]
    return layout.table(columns, lines, width, paint=paint)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.4g}"

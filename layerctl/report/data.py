"""Data in words and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from rich.console import RenderableType

SHOWN = 30
"""Classes that are listed; JSON has them all."""


def named(sets: list[dict[str, Any]]) -> Table:
    """The datasets that have a name."""
    table = _table("name", "image", "classes", "training", "test", "licence", "what it is", right=("classes", "training", "test"))
    for one in sets:
        size = "×".join(map(str, one["size"])) if one["size"] else ""
        counts = (f"{one[key]:,}" if one[key] is not None else "" for key in ("classes", "train", "test"))
        table.add_row(one["name"], size, *counts, one["licence"], one["description"])
    return table


def parts(found: Mapping[str, Any]) -> Iterator[RenderableType]:
    """What is known of some data, a part below the other."""
    yield escape(opening(found))
    if found.get("images"):
        least, greatest = ("×".join(map(str, found["images"][key])) for key in ("least_size", "greatest_size"))
        yield f"images of {least} pixels" if least == greatest else f"images from {least} to {greatest} pixels"
    if found.get("arrays"):
        table = _table("array", "shape", "dtype", "min", "max", right=("min", "max"))
        for array in found["arrays"]:
            shape = f"({', '.join(map(str, array['shape']))}{',' if len(array['shape']) == 1 else ''})"
            table.add_row(array["name"], shape, array["dtype"], _figure(array["min"]), _figure(array["max"]))
        yield from ("", table)
    if found.get("columns"):
        yield from ("", _columns(found["columns"]))
    if found["classes"]:
        yield from ("", _classes(found["classes"]))
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


def _columns(columns: list[dict[str, Any]]) -> Table:
    table = _table(
        "column",
        "kind",
        "missing",
        "distinct",
        "min",
        "mean",
        "max",
        "values",
        right=("missing", "distinct", "min", "mean", "max"),
    )
    for column in columns:
        name = f"{column['name']} (target)" if column["target"] else column["name"]
        figures = [_figure(column.get(key)) for key in ("min", "mean", "max")]
        values = ", ".join(f"{value[:24]} {count}" for value, count in column.get("values", ())[:4])
        more = ", …" if column["distinct"] > 4 and values else ""
        table.add_row(
            escape(name), column["kind"], f"{column['missing']:,}", f"{column['distinct']:,}", *figures, escape(values + more)
        )
    return table


def _classes(classes: list[dict[str, Any]]) -> Table:
    tested = classes[0]["test"] is not None
    heads = ("training", "test") if tested else ("samples",)
    table = _table("class", *heads, right=heads)
    for one in classes[:SHOWN]:
        table.add_row(escape(one["name"]), f"{one['train']:,}", *([f"{one['test']:,}"] if tested else []))
    return table


def _table(*heads: str, right: tuple[str, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, justify="right" if head in right else "left", overflow="fold")
    return table


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.4g}"

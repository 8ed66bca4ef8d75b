"""Predictions as a table, or as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from layerctl.diagnostics.text import Paint, plain
from layerctl.report import layout
from layerctl.report.layout import Column
from layerctl.report.numbers import number


def to_csv(found: Mapping[str, Any]) -> str:
    """A line for each sample; of several outputs each has its own columns, with its name before them."""
    lines = [dict(_cells(row, several=len(found["outputs"]) > 1)) for row in found["predictions"]]
    names = list(dict.fromkeys(name for line in lines for name in line)) or ["source", "sample"]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def _cells(row: Mapping[str, Any], *, several: bool) -> Iterator[tuple[str, Any]]:
    yield "source", row["source"]
    yield "sample", row["sample"]
    for output, said in row["outputs"].items():
        head = f"{output}_" if several else ""
        for place, top in enumerate(said.get("top", ()), start=1):
            end = "" if place == 1 else f"_{place}"
            yield f"{head}class{end}", top["class"]
            yield f"{head}probability{end}", top["probability"]
        if "value" in said:
            yield f"{head}value", said["value"]
        elif "values" in said:
            flat = all(not isinstance(value, list) for value in said["values"])
            values = enumerate(said["values"]) if flat else [("", json.dumps(said["values"]))]
            yield from ((f"{head}value_{at}" if flat else f"{head}values", value) for at, value in values)


def table(found: Mapping[str, Any], width: int, paint: Paint = plain) -> Iterator[str]:
    """A row for each sample."""
    heads = found["outputs"] if len(found["outputs"]) > 1 else ["prediction"]
    lines = [
        (row["source"], str(row["sample"]), *(said(row["outputs"][name]) for name in found["outputs"]))
        for row in found["predictions"]
    ]
    columns = [Column("source"), Column("sample", "mark"), *(Column(head, "text") for head in heads)]
    return layout.table(columns, lines, width, paint=paint)


def said(output: Mapping[str, Any]) -> str:
    """`spam 0.9812, ham 0.0188`, or a number."""
    if "top" in output:
        return ", ".join(f"{top['class']} {number(top['probability'])}" for top in output["top"])
    if "value" in output:
        return number(output["value"])
    text = json.dumps(output["values"])
    return text if len(text) < 120 else f"{text[:117]}…"

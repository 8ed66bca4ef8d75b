"""Runs in words and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table

BESIDES = ("epoch", "seconds", "samples")


def numbers(metrics: Mapping[str, Any], between: str = "  ") -> str:
    """`loss 0.1234  accuracy 0.9612`: the loss first, as a reader looks for it."""
    names = sorted(
        (name for name in metrics if name not in BESIDES), key=lambda name: (name.startswith("val_"), not name.endswith("loss"))
    )
    return between.join(f"{name} {number(metrics[name])}" for name in names)


def number(value: float | None) -> str:
    """Four digits, whatever the size."""
    if value is None or value != value:
        return "nan"
    return f"{value:.4f}" if 0.001 <= abs(value) < 1000 or value == 0 else f"{value:.3e}"


def opening(record: Mapping[str, Any]) -> str:
    """What a run is about to do, in one line."""
    data = record["data"]
    parts = (("train", "training"), ("validation", "validation"), ("test", "test"))
    counts = ", ".join(f"{data[part]:,} {words}" for part, words in parts if data[part])
    what = f"training {record['model']} ({record['params']:,} parameters) on {data['name']}"
    return f"{what}: {counts} samples → {record['run']}"


def closing(record: Mapping[str, Any]) -> str:
    """How a run ended, in one line."""
    return f"{record['run']}: {record['status']} after {record['epochs']} epoch{'' if record['epochs'] == 1 else 's'}"


def metrics_table(record: Mapping[str, Any]) -> Table:
    """The metrics of a run: a row for each, with training, validation and test side by side."""
    metrics = record["metrics"]
    parts = [
        (head, prefix) for head, prefix in (("training", ""), ("validation", "val_"), ("test", "test_")) if _has(metrics, prefix)
    ]
    names = dict.fromkeys(name.removeprefix("val_").removeprefix("test_") for name in metrics)
    table = Table("metric", *(head for head, _ in parts), box=None, pad_edge=False, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
    for name in sorted(names, key=lambda name: not name.endswith("loss")):
        table.add_row(name, *(number(metrics[prefix + name]) if prefix + name in metrics else "" for _, prefix in parts))
    return table


def _has(metrics: Mapping[str, Any], prefix: str) -> bool:
    return any(name.startswith(prefix) if prefix else not name.startswith(("val_", "test_")) for name in metrics)

"""Metrics as text. A metric that gives several figures has one entry for each: `f1_score[0]`, `f1_score[1]`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from layerctl.base.numbers import number

MOST_SHOWN = 4
"""The largest number of figures of one metric that a line shows one by one."""
MOST_ROWS = 20
"""The largest number of figures of one metric that have a row each."""


def grouped(names: Iterable[str]) -> dict[str, list[str]]:
    """The names of metrics' figures by the names of the metrics."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(name.partition("[")[0], []).append(name)
    return groups


def rows(names: Iterable[str]) -> dict[str, list[str]]:
    """The rows of a table of metrics, the loss first, each with its figures: one, or all of a metric that has many."""
    table: dict[str, list[str]] = {}
    for name, keys in sorted(grouped(names).items(), key=lambda item: not item[0].endswith("loss")):
        table |= {key: [key] for key in keys} if len(keys) <= MOST_ROWS else {f"{name} (mean of {len(keys)})": keys}
    return table


def cell(values: Sequence[float | None]) -> str:
    """The figures of a row as one number."""
    return number(values[0] if len(values) == 1 else mean(values)) if values else ""


def shown(values: Sequence[float | None]) -> str:
    """The figures of one metric in one line: of many only the lowest and the highest."""
    if len(values) == 1:
        return number(values[0])
    if len(values) <= MOST_SHOWN:
        return f"[{', '.join(map(number, values))}]"
    known = [value for value in values if value is not None and value == value]
    return f"[{number(min(known, default=None))} … {number(max(known, default=None))}, {len(values)} figures]"


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of several figures; None if one is missing."""
    known = [value for value in values if value is not None]
    return sum(known) / len(values) if known and len(known) == len(values) else None

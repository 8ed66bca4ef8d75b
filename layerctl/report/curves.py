"""Curves drawn as text, for a terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from layerctl.base.numbers import number

MARKS = "●○"
BOTH = "◉"
HEIGHT = 8
WIDEST_STEP = 4
"""The largest number of columns from one epoch to the next."""


def chart(title: str, curves: Mapping[str, Sequence[float | None]], width: int) -> list[str]:
    """A chart of up to two curves with one value an epoch.

    Args:
        title: of the chart.
        curves: by name; None, NaN and infinity are gaps.
        width: of the chart, in characters.
    """
    values = [value for curve in curves.values() for value in curve if value is not None and math.isfinite(value)]
    if not values:
        return []
    low, high = min(values), max(values)
    labels = [number(high), *[""] * (HEIGHT - 2), number(low)]
    edge = max(map(len, labels))
    epochs = max(map(len, curves.values()))
    points = min(epochs, max(2, width - edge - 3)) if epochs > 1 else 1
    step = max(1, min(WIDEST_STEP, (width - edge - 3) // points))
    columns = (points - 1) * step + 1
    grid = [[" "] * columns for _ in labels]
    for mark, curve in zip(MARKS, curves.values(), strict=False):
        for point, value in enumerate(_sampled(curve, epochs, points)):
            column = point * step
            if value is not None and math.isfinite(value):
                row = _row(value, low, high)
                grid[row][column] = mark if grid[row][column] == " " else BOTH
    legend = "  ".join(f"{mark} {name}" for mark, name in zip(MARKS, curves, strict=False))
    lines = [f"{title}  {legend}"]
    lines += [f"{label:>{edge}} ┤{''.join(row)}".rstrip() for label, row in zip(labels, grid, strict=True)]
    return [*lines, " " * edge + " └" + "─" * columns, " " * (edge + 2) + _axis(epochs, columns)]


def _row(value: float, low: float, high: float) -> int:
    """The line of a value between the lowest and the highest one."""
    if high == low:
        return HEIGHT // 2
    if math.isinf(high - low):
        value, low, high = value / 2, low / 2, high / 2
    return round((high - value) / (high - low) * (HEIGHT - 1))


def _sampled(curve: Sequence[float | None], epochs: int, columns: int) -> list[float | None]:
    """One value for each column: that of its last epoch."""
    at = ((column + 1) * epochs // columns - 1 for column in range(columns))
    return [curve[index] if index < len(curve) else None for index in at]


def _axis(epochs: int, columns: int) -> str:
    """The first and the last epoch below their columns."""
    last = str(epochs)
    return "1" if epochs == 1 else "1" + f"{last:>{columns - 1}}" if columns > len(last) else f"1–{last} epochs"

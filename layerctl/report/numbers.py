"""Numbers as text."""

from __future__ import annotations


def number(value: float | None) -> str:
    """A number with a fixed precision: four decimals, or three in scientific notation if it is very large or small."""
    if value is None or value != value:
        return "nan"
    return f"{value:.4f}" if 0.001 <= abs(value) < 1000 or value == 0 else f"{value:.3e}"

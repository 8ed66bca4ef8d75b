"""Figures as a reader takes them in."""

from __future__ import annotations


def number(value: float | None) -> str:
    """Four digits, whatever the size."""
    if value is None or value != value:
        return "nan"
    return f"{value:.4f}" if 0.001 <= abs(value) < 1000 or value == 0 else f"{value:.3e}"

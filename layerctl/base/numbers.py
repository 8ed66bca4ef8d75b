"""Numbers formatted for readers."""

from __future__ import annotations

UNITS = ("KiB", "MiB", "GiB", "TiB")


def number(value: float | None) -> str:
    """A number with a fixed precision: four decimals, or three in scientific notation if it is very large or small."""
    if value is None or value != value:
        return "nan"
    return f"{value:.4f}" if 0.001 <= abs(value) < 1000 or value == 0 else f"{value:.3e}"


def size(value: int | None) -> str:
    """Bytes in a readable unit."""
    if value is None:
        return "unknown"
    if value < 1024:
        return f"{value} B"
    power = min((value.bit_length() - 1) // 10, len(UNITS))
    tenths = (10 * value + 2 ** (10 * power - 1)) // 2 ** (10 * power)  # in integers: no float holds all sizes
    return f"{tenths // 10:,}.{tenths % 10} {UNITS[power - 1]}"

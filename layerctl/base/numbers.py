"""Numbers formatted for readers."""

from __future__ import annotations

UNITS = ("KiB", "MiB", "GiB", "TiB")


def size(value: int | None) -> str:
    """Bytes in a readable unit."""
    if value is None:
        return "unknown"
    if value < 1024:
        return f"{value} B"
    power = min((value.bit_length() - 1) // 10, len(UNITS))
    tenths = (10 * value + 2 ** (10 * power - 1)) // 2 ** (10 * power)  # in integers: no float holds all sizes
    return f"{tenths // 10:,}.{tenths % 10} {UNITS[power - 1]}"

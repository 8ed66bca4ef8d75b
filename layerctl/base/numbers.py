"""Numbers as readers see them, and sizes as users write them."""

from __future__ import annotations

import re

UNITS = ("KiB", "MiB", "GiB", "TiB")
SUFFIXES = {"k": 1000, "M": 1000**2, "G": 1000**3, "T": 1000**4, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3, "TiB": 1024**4}
AMOUNT = re.compile(rf"(?P<number>[0-9][0-9_]*(?:\.[0-9]+)?)\s*(?P<suffix>{'|'.join(SUFFIXES)})?")
MAX_DIGITS = 400
"""Characters of a number: a longer one takes long to convert."""


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


def amount(text: str) -> int:
    """The count that a text such as `300k`, `1.5M` or `2MiB` says: in specs, configuration and environment alike.

    Raises:
        ValueError: it says none.
    """
    match = AMOUNT.fullmatch(text)
    if match is None or len(text) > MAX_DIGITS:
        raise ValueError
    factor = SUFFIXES.get(match["suffix"] or "", 1)
    whole, _, fraction = match["number"].replace("_", "").partition(".")
    return int(whole) * factor + (int(fraction) * factor // 10 ** len(fraction) if fraction else 0)

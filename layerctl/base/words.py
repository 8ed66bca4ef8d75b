"""Words in sentences."""

from __future__ import annotations

from collections.abc import Iterable


def joined(words: Iterable[str], before_last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *others, last = words
    return f"{', '.join(others)} {before_last} {last}" if others else last

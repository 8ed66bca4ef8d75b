"""Counts and limits in the form of other programs: `<60k`, `[50k, 60k]`, `200KB`, `54,170`."""

from __future__ import annotations

import re
from collections.abc import Callable

from layerctl.language.bind.mending import near_values

COMPARISON = re.compile(r"(<=?|>=?|≤|≥)\s*(.+)")


def limits_meant(value: object, amount: Callable[[object], int]) -> str | None:
    """The limits that are meant, as a spec writes them; None where no one can tell.

    Args:
        value: what is written.
        amount: reads a count in the form of a spec; raises ValueError for any other.
    """
    if isinstance(value, tuple) and len(value) == 2:
        least, most = (_amount_meant(part, amount) for part in value)
        return f"{{min: {least}, max: {most}}}" if least is not None and most is not None else None
    match = COMPARISON.fullmatch(value) if isinstance(value, str) else None
    near = _amount_meant(match[2] if match is not None else value, amount)
    if match is None or near is None:
        return near
    return f"{{{'max' if match[1][0] in '<≤' else 'min'}: {near}}}"


def _amount_meant(value: object, amount: Callable[[object], int]) -> str | None:
    for near in (value, *near_values(value, real=False)) if isinstance(value, str | int) else ():
        try:
            amount(near)
        except ValueError:
            continue
        return str(near)
    return None

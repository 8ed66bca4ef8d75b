"""Columns of dates: recognizing how they are written, and the numbers that their parts are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime

PARTS = ("year", "month", "day", "weekday")
"""The parts of a date that it becomes by default."""
ISO = "iso"
FORMATS = (ISO, "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d %B %Y", "%B %d, %Y")
"""How dates are written; each may be followed by a time."""
TIMES = (" %H:%M:%S", " %H:%M")
EPOCH = date(1970, 1, 1)

_VALUES: dict[str, Callable[[datetime], float]] = {
    "year": lambda at: at.year,
    "month": lambda at: at.month,
    "day": lambda at: at.day,
    "weekday": lambda at: at.weekday(),
    "hour": lambda at: at.hour,
    "minute": lambda at: at.minute,
    "days": lambda at: (at.date() - EPOCH).days + (at.hour + at.minute / 60 + at.second / 3600) / 24,
}


def formats(cells: Iterable[str]) -> list[str]:
    """The formats that all cells are written in; none if there are no cells."""
    left: Sequence[str] = FORMATS
    some = False
    for cell in cells:
        some, left = True, [format for format in left if parsed(cell, format) is not None]
        if not left:
            break
    return list(left) if some else []


def parsed(cell: str, format: str) -> datetime | None:
    """A date in a format; None if it is not written in it. Times of day keep the hour that is written."""
    if format == ISO:
        try:
            return datetime.fromisoformat(cell).replace(tzinfo=UTC)
        except ValueError:
            return None
    for time in ("", *TIMES):
        try:
            return datetime.strptime(cell, format + time).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def example(format: str) -> str:
    """A date in a format, for messages."""
    at = date(2024, 1, 31)
    return at.isoformat() if format == ISO else at.strftime(format)


def values(cells: Sequence[str], parts: Sequence[str], format: str) -> list[list[float]]:
    """The parts of dates, a row for each; all cells are in the format."""
    return [[_VALUES[part](at) for part in parts] for cell in cells if (at := parsed(cell, format)) is not None]

"""Means with their uncertainty."""

from __future__ import annotations

from typing import NamedTuple


class Interval(NamedTuple):
    """A mean and its confidence interval.

    Attributes:
        mean: NaN if a value is not a number.
        low: the lower end; None if there is only one value, or if a value is not a number.
        high: the upper end; None likewise.
    """

    mean: float
    low: float | None
    high: float | None


class Spread(NamedTuple):
    """One value for each seed (NaN if it is not a number), with their mean and its interval as in `Interval`."""

    mean: float
    low: float | None
    high: float | None
    values: tuple[float, ...]

    @property
    def interval(self) -> Interval:
        return Interval(self.mean, self.low, self.high)

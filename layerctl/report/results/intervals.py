"""Means with their uncertainty."""

from __future__ import annotations

from typing import NamedTuple


class Interval(NamedTuple):
    """A mean and its confidence interval.

    Attributes:
        mean: NaN where a value is no number.
        low: the lower end; None where there are too few values for one, or one of them is no number.
        high: the upper end; None likewise.
    """

    mean: float
    low: float | None
    high: float | None


class Spread(NamedTuple):
    """Values, one a seed, with their mean and its confidence interval.

    Attributes:
        mean: as of an `Interval`.
        low: as of an `Interval`.
        high: as of an `Interval`.
        values: in the order of the seeds; NaN where one is no number.
    """

    mean: float
    low: float | None
    high: float | None
    values: tuple[float, ...]

    @property
    def interval(self) -> Interval:
        return Interval(self.mean, self.low, self.high)

"""How long training takes to a target, where not every trial arrives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Arrival(NamedTuple):
    """When a trial reached its target.

    Attributes:
        time: until it arrived, or until its training ended.
        arrived: whether it did.
        over: whether its training had ended by itself, by early stopping: it would not have arrived later.
    """

    time: float
    arrived: bool
    over: bool = False


def horizon(arrivals: Sequence[Arrival]) -> float:
    """Up to when it is known of every trial whether it had arrived: the end of the shortest training that was cut off on its way.

    Where none was, the longest time of all.
    """
    cut = [one.time for one in arrivals if not one.arrived and not one.over]
    return min(cut) if cut else max(one.time for one in arrivals)


def restricted(arrivals: Sequence[Arrival], horizon: float) -> list[float]:
    """The time of each trial up to the horizon, whose mean is the restricted mean time (Royston and Parmar 2013).

    A trial that does not arrive counts with the whole time, so that no variant gains by trials that never arrive.
    """
    return [min(one.time, horizon) if one.arrived else horizon for one in arrivals]

"""What a look at a comparison may spend of its 5 %: whoever looks often finds something by chance.

Lan and DeMets (1983) divide the level of a test among its looks by a function of how much of the plan is done, whose form for
O'Brien and Fleming's (1979) boundaries spends little early. The level of each look follows from those before it by the recursion
of Armitage, McPherson and Rowe (1969). Of several pairs Holm's steps are taken with these levels, as Maurer and Bretz (2013) do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple, TypeVar

import numpy as np

from layerctl.runtime.study.statistics import Array

LEVEL = 0.05
"""A difference with a smaller corrected p-value is significant."""
FIRST = 0.8
"""What the first look without a plan spends of the level."""
FURTHER = 0.5
"""What a further look without a plan spends of what is left."""
NOTHING = 1e-9
"""A smaller share of the level is an error of rounding."""
SEVERAL = 4
"""So many times as many trials a further look without a plan is thought to have."""
Name = TypeVar("Name")
POINTS, WIDEST = 601, 9.0
"""The grid of the recursion: its points, and its half width in standard deviations."""


class Look(NamedTuple):
    """A look at a comparison.

    Attributes:
        trials: with how many trials of each variant.
        plan: at how many the plan ends; None without a plan.
    """

    trials: int
    plan: int | None = None


def spent(share: float, level: float) -> float:
    """What is spent when this share of the plan is done: Lan and DeMets's function after O'Brien and Fleming, for two sides."""
    from scipy import stats

    return float(4 * stats.norm.sf(stats.norm.isf(level / 4) / math.sqrt(min(share, 1.0))))


def increments(looks: Sequence[Look], level: float) -> list[float]:
    """What each look spends; together never more than the level."""
    shares: list[float] = []
    for look in looks:
        left = level - sum(shares)
        if look.plan is not None:
            share = spent(look.trials / look.plan, level) - sum(shares)
        else:
            share = FURTHER * left if shares else FIRST * level
        shares.append(share if share > NOTHING * level else 0.0)
    return shares


def last_level(looks: Sequence[Look], level: float) -> float:
    """Below which p-value the last look decides, so that all looks together are wrong with the probability `level` at most.

    A look with no more trials than one before it has only what it spends itself, which is less than it could have.
    """
    shares = increments(looks, level)
    growing: list[tuple[int, float]] = []
    for look, share in zip(looks, shares, strict=True):
        if not growing or look.trials > growing[-1][0]:
            growing.append((look.trials, share))
        elif look is looks[-1]:
            return share
    return _level(tuple(growing))


def next_level(looks: Sequence[Look], level: float) -> float:
    """The level of the look after these: at the end of the plan, or else with several times as many trials."""
    last = looks[-1]
    further = Look(SEVERAL * max(look.trials for look in looks)) if last.plan is None else Look(last.plan, last.plan)
    return last_level([*looks, further], level)


@cache
def _level(looks: tuple[tuple[int, float], ...]) -> float:
    """The level of the last of looks with growing numbers of trials, each with what it spends; most pairs have the same looks."""
    from scipy import optimize, stats

    at, chance, before, limit = np.zeros(1), np.ones(1), 0, 0.0
    for trials, share in looks:
        step, most = math.sqrt(trials - before), WIDEST * math.sqrt(trials)

        def beyond(end: float, at: Array = at, chance: Array = chance, step: float = step, share: float = share) -> float:
            return float(2 * np.sum(chance * stats.norm.sf((end - at) / step)) - share)

        limit = float(optimize.brentq(beyond, 0, most)) if beyond(most) < 0 else most
        grid = np.linspace(-limit, limit, POINTS)
        width = np.full(POINTS, grid[1] - grid[0])
        width[[0, -1]] /= 2
        chance = width * (stats.norm.pdf((grid[:, None] - at[None, :]) / step) @ chance) / step
        at, before = grid, trials
    return float(2 * stats.norm.sf(limit / math.sqrt(before))) if looks[-1][1] > 0 else 0.0


def corrected(p_values: Mapping[Name, float | None], level_of: Callable[[Name, float], float]) -> dict[Name, float | None]:
    """The p-value of each pair, corrected for its looks and for the number of pairs: it decides below 5 %.

    Holm's steps (1979): the pair that is clearest is held against the level of one among all, the next of one among the others.

    Args:
        p_values: of each pair.
        level_of: the level of a pair's last look, of this level for all its looks.
    """
    left = {name: p for name, p in p_values.items() if p is not None}
    found: dict[Name, float | None] = dict.fromkeys(p_values)
    highest = 0.0
    while left:
        levels = {name: level_of(name, LEVEL / len(left)) for name in left}
        scaled = {name: p * LEVEL / levels[name] if levels[name] else 1.0 for name, p in left.items()}
        name = min(scaled, key=lambda name: scaled[name])
        found[name] = highest = max(highest, min(1.0, scaled[name]))
        del left[name]
    return found

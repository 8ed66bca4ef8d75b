"""Who is fastest, found on a machine that is not quiet: all run in turn, round by round, and each counts by its best."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

BEHIND = 0.8
"""A contestant below this share of the best of its field after some rounds will not win, and runs no more."""
JUDGED = 2
"""Rounds after which that is judged."""


def race(contestants: Mapping[str, Callable[[], float]], rounds: int, kept: Collection[str] = ()) -> dict[str, float]:
    """The best speed of each contestant.

    Args:
        contestants: by name, what runs once and says how fast that was; the first run, which holds the tracing, is not counted.
        rounds: in each of which all run once.
        kept: those that run to the end; the others are the field, of which only the fastest matters.
    """
    for run in contestants.values():
        run()
    best = dict.fromkeys(contestants, 0.0)
    running = dict(contestants)
    for number in range(1, rounds + 1):
        for name, run in running.items():
            best[name] = max(best[name], run())
        if number == JUDGED:
            least = BEHIND * max((speed for name, speed in best.items() if name not in kept), default=0.0)
            running = {name: run for name, run in running.items() if name in kept or best[name] >= least}
    return best

"""Measures speeds on a busy machine: all contestants run in turn, round by round, and the best speed of each counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

BEHIND = 0.8
"""After some rounds, contestants below this share of the best speed no longer run."""
JUDGED = 2
"""The number of those rounds."""


def race(contestants: Mapping[str, Callable[[], float]], rounds: int, kept: Collection[str] = ()) -> dict[str, float]:
    """The best speed of each contestant.

    Args:
        contestants: by name, functions that run once and return their speed; the first run, with the tracing, is not counted.
        rounds: the number of rounds; in each, all run once.
        kept: the contestants that run in all rounds; of the others only the fastest matters.
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

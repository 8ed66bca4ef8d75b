"""The limit on the computation that a spec's expressions may take."""

from __future__ import annotations


class Meter:
    """Counts the steps that all expressions of one spec take together; a list item or ten characters cost one step."""

    MOST = 3_000_000

    def __init__(self) -> None:
        self.steps = 0

    def spend(self, steps: int) -> bool:
        """Adds steps; whether the total is still within the limit."""
        self.steps += steps
        return self.steps <= self.MOST

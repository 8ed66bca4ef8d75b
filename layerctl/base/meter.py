"""How much computation a spec may ask for."""

from __future__ import annotations


class Meter:
    """What all expressions of one spec take together, in steps of computation; an item of a list or ten characters are one."""

    MOST = 3_000_000

    def __init__(self) -> None:
        self.steps = 0

    def spend(self, steps: int) -> bool:
        """Whether that is still within the limit."""
        self.steps += steps
        return self.steps <= self.MOST

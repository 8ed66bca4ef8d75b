"""The known name that a misspelled one may mean. Loaded only where a spec has a mistake."""

from collections.abc import Iterable
from itertools import takewhile

LONGEST = 100
"""Longer names are not compared with misspelled ones."""
LIKE = 0.6
"""The least share of letters that are alike in a name and one that may be meant."""


class Effort:
    """Limits how many names are compared with misspelled ones, and fixes tried, so that thousands of mistakes do not take long.

    Attributes:
        left: how many names may still be compared, or layers inferred anew.
    """

    MOST = 200_000
    LENGTH, STEPS = 16, 32
    """Letters of a name, and steps of a full comparison, that take as long as a short name."""

    def __init__(self) -> None:
        self.left = self.MOST

    def spend(self, steps: int) -> bool:
        """Whether so many further steps may be taken to find out how a mistake can be mended; they then count."""
        enough = steps <= self.left
        self.left -= steps if enough else 0
        return enough

    def take(self, known: Iterable[str]) -> list[str]:
        """As many of the names as may still be compared; those that are too long are left out."""
        taken: list[str] = []
        if not self.left:
            return taken
        for name in known:
            if not self.spend(1 + min(len(name), LONGEST) // self.LENGTH):
                self.left = 0
                break
            if len(name) <= LONGEST:
                taken.append(name)
        return taken

    def did_you_mean(self, name: str, known: Iterable[str]) -> str | None:
        """As the function `did_you_mean`; None once the effort is used up."""
        return self.nearest(name, self.take(known)) if len(name) <= LONGEST else None

    def nearest(self, name: str, known: Iterable[str]) -> str | None:
        """As `did_you_mean`, of names that were taken.

        The nearness is that of `difflib`, which takes long. It lies between the share of letters at the beginnings and the ends
        that are the same, and that of letters that both names hold: mostly these two say enough.
        """
        name = name.lower()
        letters = {letter: name.count(letter) for letter in set(name)}
        best: tuple[float, int, str] = (LIKE, -1, "")
        found: str | None = None
        for candidate in known:
            lowered = candidate.lower()
            length = len(name) + len(lowered)
            if 2 * min(len(name), len(lowered)) < best[0] * length:
                continue
            held = sum(min(count, lowered.count(letter)) for letter, count in letters.items())
            if 2 * held < best[0] * length or not held:
                continue
            first = _alike(name, lowered)
            last = min(_alike(reversed(name), reversed(lowered)), min(len(name), len(lowered)) - first)
            ratio = 2 * held / length if first + last == held else self._ratio(lowered, name)
            if ratio >= LIKE and (ratio, first, lowered) >= best:
                best, found = (ratio, first, lowered), candidate
        return found

    def _ratio(self, one: str, other: str) -> float:
        """The share of letters in blocks that are alike; 0 where the effort is used up."""
        if not self.spend(len(one) * len(other) // self.STEPS):
            return 0.0
        from difflib import SequenceMatcher

        return SequenceMatcher(None, one, other).ratio()


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """The known name nearest to a misspelled one, or None; of equally near names the one with the longest common beginning.

    Of very many names only the first are compared.
    """
    return Effort().did_you_mean(name, known)


def _alike(one: Iterable[str], other: Iterable[str]) -> int:
    """How many letters are the same from the first on."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))

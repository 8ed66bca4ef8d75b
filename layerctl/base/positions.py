"""Finite sets of positions along an axis, held as runs: a field of a million positions costs no more than one of three."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import gcd
from typing import NamedTuple

MOST = 1024
"""The most runs of a set; of one that would have more, only the first and the last position are known."""


class Positions(NamedTuple):
    """A set of positions.

    Attributes:
        runs: the first and the last position of each run, in order; the gap between two runs is larger than `step`.
        step: the distance of two positions within a run; 0 if every run is a single position.
        exact: whether the set is known; otherwise only its first and its last position are.
    """

    runs: tuple[tuple[int, int], ...]
    step: int = 1
    exact: bool = True

    @property
    def first(self) -> int:
        return self.runs[0][0]

    @property
    def last(self) -> int:
        return self.runs[-1][1]

    @property
    def extent(self) -> int:
        """The number of positions from the first to the last, those between them included."""
        return self.last - self.first + 1 if self.runs else 0

    @property
    def size(self) -> int | None:
        """The number of positions; None if it is not known."""
        return sum(_length(run, self.step) for run in self.runs) if self.exact else None

    def shifted(self, by: int) -> Positions:
        return self._replace(runs=tuple((first + by, last + by) for first, last in self.runs)) if by else self

    def rough(self) -> Positions:
        """The set, known by its first and last position only."""
        return Positions(((self.first, self.last),), 1, exact=False) if self.runs else self

    def spread(self, count: int, step: int) -> Positions:
        """Together: the set, and the set moved by once, twice, … `count - 1` times `step`."""
        if count == 1 or step == 0 or not self.runs:
            return self
        far = (count - 1) * step
        rough = Positions(((self.first, self.last + far),), 1, exact=False)
        if not self.exact:
            return rough
        pieces: list[Positions] = []
        for first, last in self.runs:
            own = self.step if last > first else 0
            length = _length((first, last), own)
            if own and step % own == 0 and last - first + own >= step:  # the copies touch
                pieces.append(Positions(((first, last + far),), own))
            elif own % step == 0 and far + step >= own:  # the copies fill the gaps
                pieces.append(Positions(((first, last + far),), step))
            elif length + len(pieces) <= count:
                pieces += (Positions(((at, at + far),), step) for at in range(first, last + 1, own or 1))
            elif count + len(pieces) <= MOST:
                pieces += (Positions(((first + turn * step, last + turn * step),), own) for turn in range(count))
            else:
                return rough
            if len(pieces) > MOST:
                return rough
        return union(pieces)

    def clipped(self, size: int) -> Positions:
        """Those from 0 to `size - 1`; of a set that is not exact, only what its ends tell."""
        step, runs = self.step or 1, []
        for first, last in self.runs:
            first += -(first // step) * step if first < 0 else 0
            last -= -((size - 1 - last) // step) * step if last > size - 1 else 0
            if first <= last:
                runs.append((first, last))
        return self._replace(runs=tuple(runs))


def span(first: int, last: int) -> Positions:
    """All positions from the first to the last."""
    return Positions(((first, last),), 1 if last > first else 0)


def union(sets: Iterable[Positions]) -> Positions:
    """The positions of all sets together."""
    parts = [part for part in dict.fromkeys(sets) if part.runs]
    if len(parts) < 2:
        return parts[0] if parts else Positions((), 0)
    if not all(part.exact for part in parts):
        return Positions(((min(part.first for part in parts), max(part.last for part in parts)),), 1, exact=False)
    origin = parts[0].first
    step = gcd(*(number for part in parts for number in _distances(part, origin)))
    runs: list[tuple[int, int]] = []
    if sum(_refined_runs(part, step) for part in parts) > MOST:
        return union(part.rough() for part in parts)
    for first, last in sorted(run for part in parts for run in _refined(part, step)):
        if runs and first <= runs[-1][1] + step:
            runs[-1] = (runs[-1][0], max(runs[-1][1], last))
        else:
            runs.append((first, last))
    return Positions(tuple(runs), step)


def _length(run: tuple[int, int], step: int) -> int:
    return (run[1] - run[0]) // step + 1 if step else 1


def _distances(part: Positions, origin: int) -> Iterator[int]:
    yield part.step
    for first, _ in part.runs:
        yield first - origin


def _refined_runs(part: Positions, step: int) -> int:
    return len(part.runs) if part.step in (0, step) else sum(_length(run, part.step) for run in part.runs)


def _refined(part: Positions, step: int) -> Iterator[tuple[int, int]]:
    """The runs of a set with a finer step."""
    if part.step in (0, step):
        yield from part.runs
    else:
        for first, last in part.runs:
            yield from ((at, at) for at in range(first, last + 1, part.step))

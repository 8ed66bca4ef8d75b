"""Which positions of an input a tensor depends on, axis by axis, and how a layer changes that.

What one position of a tensor depends on is a set of positions that moves along with it; behind a layer that enlarges, the sets of
`len(sets)` neighbouring positions differ before the pattern repeats. Sets are exact, or not given at all. They are those of an
axis without ends: near an end a part of them lies on padding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Literal, NamedTuple

from layerctl.base.positions import Positions, span, union
from layerctl.base.shapes import Dim, Shape
from layerctl.catalog.layers._receptive_field import MOST_PHASES, Read, Taps

Whole = Positions | Literal["all"] | None
"""The positions of an axis that a tensor depends on altogether; `all` of them; None if they are not known."""


class Moving(NamedTuple):
    """Sets of positions of an input's axis that move along an axis of a tensor.

    Attributes:
        jump: how much further on they lie, `len(sets)` positions further on.
        sets: what the positions from 0 on depend on.
        doubts: by how much all of them may lie further on, each with the layer that this is due to.
    """

    jump: int
    sets: tuple[Positions, ...]
    doubts: frozenset[tuple[str, int]] = frozenset()

    @property
    def stride(self) -> Fraction:
        return Fraction(self.jump, len(self.sets))

    def at(self, position: int) -> Positions:
        turn, phase = divmod(position, len(self.sets))
        return self.sets[phase].shifted(turn * self.jump)

    def over(self, taps: Iterable[Taps]) -> Positions:
        """What several positions depend on together."""
        period, parts = len(self.sets), []
        for first, many, step in taps:
            apart = period // gcd(period, step)  # so many taps further on, the same set has moved
            for number in range(min(many, apart)):
                times = (many - number - 1) // apart + 1
                parts.append(self.at(first + number * step).spread(times, apart * step // period * self.jump))
        return union(parts)

    def through(self, read: Read, layer: str) -> Moving | None:
        """Behind a layer that reads positions so; None if the pattern is too long, or it is not known which set is read."""
        period = len(self.sets)
        turns = period // gcd(period, read.jump)
        work = turns * sum(min(tap.number, period) for taps in read.taps for tap in taps)
        if turns * len(read.taps) > MOST_PHASES or work > MOST_PHASES**2 // 16 or (read.doubt and period > 1):
            return None
        sets = tuple(
            self.over(tap._replace(first=tap.first + turn * read.jump) for tap in taps)
            for turn in range(turns)
            for taps in read.taps
        )
        doubts = self.doubts | {(layer, read.doubt * self.jump)} if read.doubt else self.doubts
        return Moving(turns * read.jump * self.jump // period, sets, doubts)

    def joined(self, other: Moving) -> Moving | None:
        """What both depend on together; None if they do not move alike, or it is not known how they lie to each other."""
        period = lcm(len(self.sets), len(other.sets))
        if self.stride != other.stride or period > MOST_PHASES:
            return None
        pairs = [(self.at(position), other.at(position)) for position in range(period)]
        jump = int(self.stride * period)
        if self.doubts == other.doubts:
            return Moving(jump, tuple(map(union, pairs)), self.doubts)
        for inner, outer, moving in ((1, 0, self), (0, 1, other)):
            apart = [sum(by for _, by in doubts) for doubts in (self.doubts - other.doubts, other.doubts - self.doubts)]
            if all(_holds(pair[outer], pair[inner], apart[outer], apart[inner]) for pair in pairs):
                return Moving(jump, tuple(pair[outer].rough() for pair in pairs), moving.doubts)
        return None


def _holds(outer: Positions, inner: Positions, outer_by: int, inner_by: int) -> bool:
    """Whether a set reaches as far as another at both ends, even if either is moved on by up to so many positions."""
    if not inner.runs:
        return True
    return bool(outer.runs) and outer.first + outer_by <= inner.first and outer.last >= inner.last + inner_by


class Seen(NamedTuple):
    """What a tensor depends on along one axis of an input.

    Attributes:
        size: the length of the input's axis.
        axis: the tensor's axis along which the positions move; None if all its positions depend on `whole`.
        moving: how they move; None without an axis.
        whole: what the tensor depends on altogether.
        loose: axes of the tensor whose positions do not each depend on all that is given, but do so together, as the channels do
            where branches of several kernel sizes are joined.
    """

    size: Dim
    axis: int | None
    moving: Moving | None
    whole: Whole
    loose: frozenset[int] = frozenset()

    def through(self, reads: Sequence[Read], shape: Shape, output: Shape, layer: str) -> Seen:
        """Behind a layer; the arguments are those of `State.through`."""
        loose = [_spread(axis, reads[axis - 1]) for axis in self.loose]
        if self.axis is None or self.moving is None:
            return self._replace(loose=frozenset().union(*loose))
        read = reads[self.axis - 1]
        whole = self.whole_through(read, shape, output)
        moving = None if read.axis is None else self.moving.through(read, f"{layer}/{self.axis}")
        if moving is None:
            loose.append(_spread(self.axis, read))
        return Seen(self.size, None if moving is None else read.axis, moving, whole, frozenset().union(*loose))

    def joined(self, other: Seen) -> Seen:
        """What two tensors that are merged depend on together."""
        if self == other:
            return self
        whole = _both(self.whole, other.whole, self.size)
        enough = [part for part in (self, other) if part.axis is None and part.whole == whole]
        if enough:
            return min(enough, key=lambda part: len(part.loose))
        loose = self.loose | other.loose
        moving = self.moving.joined(other.moving) if self.moving and other.moving and self.axis == other.axis else None
        if moving is None:
            loose |= {part.axis for part in (self, other) if part.axis is not None}
        return Seen(self.size, None if moving is None else self.axis, moving, whole, loose)

    def whole_through(self, read: Read, shape: Shape, output: Shape) -> Whole:
        """What the output of a layer depends on altogether, if all of the input that it reads counts."""
        if read.axis is None or self.axis is None or self.moving is None:
            return self.whole
        length, made = shape[self.axis], output[read.axis]
        if length is None or made is None:
            return self.whole if _covers(read) else None
        used = union(_used(read, made)).clipped(length)
        if used.size == length:
            return self.whole
        if self.size is None or not used.exact or self.moving.doubts or self.whole is None:
            return None
        taps = (Taps(first, (last - first) // (used.step or 1) + 1, used.step or 1) for first, last in used.runs)
        return _part(self.moving.over(taps).clipped(self.size), self.whole)


def _spread(axis: int, read: Read) -> frozenset[int]:
    """The axes of an output that share what a layer reads along an axis."""
    return frozenset(read.among if read.axis is None else (read.axis,))


def _used(read: Read, made: int) -> Iterable[Positions]:
    """The positions that are read for so many positions of the output, those beyond the ends included."""
    period = len(read.taps)
    for phase, taps in enumerate(read.taps[:made]):
        times = (made - phase - 1) // period + 1
        yield from (span(tap.first, tap.first).spread(tap.number, tap.step).spread(times, read.jump) for tap in taps)


def _covers(read: Read) -> bool:
    """Whether every position of an axis without ends is read."""
    taps = [tap for taps in read.taps for tap in taps]
    rests = {(tap.first + number * tap.step) % read.jump for tap in taps for number in range(min(tap.number, read.jump))}
    return len(rests) == read.jump


def _part(found: Positions, whole: Positions | Literal["all"]) -> Whole:
    """The positions that belong to both sets, if the first lies within the second."""
    if not found.exact:
        return None
    return found if whole == "all" or union((found, whole)) == whole else None


def _both(one: Whole, other: Whole, size: Dim) -> Whole:
    if "all" in (one, other):
        return "all"
    if not isinstance(one, Positions) or not isinstance(other, Positions):
        return None
    joined = union((one, other))
    return "all" if joined.size == size else joined if joined.exact else None


class State(NamedTuple):
    """What a tensor depends on, of one input.

    Attributes:
        seen: an entry for each axis of the input but the batch.
        channels: the axis of the input that holds the channels, by the first layer that says so; 0 if none does; None as long as
            no layer says so.
    """

    seen: tuple[Seen, ...]
    channels: int | None = None

    @classmethod
    def of_input(cls, shape: Shape) -> State:
        """An input depends on itself."""
        itself = Moving(1, (span(0, 0),))
        return cls(tuple(Seen(size, axis, itself, "all") for axis, size in enumerate(shape[1:], 1)))

    def is_fixed(self) -> bool:
        """Whether each value depends on the same."""
        return all(seen.axis is None and not seen.loose for seen in self.seen)

    def through(self, reads: Sequence[Read], shape: Shape, output: Shape, layer: str, channels: int | None) -> State:
        """Behind a layer.

        Args:
            reads: what it reads, along each axis of its input but the batch.
            shape: of the tensor that it is called on.
            output: of its output.
            layer: its name.
            channels: the axis of that tensor which it takes for the channels.
        """
        every = tuple(seen.through(reads, shape, output, layer) for seen in self.seen)
        known = self.channels
        if known is None and channels is not None:
            none = 0 if all(seen.axis is not None for seen in self.seen) else None
            known = next((number for number, seen in enumerate(self.seen, 1) if seen.axis == channels), none)
        return State(every, known)

    def joined(self, other: State) -> State:
        """What two tensors that are merged depend on together."""
        every = (one.joined(two) for one, two in zip(self.seen, other.seen, strict=True))
        return State(tuple(every), other.channels if self.channels is None else self.channels)

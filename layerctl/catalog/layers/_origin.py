"""The inputs and weights that one output value is computed from, as positions; for `trace --follow`."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from layerctl.base.shapes import Shape
from layerctl.catalog.layers._receptive_field import Read, Taps

Place = tuple[int, ...]
"""The index of a value in a sample, or in a weight."""


class Term(NamedTuple):
    """A term of a sum: a value of the input times entries of weights.

    Attributes:
        at: the place of the value.
        weights: the factors: the name of each weight and the place of the entry in it.
    """

    at: Place
    weights: Mapping[str, Place]


class Sum(NamedTuple):
    """Values of the input times weights, plus a bias; then the layer's activation.

    Attributes:
        terms: the products.
        unit: the index of the bias.
        padding: the number of further products that are 0 because the value is padding.
    """

    terms: tuple[Term, ...]
    unit: int
    padding: int = 0


class Pool(NamedTuple):
    """The average or the maximum of some values of the input.

    Attributes:
        how: which of the two.
        places: the places of the values.
        padding: the number of places of the window on padding, which do not count.
    """

    how: Literal["average", "maximum"]
    places: tuple[Place, ...]
    padding: int = 0


class Scaling(NamedTuple):
    """The input's value at the same place, normalized and scaled; `unit` is the index in each weight."""

    unit: int


class Entry(NamedTuple):
    """An entry of a table: its column, and the place in the input that holds the row number."""

    at: Place
    column: int


Origin = Sum | Pool | Scaling | Entry


class AboutOrigin:
    """What one output value is computed from. By default there is no rule, and `trace --follow` stops at the layer."""

    def origin(self, shape: Shape, at: Place) -> Origin | None:
        """What one output value is computed from in inference; None if there is no rule.

        Args:
            shape: the input's shape; all sizes but the batch are known.
            at: the output value's place, without the batch.
        """
        return None


class Window(NamedTuple):
    """A window that moves along one axis, placed as TensorFlow places it.

    Attributes:
        dim: the length of the axis.
        positions: the number of positions of the window.
        taps: the number of values under the window.
        stride: the step from one position to the next.
        dilation: the step from one tap to the next.
        padding: `valid`, `same` or `causal`.
    """

    dim: int
    positions: int
    taps: int
    stride: int
    dilation: int
    padding: str

    @property
    def before(self) -> int:
        """The number of zeros before the axis; with `same`, half of all zeros, rounded down."""
        span = self.dilation * (self.taps - 1) + 1
        if self.padding == "causal":
            return span - 1
        return max(0, (self.positions - 1) * self.stride + span - self.dim) // 2 if self.padding == "same" else 0

    def read(self, axis: int, *, known: bool) -> Read:
        """What the window reads along an axis; if the length of that is not `known`, it may lie further on by some positions."""
        if known or self.padding != "same":
            return Read(axis, self.stride, ((Taps(-self.before, self.taps, self.dilation),),))
        span = self.dilation * (self.taps - 1) + 1
        least, most = max(0, span - self.stride) // 2, (span - 1) // 2
        return Read(axis, self.stride, ((Taps(-most, self.taps, self.dilation),),), most - least)

    def read_transposed(self, axis: int) -> Read:
        """What is read along an axis if the window moves over the output: the inputs whose window covers a position."""
        phases = []
        for phase in range(self.stride):
            first = (phase + self.before) % self.stride
            count = max(0, -(-(self.taps - first) // self.stride))
            last = (phase + self.before - first) // self.stride
            phases.append((Taps(last - (count - 1) * self.dilation, count, self.dilation),) if count else ())
        return Read(axis, 1, tuple(phases))

    @property
    def after(self) -> int:
        """The number of zeros behind the axis that a window reaches."""
        span = self.dilation * (self.taps - 1) + 1
        return max(0, (self.positions - 1) * self.stride + span - self.dim - self.before)

    def taps_at(self, position: int) -> Iterator[tuple[int, int]]:
        """The taps of the window at a position that lie on the input: (tap, place)."""
        for tap in range(self.taps):
            place = position * self.stride + tap * self.dilation - self.before
            if 0 <= place < self.dim:
                yield tap, place

    def covering(self, place: int) -> Iterator[tuple[int, int]]:
        """The windows that cover a place: (tap, position); the inverse of `taps_at`."""
        for tap in range(self.taps):
            position, rest = divmod(place + self.before - tap * self.dilation, self.stride)
            if rest == 0 and 0 <= position < self.positions:
                yield tap, position

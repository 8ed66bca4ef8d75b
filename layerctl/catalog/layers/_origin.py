"""The inputs and weights that one output value is computed from, as positions; for `trace --follow`."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from layerctl.base.shapes import Shape

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

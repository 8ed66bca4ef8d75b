"""Where one output value comes from, for `trace --follow`: places of the input and entries of the weights, without figures."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from layerctl.base.shapes import Shape

Place = tuple[int, ...]
"""Where a value is in a sample, or in a weight."""


class Term(NamedTuple):
    """A value of the input within a sum.

    Attributes:
        at: its place.
        weights: what it is multiplied by: of each weight that is named, the entry at that place.
    """

    at: Place
    weights: Mapping[str, Place]


class Sum(NamedTuple):
    """Values of the input times weights, plus a bias; then the layer's activation.

    Attributes:
        terms: the products.
        unit: the entry of the bias.
        padding: how many further products are 0, because they are with padding.
    """

    terms: tuple[Term, ...]
    unit: int
    padding: int = 0


class Pool(NamedTuple):
    """The average or the largest of some values of the input.

    Attributes:
        how: which of the two.
        places: of the values.
        padding: how many places of the window lie on padding, and do not count.
    """

    how: Literal["average", "maximum"]
    places: tuple[Place, ...]
    padding: int = 0


class Scaling(NamedTuple):
    """The input's value at the same place, normalized and scaled; `unit` is the entry of each weight."""

    unit: int


class Entry(NamedTuple):
    """An entry of a table: its column, and where the input says which row."""

    at: Place
    column: int


Origin = Sum | Pool | Scaling | Entry


class AboutOrigin:
    """What one output value is computed from. Of a layer that says nothing there is no rule, and it is not followed."""

    def origin(self, shape: Shape, at: Place) -> Origin | None:
        """What one output value is computed from when the model is used; None where there is no rule.

        Args:
            shape: of the input, all sizes known but that of the batch.
            at: the value's place, without the batch.
        """
        return None


class Window(NamedTuple):
    """A window that moves along one axis, as TensorFlow lays it.

    Attributes:
        dim: positions of what the window moves over.
        positions: of the window.
        taps: values that the window looks at.
        stride: from one position of the window to the next.
        dilation: from one tap to the next.
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
        """Zeros before the first position: with `same`, half of those that are needed, the smaller half where they are odd."""
        span = self.dilation * (self.taps - 1) + 1
        if self.padding == "causal":
            return span - 1
        return max(0, (self.positions - 1) * self.stride + span - self.dim) // 2 if self.padding == "same" else 0

    def taps_at(self, position: int) -> Iterator[tuple[int, int]]:
        """The taps of a window that lie on the input: the tap, and the place on the input."""
        for tap in range(self.taps):
            place = position * self.stride + tap * self.dilation - self.before
            if 0 <= place < self.dim:
                yield tap, place

    def covering(self, place: int) -> Iterator[tuple[int, int]]:
        """The other way round: the windows that cover a place: with which tap, and at which position."""
        for tap in range(self.taps):
            position, rest = divmod(place + self.before - tap * self.dilation, self.stride)
            if rest == 0 and 0 <= position < self.positions:
                yield tap, position

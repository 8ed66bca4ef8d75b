"""Where the windows of convolutions and poolings lie on their input, as TensorFlow lays them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from layerctl.layers._spatial import Spatial


class Axis(NamedTuple):
    """A window's way along one axis.

    Attributes:
        dim: positions of the input.
        positions: of the output.
        taps: values that the window looks at.
        stride: from one position of the window to the next.
        dilation: from one tap to the next.
        before: zeros put before the input; taps that fall on them or behind the end count as 0.
    """

    dim: int
    positions: int
    taps: int
    stride: int
    dilation: int
    before: int

    def at(self, position: int) -> Iterator[tuple[int, int]]:
        """The taps of a window that lie on the input: the tap, and the place on the input."""
        for tap in range(self.taps):
            place = position * self.stride + tap * self.dilation - self.before
            if 0 <= place < self.dim:
                yield tap, place


def axes(layer: Spatial, before: tuple[int, ...], after: tuple[int, ...]) -> tuple[Axis, ...]:
    """How a convolution's or a pooling's window moves.

    Args:
        layer: its arguments.
        before: the shape of the input, the batch included.
        after: that of the output.
    """
    held: Any = layer
    taps = held.each(held.kernel_size if hasattr(held, "kernel_size") else held.pool_size)
    strides = held.each(held.strides if held.strides is not None else held.pool_size)
    dilation = held.each(getattr(held, "dilation_rate", 1))
    rows = zip(held.along(before), held.along(after), taps, strides, dilation, strict=True)
    return tuple(Axis(*row, _before(held.padding, *row)) for row in rows)


def _before(padding: str, dim: int, positions: int, taps: int, stride: int, dilation: int) -> int:
    """Zeros before the input: with `same`, half of those that are needed, the smaller half where they are odd."""
    span = dilation * (taps - 1) + 1
    if padding == "causal":
        return span - 1
    return max(0, (positions - 1) * stride + span - dim) // 2 if padding == "same" else 0

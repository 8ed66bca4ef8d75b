"""The base class of functions that change a shape but no values."""

from __future__ import annotations

from layerctl.base.shapes import Shape, Tensor
from layerctl.catalog.layers._base import Tree
from layerctl.catalog.layers._reshaping import Reshaping
from layerctl.catalog.ops._base import Operation


def many(value: int | tuple[int, ...]) -> tuple[int, ...]:
    """An integer or several, as a tuple."""
    return (value,) if isinstance(value, int) else value


class Shaping(Operation, Reshaping):
    """The input's values in another shape or order.

    Input shape: any.
    """

    def result(self, x: Tensor) -> Tree:
        self.accepts(x.dtype)
        return Tensor(self.shaped(x.shape), x.dtype)

    def shaped(self, shape: Shape) -> Shape:
        """The output's shape, from the input's."""
        return shape

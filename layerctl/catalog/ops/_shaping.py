"""What the functions have in common that change a shape, and no values."""

from typing import ClassVar

from layerctl.base.shapes import Shape, Tensor
from layerctl.catalog.layers._base import Tree
from layerctl.catalog.ops._base import Operation


def many(value: int | tuple[int, ...]) -> tuple[int, ...]:
    """An integer or a list of them, as a list."""
    return (value,) if isinstance(value, int) else value


class Shaping(Operation):
    """The input's values in another shape or order.

    Input shape: any.

    MACs: 0.
    """

    category: ClassVar[str] = "reshaping"

    def result(self, x: Tensor) -> Tree:
        self.accepts(x.dtype)
        return Tensor(self.shaped(x.shape), x.dtype)

    def shaped(self, shape: Shape) -> Shape:
        """The output's shape, from the input's."""
        return shape

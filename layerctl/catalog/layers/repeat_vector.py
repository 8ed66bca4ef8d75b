from __future__ import annotations

from layerctl.base.shapes import Shape
from layerctl.catalog import PositiveInt
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._reshaping import Reshaping


class RepeatVector(Reshaping):
    """Repeats a vector, which makes a sequence of equal steps.

    Args:
        n: the number of steps.

    Input shape: (batch, features).

    Output shape: (batch, n, features).

    Weights: none.

    MACs: 0.

    Example:
        ```yaml
        - RepeatVector: 10
        ```
    """

    n: PositiveInt

    def compute_output_shape(self, shape: Shape) -> Shape:
        checks.rank(shape, 2)
        return shape[0], self.n, shape[1]

from pydantic import Field, PositiveInt

from layerctl.base.shapes import Shape
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Reach, Read
from layerctl.catalog.layers._reshaping import Reshaping


class RepeatVector(Reshaping):
    """Repeats a vector to a sequence of equal steps.

    Input shape: (batch, features).

    Output shape: (batch, n, features).

    Example:
        ```yaml
        - RepeatVector: 10
        ```
    """

    n: PositiveInt = Field(description="the number of steps.")

    def reach(self, shape: Shape) -> Reach:
        return (Read(2),)

    def compute_output_shape(self, shape: Shape) -> Shape:
        checks.rank(shape, 2)
        return shape[0], self.n, shape[1]

from typing import ClassVar

from pydantic import Field

from layerctl.base.shapes import Shape, Tensor, prod
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, DataFormat, Layer, Reach, Tree


class Flatten(Layer):
    """Puts all values of a sample into one axis.

    Input shape: any.

    Output shape: (batch, product of the other axes); (batch, 1) for a scalar.

    Weights: none.

    MACs: 0.

    Example:
        ```yaml
        - Flatten
        ```
    """

    category: ClassVar[str] = "reshaping"

    data_format: DataFormat | None = Field(
        None,
        description="`channels_first` moves axis 1 to the end before; it changes the order of the values, not their "
        "number. Null is `channels_last`.",
    )

    @property
    def rearranges(self) -> bool:
        return self.data_format != "channels_first"

    def reach(self, shape: Shape) -> Reach:
        return "all" if len(shape) > 2 else "place"

    def output(self, call: Call) -> Tree:
        return Tensor(self.output_shape(call.x.shape), call.x.dtype)

    def output_shape(self, shape: Shape) -> Shape:
        checks.min_rank(shape, 1)
        return shape[0], prod(shape[1:])

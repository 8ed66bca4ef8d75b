from pydantic import Field

from layerctl.base.shapes import Shape, Tensor, prod
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, DataFormat, HasDataFormat, Reach, Read, Tree
from layerctl.catalog.layers._reshaping import Reshaping


class Flatten(HasDataFormat, Reshaping):
    """Puts all values of a sample into a single axis.

    Input shape: any.

    Output shape: (batch, product of the other axes); (batch, 1) for a scalar.

    Example:
        ```yaml
        - Flatten
        ```
    """

    of_sparse = "sparse"

    data_format: DataFormat | None = Field(
        None,
        description="with `channels_first`, axis 1 is moved to the end before, which changes the order of the values. "
        "Null is `channels_last`.",
    )

    @property
    def only_reshapes(self) -> bool:  # type: ignore[override]  # depends on the arguments
        return self.data_format != "channels_first"

    def channels_at(self, rank: int) -> int | None:
        return None  # it only changes the order of the values

    def reach(self, shape: Shape) -> Reach:
        return "place" if len(shape) == 2 else tuple(Read(None, among=(1,)) for _ in shape[1:])

    def output(self, call: Call) -> Tree:
        return Tensor(self.compute_output_shape(call.x.shape), call.x.dtype)

    def compute_output_shape(self, shape: Shape) -> Shape:
        checks.min_rank(shape, 1)
        return shape[0], prod(shape[1:])

from typing import ClassVar

from pydantic import Field

from layerctl.base.shapes import Shape
from layerctl.catalog.layers._base import DataFormat, FixedReach, HasDataFormat
from layerctl.catalog.layers._edges import Edges1D, Edges2D, Edges3D, padded
from layerctl.catalog.layers._reshaping import Reshaping


class ZeroPadding1D(Reshaping):
    """Adds steps of zeros at the ends of sequences.

    Input shape: (batch, steps, features), or (batch, features, steps) with `channels_first`.

    Output shape: the input's, each spatial axis longer by the zeros added at its two ends.

    Example:
        ```yaml
        - ZeroPadding1D: [4, 0]
        ```
    """

    fixed_reach: ClassVar[FixedReach] = "place"

    padding: Edges1D = Field(1, description="how many steps to add: one number for both ends, or `[start, end]`.")
    data_format: DataFormat | None = Field(
        None,
        description="`channels_last`, (batch, steps, features), or `channels_first`, (batch, features, steps); null is "
        "`channels_last`.",
    )

    def compute_output_shape(self, shape: Shape) -> Shape:
        return padded(shape, self.padding, 1, self.data_format)


class ZeroPadding2D(HasDataFormat, Reshaping):
    """Adds zeros at the ends of the spatial axes of images.

    Input shape: (batch, height, width, channels), or (batch, channels, height, width) with `channels_first`.

    Output shape: the input's, each spatial axis longer by the zeros added at its two ends.

    Example:
        ```yaml
        - ZeroPadding2D: [[1, 0], [1, 0]]
        ```
    """

    fixed_reach: ClassVar[FixedReach] = "place"

    padding: Edges2D = Field(
        (1, 1),
        description="how many values to add: one number for all ends, or one entry for each of height and width, a "
        "number or `[start, end]`.",
    )
    data_format: DataFormat | None = Field(
        None,
        description="`channels_last`, (batch, height, width, channels), or `channels_first`, (batch, channels, height, "
        "width); null is `channels_last`.",
    )

    def compute_output_shape(self, shape: Shape) -> Shape:
        return padded(shape, self.padding, 2, self.data_format)


class ZeroPadding3D(HasDataFormat, Reshaping):
    """Adds zeros at the ends of the spatial axes of volumes.

    Input shape: (batch, depth, height, width, channels), or (batch, channels, depth, height, width) with `channels_first`.

    Output shape: the input's, each spatial axis longer by the zeros added at its two ends.

    Example:
        ```yaml
        - ZeroPadding3D: [1, 2, 2]
        ```
    """

    fixed_reach: ClassVar[FixedReach] = "place"

    padding: Edges3D = Field(
        ((1, 1), (1, 1), (1, 1)),
        description="how many values to add: one number for all ends, or one entry for each of depth, height and width, "
        "a number or `[start, end]`.",
    )
    data_format: DataFormat | None = Field(
        None,
        description="`channels_last`, (batch, depth, height, width, channels), or `channels_first`, (batch, channels, "
        "depth, height, width); null is `channels_last`.",
    )

    def compute_output_shape(self, shape: Shape) -> Shape:
        return padded(shape, self.padding, 3, self.data_format)

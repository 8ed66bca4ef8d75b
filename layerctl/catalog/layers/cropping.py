from typing import ClassVar

from pydantic import Field

from layerctl.base.shapes import Shape
from layerctl.catalog.layers._base import DataFormat, FixedReach, HasDataFormat
from layerctl.catalog.layers._edges import Edges1D, Edges2D, Edges3D, cropped
from layerctl.catalog.layers._reshaping import Reshaping


class Cropping1D(Reshaping):
    """Cuts steps off the ends of sequences.

    Input shape: (batch, steps, features).

    Output shape: the input's, each spatial axis shorter by the values cut off at its two ends.

    Example:
        ```yaml
        - Cropping1D: [2, 0]
        ```
    """

    fixed_reach: ClassVar[FixedReach] = "place"

    cropping: Edges1D = Field((1, 1), description="how many steps to cut off: one number for both ends, or `[start, end]`.")

    def compute_output_shape(self, shape: Shape) -> Shape:
        return cropped(shape, self.cropping, 1)


class Cropping2D(HasDataFormat, Reshaping):
    """Cuts values off the ends of the spatial axes of images.

    Input shape: (batch, height, width, channels), or (batch, channels, height, width) with `channels_first`.

    Output shape: the input's, each spatial axis shorter by the values cut off at its two ends.

    Example:
        ```yaml
        - Cropping2D: [[1, 0], 2]
        ```
    """

    fixed_reach: ClassVar[FixedReach] = "place"

    cropping: Edges2D = Field(
        ((0, 0), (0, 0)),
        description="how many values to cut off: one number for all ends, or one entry for each of height and width, a "
        "number or `[start, end]`.",
    )
    data_format: DataFormat | None = Field(
        None,
        description="`channels_last`, (batch, height, width, channels), or `channels_first`, (batch, channels, height, "
        "width); null is `channels_last`.",
    )

    def compute_output_shape(self, shape: Shape) -> Shape:
        return cropped(shape, self.cropping, 2, self.data_format)


class Cropping3D(HasDataFormat, Reshaping):
    """Cuts values off the ends of the spatial axes of volumes.

    Input shape: (batch, depth, height, width, channels), or (batch, channels, depth, height, width) with `channels_first`.

    Output shape: the input's, each spatial axis shorter by the values cut off at its two ends.

    Example:
        ```yaml
        - Cropping3D: [1, 2, 2]
        ```
    """

    fixed_reach: ClassVar[FixedReach] = "place"

    cropping: Edges3D = Field(
        ((1, 1), (1, 1), (1, 1)),
        description="how many values to cut off: one number for all ends, or one entry for each of depth, height and "
        "width, a number or `[start, end]`.",
    )
    data_format: DataFormat | None = Field(
        None,
        description="`channels_last`, (batch, depth, height, width, channels), or `channels_first`, (batch, channels, "
        "depth, height, width); null is `channels_last`.",
    )

    def compute_output_shape(self, shape: Shape) -> Shape:
        return cropped(shape, self.cropping, 3, self.data_format)

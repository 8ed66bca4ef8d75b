from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from layerctl.base.shapes import Shape
from layerctl.catalog.layers._base import HasDataFormat, ImageFormat, Reach, VolumeFormat
from layerctl.catalog.layers._edges import Edges1D, Edges2D, Edges3D, cropped, moved
from layerctl.catalog.layers._reshaping import Reshaping


class _Cropping(Reshaping):
    """The family of Cropping1D, Cropping2D and Cropping3D.

    Output shape: the input's, each spatial axis shorter by the values cut off at its two ends.
    """

    spatial_axes: ClassVar[int]

    if TYPE_CHECKING:
        cropping: Any

    def reach(self, shape: Shape) -> Reach:
        return moved(shape, self.cropping, self.spatial_axes, self.channels_first, 1)

    def compute_output_shape(self, shape: Shape) -> Shape:
        return cropped(shape, self.cropping, self.spatial_axes, self.channels_first)


class Cropping1D(_Cropping):
    """Cuts steps off the ends of sequences.

    Input shape: (batch, steps, features).

    Example:
        ```yaml
        - Cropping1D: [2, 0]
        ```
    """

    spatial_axes = 1

    cropping: Edges1D = Field((1, 1), description="how many steps to cut off: one number for both ends, or `[start, end]`.")


class Cropping2D(HasDataFormat, _Cropping):
    """Cuts values off the ends of the spatial axes of images.

    Input shape: (batch, height, width, channels), or (batch, channels, height, width) with `channels_first`.

    Example:
        ```yaml
        - Cropping2D: [[1, 0], 2]
        ```
    """

    spatial_axes = 2

    cropping: Edges2D = Field(
        ((0, 0), (0, 0)),
        description="how many values to cut off: one number for all ends, or one entry for each of height and width, a "
        "number or `[start, end]`.",
    )
    data_format: ImageFormat = None


class Cropping3D(HasDataFormat, _Cropping):
    """Cuts values off the ends of the spatial axes of volumes.

    Input shape: (batch, depth, height, width, channels), or (batch, channels, depth, height, width) with `channels_first`.

    Example:
        ```yaml
        - Cropping3D: [1, 2, 2]
        ```
    """

    spatial_axes = 3

    cropping: Edges3D = Field(
        ((1, 1), (1, 1), (1, 1)),
        description="how many values to cut off: one number for all ends, or one entry for each of depth, height and "
        "width, a number or `[start, end]`.",
    )
    data_format: VolumeFormat = None

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from layerctl.base.shapes import Shape
from layerctl.catalog.layers._base import DataFormat, HasDataFormat, ImageFormat, Reach, VolumeFormat
from layerctl.catalog.layers._edges import Edges1D, Edges2D, Edges3D, ends, moved, padded
from layerctl.catalog.layers._reshaping import Reshaping
from layerctl.catalog.layers._rewriting import Ends


class _ZeroPadding(Reshaping):
    """The family of ZeroPadding1D, ZeroPadding2D and ZeroPadding3D.

    Output shape: the input's, each spatial axis longer by the zeros added at its two ends.
    """

    spatial_axes: ClassVar[int]

    if TYPE_CHECKING:
        padding: Any

    def reach(self, shape: Shape) -> Reach:
        return moved(shape, self.padding, self.spatial_axes, self.channels_first, -1)

    def zeros(self, shape: Shape) -> Ends | None:
        none, added = (0, 0), ends(self.padding, self.spatial_axes)
        return (none, *added) if self.channels_first else (*added, none)

    def compute_output_shape(self, shape: Shape) -> Shape:
        return padded(shape, self.padding, self.spatial_axes, self.channels_first)


class ZeroPadding1D(HasDataFormat, _ZeroPadding):
    """Adds steps of zeros at the ends of sequences.

    Input shape: (batch, steps, features), or (batch, features, steps) with `channels_first`.

    Example:
        ```yaml
        - ZeroPadding1D: [4, 0]
        ```
    """

    spatial_axes = 1

    padding: Edges1D = Field(1, description="how many steps to add: one number for both ends, or `[start, end]`.")
    data_format: DataFormat | None = Field(
        None,
        description="`channels_last`, (batch, steps, features), or `channels_first`, (batch, features, steps); null is "
        "`channels_last`.",
    )


class ZeroPadding2D(HasDataFormat, _ZeroPadding):
    """Adds zeros at the ends of the spatial axes of images.

    Input shape: (batch, height, width, channels), or (batch, channels, height, width) with `channels_first`.

    Example:
        ```yaml
        - ZeroPadding2D: [[1, 0], [1, 0]]
        ```
    """

    spatial_axes = 2

    padding: Edges2D = Field(
        (1, 1),
        description="how many values to add: one number for all ends, or one entry for each of height and width, a "
        "number or `[start, end]`.",
    )
    data_format: ImageFormat = None


class ZeroPadding3D(HasDataFormat, _ZeroPadding):
    """Adds zeros at the ends of the spatial axes of volumes.

    Input shape: (batch, depth, height, width, channels), or (batch, channels, depth, height, width) with `channels_first`.

    Example:
        ```yaml
        - ZeroPadding3D: [1, 2, 2]
        ```
    """

    spatial_axes = 3

    padding: Edges3D = Field(
        ((1, 1), (1, 1), (1, 1)),
        description="how many values to add: one number for all ends, or one entry for each of depth, height and width, "
        "a number or `[start, end]`.",
    )
    data_format: VolumeFormat = None

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from layerctl.catalog.layers._pooling import AVERAGES, WindowPooling
from layerctl.catalog.layers._spatial import Sizes1, Sizes2, Sizes3


class _AveragePooling(WindowPooling):
    dtypes: ClassVar[Mapping[int, frozenset[str]]] = AVERAGES
    affine: ClassVar[bool] = True
    is_matrix: ClassVar[bool] = True


class AveragePooling1D(_AveragePooling):
    """Makes sequences smaller: the mean of a window of steps, in each channel.

    Example:
        ```yaml
        - AveragePooling1D: 2
        ```
    """

    axes: ClassVar[tuple[str, ...]] = ("steps",)

    pool_size: Sizes1 = Field(description="the size of the window, one for all axes or one for each.")
    strides: Sizes1 | None = Field(
        None, description="the step from one window to the next; null is `pool_size`, without gap or overlap."
    )


class AveragePooling2D(_AveragePooling):
    """Makes images smaller: the mean of a window of pixels, in each channel.

    Example:
        ```yaml
        - AveragePooling2D: {pool_size: 3, strides: 2, padding: same}
        ```
    """

    axes: ClassVar[tuple[str, ...]] = ("height", "width")

    pool_size: Sizes2 = Field(description="the size of the window, one for all axes or one for each.")
    strides: Sizes2 | None = Field(
        None, description="the step from one window to the next; null is `pool_size`, without gap or overlap."
    )


class AveragePooling3D(_AveragePooling):
    """Makes volumes smaller: the mean of a window of voxels, in each channel.

    Example:
        ```yaml
        - AveragePooling3D: [1, 2, 2]
        ```
    """

    axes: ClassVar[tuple[str, ...]] = ("depth", "height", "width")

    pool_size: Sizes3 = Field(description="the size of the window, one for all axes or one for each.")
    strides: Sizes3 | None = Field(
        None, description="the step from one window to the next; null is `pool_size`, without gap or overlap."
    )

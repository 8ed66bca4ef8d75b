from pydantic import Field

from layerctl.catalog.layers._pooling import AVERAGES, STEP, WindowPooling
from layerctl.catalog.layers._spatial import Sizes1, Sizes2, Sizes3


class _AveragePooling(WindowPooling):
    dtypes = AVERAGES
    affine = True
    is_matrix = True


class AveragePooling1D(_AveragePooling):
    """Makes sequences smaller: the mean of a window of steps, in each channel.

    Example:
        ```yaml
        - AveragePooling1D: 2
        ```
    """

    axes = ("steps",)

    pool_size: Sizes1 = Field(description="the size of the window, one for all axes or one for each.")
    strides: Sizes1 | None = Field(None, description=STEP)


class AveragePooling2D(_AveragePooling):
    """Makes images smaller: the mean of a window of pixels, in each channel.

    Example:
        ```yaml
        - AveragePooling2D: {pool_size: 3, strides: 2, padding: same}
        ```
    """

    axes = ("height", "width")

    pool_size: Sizes2 = Field(description="the size of the window, one for all axes or one for each.")
    strides: Sizes2 | None = Field(None, description=STEP)


class AveragePooling3D(_AveragePooling):
    """Makes volumes smaller: the mean of a window of voxels, in each channel.

    Example:
        ```yaml
        - AveragePooling3D: [1, 2, 2]
        ```
    """

    axes = ("depth", "height", "width")

    pool_size: Sizes3 = Field(description="the size of the window, one for all axes or one for each.")
    strides: Sizes3 | None = Field(None, description=STEP)

from pydantic import Field

from layerctl.catalog.layers._pooling import MAXIMA, STEP, WindowPooling
from layerctl.catalog.layers._spatial import Sizes1, Sizes2, Sizes3


class _MaxPooling(WindowPooling):
    dtypes = MAXIMA
    keeps_dtype_when_run = True


class MaxPooling1D(_MaxPooling):
    """Makes sequences smaller: the largest value of a window of steps, in each channel.

    Example:
        ```yaml
        - MaxPooling1D: 2
        ```
    """

    axes = ("steps",)

    pool_size: Sizes1 = Field(2, description="the size of the window, one for all axes or one for each.")
    strides: Sizes1 | None = Field(None, description=STEP)


class MaxPooling2D(_MaxPooling):
    """Makes images smaller: the largest value of a window of pixels, in each channel.

    Example:
        ```yaml
        - MaxPooling2D: 2
        ```
    """

    axes = ("height", "width")

    pool_size: Sizes2 = Field((2, 2), description="the size of the window, one for all axes or one for each.")
    strides: Sizes2 | None = Field(None, description=STEP)


class MaxPooling3D(_MaxPooling):
    """Makes volumes smaller: the largest value of a window of voxels, in each channel.

    Example:
        ```yaml
        - MaxPooling3D: [1, 2, 2]
        ```
    """

    axes = ("depth", "height", "width")

    pool_size: Sizes3 = Field((2, 2, 2), description="the size of the window, one for all axes or one for each.")
    strides: Sizes3 | None = Field(None, description=STEP)

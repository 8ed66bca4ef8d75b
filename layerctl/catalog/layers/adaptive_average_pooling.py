from pydantic import Field

from layerctl.catalog.layers._adaptive_pooling import AdaptivePooling
from layerctl.catalog.layers._pooling import AVERAGES
from layerctl.catalog.layers._spatial import Sizes1, Sizes2, Sizes3


class _AdaptiveAveragePooling(AdaptivePooling):
    dtypes = AVERAGES
    affine = True


class AdaptiveAveragePooling1D(_AdaptiveAveragePooling):
    """Brings sequences of any size to one size: the mean of each window, in each channel.

    Example:
        ```yaml
        - AdaptiveAveragePooling1D: 16
        ```
    """

    axes = ("steps",)

    output_size: Sizes1 = Field(description="the positions of the output, one number for all axes or one for each; at least 2.")


class AdaptiveAveragePooling2D(_AdaptiveAveragePooling):
    """Brings images of any size to one size: the mean of each window, in each channel.

    Example:
        ```yaml
        - AdaptiveAveragePooling2D: [7, 7]
        ```
    """

    axes = ("height", "width")

    output_size: Sizes2 = Field(description="the positions of the output, one number for all axes or one for each; at least 2.")


class AdaptiveAveragePooling3D(_AdaptiveAveragePooling):
    """Brings volumes of any size to one size: the mean of each window, in each channel.

    Example:
        ```yaml
        - AdaptiveAveragePooling3D: [4, 7, 7]
        ```
    """

    axes = ("depth", "height", "width")

    output_size: Sizes3 = Field(description="the positions of the output, one number for all axes or one for each; at least 2.")

from pydantic import Field

from layerctl.catalog.layers._adaptive_pooling import AdaptivePooling
from layerctl.catalog.layers._pooling import MAXIMA
from layerctl.catalog.layers._spatial import Sizes1, Sizes2, Sizes3


class _AdaptiveMaxPooling(AdaptivePooling):
    dtypes = MAXIMA
    keeps_dtype_when_run = True


class AdaptiveMaxPooling1D(_AdaptiveMaxPooling):
    """Brings sequences of any size to one size: the largest value of each window, in each channel.

    Example:
        ```yaml
        - AdaptiveMaxPooling1D: 16
        ```
    """

    axes = ("steps",)

    output_size: Sizes1 = Field(description="the positions of the output, one number for all axes or one for each; at least 2.")


class AdaptiveMaxPooling2D(_AdaptiveMaxPooling):
    """Brings images of any size to one size: the largest value of each window, in each channel.

    Example:
        ```yaml
        - AdaptiveMaxPooling2D: [7, 7]
        ```
    """

    axes = ("height", "width")

    output_size: Sizes2 = Field(description="the positions of the output, one number for all axes or one for each; at least 2.")


class AdaptiveMaxPooling3D(_AdaptiveMaxPooling):
    """Brings volumes of any size to one size: the largest value of each window, in each channel.

    Example:
        ```yaml
        - AdaptiveMaxPooling3D: [4, 7, 7]
        ```
    """

    axes = ("depth", "height", "width")

    output_size: Sizes3 = Field(description="the positions of the output, one number for all axes or one for each; at least 2.")

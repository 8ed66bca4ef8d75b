from typing import ClassVar

from layerctl.catalog.layers._global_pooling import GlobalPooling


class GlobalMaxPooling1D(GlobalPooling):
    """The largest value of all steps, in each channel.

    Input shape: (batch, steps, channels), or (batch, channels, steps) with `data_format: channels_first`.

    Output shape: (batch, channels); with `keepdims` (batch, 1, channels), or (batch, channels, 1).

    Example:
        ```yaml
        - GlobalMaxPooling1D
        ```
    """

    keeps_dtype_when_run: ClassVar[bool] = True

    axes: ClassVar[tuple[str, ...]] = ("steps",)


class GlobalMaxPooling2D(GlobalPooling):
    """The largest value of a whole image, in each channel.

    Input shape: (batch, height, width, channels), or (batch, channels, height, width) with `data_format: channels_first`.

    Output shape: (batch, channels); with `keepdims` (batch, 1, 1, channels), or (batch, channels, 1, 1).

    Example:
        ```yaml
        - GlobalMaxPooling2D
        ```
    """

    keeps_dtype_when_run: ClassVar[bool] = True

    axes: ClassVar[tuple[str, ...]] = ("height", "width")


class GlobalMaxPooling3D(GlobalPooling):
    """The largest value of a whole volume, in each channel.

    Input shape: (batch, depth, height, width, channels), or (batch, channels, depth, height, width) with
        `data_format: channels_first`.

    Output shape: (batch, channels); with `keepdims` (batch, 1, 1, 1, channels), or (batch, channels, 1, 1, 1).

    Example:
        ```yaml
        - GlobalMaxPooling3D
        ```
    """

    keeps_dtype_when_run: ClassVar[bool] = True

    axes: ClassVar[tuple[str, ...]] = ("depth", "height", "width")

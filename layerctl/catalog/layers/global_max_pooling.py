from layerctl.catalog.layers._global_pooling import GlobalPooling


class GlobalMaxPooling1D(GlobalPooling):
    """The largest value of all steps, in each channel.

    Example:
        ```yaml
        - GlobalMaxPooling1D
        ```
    """

    keeps_dtype_when_run = True

    axes = ("steps",)


class GlobalMaxPooling2D(GlobalPooling):
    """The largest value of a whole image, in each channel.

    Example:
        ```yaml
        - GlobalMaxPooling2D
        ```
    """

    keeps_dtype_when_run = True

    axes = ("height", "width")


class GlobalMaxPooling3D(GlobalPooling):
    """The largest value of a whole volume, in each channel.

    Example:
        ```yaml
        - GlobalMaxPooling3D
        ```
    """

    keeps_dtype_when_run = True

    axes = ("depth", "height", "width")

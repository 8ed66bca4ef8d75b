"""The code of models that cannot be converted."""

from layerctl.diagnostics import Code


class CannotConvert(Code, id="LC680"):
    """The spec cannot be written with the other kind of layer.

    Why:
        Dense on a flattened image is a convolution whose kernel covers the image, and a convolution is a Dense with a large
        matrix in which most values are 0. Both need known sizes, and a matrix that fits in memory; a mask that Dense passes on
        ends at a convolution. Other layers stay as they are.

    Example:
        ```console
        $ layerctl convert values_dense --to dense      # there is no convolution in it
        ```

    Fix:
        As the message says: write sizes instead of `null`, raise `--max-weights`, or convert the other way.
    """

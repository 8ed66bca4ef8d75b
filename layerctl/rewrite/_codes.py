"""Models that cannot be written as another one."""

from layerctl.diagnostics import Code


class CannotConvert(Code):
    """The spec cannot be written with the other kind of layer.

    Why:
        Dense on a flattened image is a convolution whose kernel covers the image, and a convolution is a Dense with a large
        matrix in which most values are 0. Both need sizes that are known, and a matrix that fits in memory; a mask that Dense
        hands on ends at a convolution. What is neither of the two stays as it is.

    Example:
        ```console
        $ layerctl convert values_dense --to dense      # there is no convolution in it
        ```

    Fix:
        As the message says: write sizes instead of `null`, raise `--max-weights`, or convert the other way.
    """

    id = "LC680"

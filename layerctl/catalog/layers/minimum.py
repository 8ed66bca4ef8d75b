from layerctl.catalog.layers._merge import ElementwiseMerge


class Minimum(ElementwiseMerge):
    """Takes the smallest of tensors, value by value.

    Example:
        ```yaml
        - Minimum:
          inputs: [left, right]
        ```
    """

    commutes = "minimum"
    regroups = True
    beside_dense = "made dense"

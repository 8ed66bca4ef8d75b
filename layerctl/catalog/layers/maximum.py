from layerctl.catalog.layers._merge import ElementwiseMerge


class Maximum(ElementwiseMerge):
    """Takes the largest of tensors, value by value.

    Example:
        ```yaml
        - Maximum:
          inputs: [left, right]
        ```
    """

    commutes = "maximum"
    regroups = True
    beside_dense = "made dense"

from layerctl.catalog.layers._merge import ElementwiseMerge


class Multiply(ElementwiseMerge):
    """Multiplies tensors value by value.

    Example:
        ```yaml
        - Multiply:
          inputs: [features, gate]
        ```
    """

    commutes = "multiply"
    regroups = True
    of_sparse = "sparse"

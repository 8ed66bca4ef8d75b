from layerctl.catalog.layers._merge import ElementwiseMerge


class Add(ElementwiseMerge):
    """Adds tensors value by value.

    Example:
        ```yaml
        - Add:
          inputs: [shortcut, body]
        ```
    """

    commutes = "add"
    regroups = True
    beside_dense = "added"
    joins_text = True

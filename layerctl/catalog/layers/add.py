from layerctl.catalog.layers._merge import ElementwiseMerge


class Add(ElementwiseMerge):
    """Adds tensors value by value.

    Example:
        ```yaml
        - Add:
          inputs: [shortcut, body]
        ```
    """

    joins_text = True

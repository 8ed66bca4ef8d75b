from layerctl.catalog.layers._base import Call, Tree
from layerctl.catalog.layers._merge import ElementwiseMerge, pair


class Subtract(ElementwiseMerge):
    """Subtracts the second of two tensors from the first, value by value.

    Input shape: a list of two tensors whose shapes broadcast; the one with fewer axes gets axes of size 1 after its batch axis.

    Example:
        ```yaml
        - Subtract:
          inputs: [observed, predicted]
        ```
    """

    def output(self, call: Call) -> Tree:
        pair(call.xs, "Subtract")
        return super().output(call)

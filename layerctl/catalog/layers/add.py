from typing import ClassVar

from layerctl.catalog.layers._merge import ElementwiseMerge
from layerctl.catalog.layers._sparse import BesideDense


class Add(ElementwiseMerge):
    """Adds tensors value by value.

    Input shape: a list of tensors whose shapes broadcast; a tensor with fewer axes gets axes of size 1 after its batch axis.

    Output shape: (batch, …), the broadcast shape: along each axis the size that is not 1.

    Weights: none.

    MACs: 0.

    Example:
        ```yaml
        - Add:
          inputs: [shortcut, body]
        ```
    """

    beside_dense: ClassVar[BesideDense] = "added"
    joins_text: ClassVar[bool] = True

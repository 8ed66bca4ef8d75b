from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import Call, Layer, Tree


class Identity(Layer):
    """Returns its input unchanged: a placeholder, or a place to give a name.

    Input shape: any.

    Output shape: the input's.

    Example:
        ```yaml
        - Identity:
          name: features
        ```
    """

    category = "core"
    elementwise = True
    is_identity = True
    input_kind = "each"
    masks = "passes"

    def output(self, call: Call) -> Tree:
        return Tensor(call.x.shape, call.x.dtype)

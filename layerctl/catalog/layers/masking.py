from pydantic import Field

from layerctl.base.shapes import Tensor
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Layer, MaskTree, Tree


class Masking(Layer):
    """Marks the steps of a sequence whose values all equal a given one, so that the layers after it skip them.

    Input shape: (batch, …, features).

    Output shape: the input's.

    Example:
        ```yaml
        - Masking: {mask_value: -1.0}
        ```
    """

    category = "core"
    keeps_dtype_when_run = True
    fixed_reach = "place"
    masks = "makes"

    mask_value: float = Field(0.0, allow_inf_nan=True, description="the value that marks a step to skip.")

    @property
    def marks(self) -> tuple[float, ...]:
        return (self.mask_value,)

    def output(self, call: Call) -> Tree:
        checks.min_rank(call.x.shape, 1)
        checks.numeric(call.x, "Masking")
        return call.result(call.x.shape)

    def output_when_run(self, call: Call, output: Tree) -> Tree:
        result = super().output_when_run(call, output)
        assert isinstance(result, Tensor)
        return Tensor(result.shape, "int32") if result.dtype == "bool" else result  # Keras joins the booleans with integer zeros

    def mask(self, call: Call, input_mask: MaskTree) -> MaskTree:
        return Tensor(call.x.shape[:-1], "bool")

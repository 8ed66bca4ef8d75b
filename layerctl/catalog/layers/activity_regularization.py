from typing import ClassVar

from pydantic import Field, NonNegativeFloat

from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import FLOATS, Call, Layer, Refusal, Tree
from layerctl.catalog.layers._codes import WrongDtype

WIDE = FLOATS | {"int32", "int64", "uint32", "uint64"}


class ActivityRegularization(Layer):
    """Passes its input on, and adds a penalty on its size to the loss.

    Input shape: any; a list of tensors gives a list.

    Output shape: the input's.

    Example:
        ```yaml
        - ActivityRegularization: {l2: 1e-4}
        ```
    """

    category = "regularization"
    keeps_dtype_when_run = True
    elementwise = True
    is_identity = True
    input_kind = "each"
    activity_regularizer: ClassVar[None] = None  # type: ignore[misc]  # the layer itself is one, and takes no other
    masks = "passes"

    l1: NonNegativeFloat = Field(0.0, description="the weight of the sum of absolute values.")
    l2: NonNegativeFloat = Field(0.0, description="the weight of the sum of squares.")

    def output(self, call: Call) -> Tree:
        x = call.x
        checks.numeric(x, "ActivityRegularization")
        if (self.l1 or self.l2) and x.dtype not in WIDE:
            raise Refusal(
                WrongDtype,
                f"a penalty on {x.dtype} cannot be summed up",
                label=f"got {x.dtype}",
                help="leave out the input's `dtype` (float32 is the default), or cast it first with `ops.cast: float32`",
            )
        return call.result(x.shape)

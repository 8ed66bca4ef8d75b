from typing import ClassVar

from layerctl.catalog.layers._base import Refusal
from layerctl.catalog.layers._codes import WrongDtype
from layerctl.catalog.layers._merge import ElementwiseMerge
from layerctl.catalog.layers._sparse import BesideDense


class Average(ElementwiseMerge):
    """Takes the mean of tensors, value by value.

    Input shape: a list of tensors whose shapes broadcast; a tensor with fewer axes gets axes of size 1 after its batch axis.

    Output shape: (batch, …), the broadcast shape: along each axis the size that is not 1.

    Weights: none.

    MACs: 0.

    Example:
        ```yaml
        - Average:
          inputs: [first, second]
        ```
    """

    beside_dense: ClassVar[BesideDense] = "added"
    keeps_dtype_when_run: ClassVar[bool] = False

    def check_dtypes(self, dtypes: tuple[str, ...]) -> None:
        super().check_dtypes(dtypes)
        if dtypes == ("bool",):
            raise Refusal(WrongDtype, "Average divides numbers; got booleans", help="cast it first with `ops.cast: float32`")

from layerctl.catalog.layers._base import Refusal
from layerctl.catalog.layers._codes import WrongDtype
from layerctl.catalog.layers._merge import ElementwiseMerge


class Average(ElementwiseMerge):
    """Takes the mean of tensors, value by value.

    Example:
        ```yaml
        - Average:
          inputs: [first, second]
        ```
    """

    commutes = "average"
    beside_dense = "added"
    keeps_dtype_when_run = False

    def check_dtypes(self, dtypes: tuple[str, ...]) -> None:
        super().check_dtypes(dtypes)
        if dtypes == ("bool",):
            raise Refusal(WrongDtype, "Average divides numbers; got booleans", help="cast it first with `ops.cast: float32`")

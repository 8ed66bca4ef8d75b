from pydantic import Field, PositiveInt

from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Refusal, Tree
from layerctl.catalog.layers._codes import NotInModels
from layerctl.catalog.layers._images import Images, ValueRange


class Equalization(Images):
    """Spreads the values of each channel evenly over the range in training, and passes images on unchanged in inference.

    Keras cannot make it a layer of a functional model; within a Pipeline it works.

    Example:
        ```yaml
        - Pipeline: [Equalization]
        ```
    """

    stricter = {
        "Equalization": "It is refused in models: Keras can trace it only if it casts its input.",
        "bins": "`bins` below 1 is refused, even if Keras does not use it.",
    }

    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")
    bins: PositiveInt = Field(256, description="the number of bins of the histogram.")

    def output(self, call: Call) -> Tree:
        super().output(call)
        message = "Keras cannot make Equalization a layer of a functional model"
        raise Refusal(NotInModels, message, help="put it into a Pipeline: `Pipeline: [Equalization]`")

    def output_in_pipeline(self, call: Call) -> Tree:
        checks.known(call.x.shape, self.channel_axis, "Equalization works channel by channel")
        return super().output(call)

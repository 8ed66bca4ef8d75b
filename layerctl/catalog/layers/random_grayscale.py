from pydantic import Field

from layerctl.base.shapes import Tensor
from layerctl.catalog import Rate
from layerctl.catalog.layers._base import Call, Tree
from layerctl.catalog.layers._images import Augmentation


class RandomGrayscale(Augmentation):
    """Takes the colours out of a share of the images in training, and passes them on unchanged in inference.

    Output shape: the input's, also its number of channels. The dtype is the input's, too.

    Example:
        ```yaml
        - RandomGrayscale: 0.1
        ```
    """

    colours = (3, 1)
    keeps_dtype_when_run = True

    factor: Rate = Field(0.5, description="the share of images that become grey.")

    def output(self, call: Call) -> Tree:
        super().output(call)
        return Tensor(call.x.shape, call.x.dtype)

    def output_when_run(self, call: Call, output: Tree) -> Tree:
        """Keras promises the input's dtype, but casts the images when the model runs."""
        return call.result(call.x.shape)

    def output_in_pipeline(self, call: Call) -> Tree:
        super().output_in_pipeline(call)
        return call.result(call.x.shape)

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, PositiveInt

from layerctl.base.shapes import Shape
from layerctl.catalog.layers._images import Augmentation, Interpolation, Share, ValueRange


class RandAugment(Augmentation):
    """Applies a few augmentations to each batch in training, drawn from eleven; passes images on unchanged after it.

    Example:
        ```yaml
        - RandAugment: {value_range: [0, 1], num_ops: 2, factor: 0.3}
        ```
    """

    stricter: ClassVar[Mapping[str, str]] = {
        "colours": "Images of other than 3 channels, or 1, are refused; whether Keras draws an augmentation of colours "
        "is chance.",
        "no operations": "`num_ops` below 1 is refused: Keras changes nothing then.",
    }

    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")
    num_ops: PositiveInt = Field(2, description="the number of augmentations for a batch.")
    factor: Share = Field(0.5, description="the strength of the augmentations, or a list [lowest, highest].")
    interpolation: Interpolation = Field("bilinear", description="how values between pixels are computed.")

    def compute_output_shape(self, shape: Shape) -> Shape:
        self.channels(shape, 3, 1)
        return shape

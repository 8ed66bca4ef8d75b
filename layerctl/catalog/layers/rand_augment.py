from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from layerctl.base.shapes import Shape
from layerctl.catalog import PositiveInt
from layerctl.catalog.layers._images import Augmentation, Interpolation, Share, ValueRange


class RandAugment(Augmentation):
    """Applies a few augmentations to each batch in training, drawn from eleven; passes images on unchanged after it.

    Args:
        value_range: the lowest and the highest value of a pixel.
        num_ops: how many augmentations are drawn for a batch.
        factor: how strong they are, or a list of the two ends.
        interpolation: how the values between are found.

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

    value_range: ValueRange = (0, 255)
    num_ops: PositiveInt = 2
    factor: Share = 0.5
    interpolation: Interpolation = "bilinear"

    def compute_output_shape(self, shape: Shape) -> Shape:
        self.channels(shape, 3, 1)
        return shape

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from layerctl.base.shapes import Shape
from layerctl.catalog import PositiveFloat, PositiveInt
from layerctl.catalog.layers._images import Augmentation, Interpolation, Share, ValueRange


class AugMix(Augmentation):
    """Blends each image with several augmented versions of it in training, and passes it on unchanged after it.

    Args:
        value_range: the lowest and the highest value of a pixel.
        num_chains: how many versions there are.
        chain_depth: how many augmentations lead to a version at most.
        factor: how strong they are, or a list of the two ends.
        alpha: how evenly the versions are blended: the parameter of the distributions that the shares are drawn from.
        all_ops: whether the augmentations of colours, contrast, brightness and sharpness are among them.
        interpolation: how the values between are found.

    Example:
        ```yaml
        - AugMix: {value_range: [0, 1], factor: 0.2}
        ```
    """

    stricter: ClassVar[Mapping[str, str]] = {
        "alpha": "`alpha` of 0 or less is refused: no distribution has such a parameter, and Keras does not look.",
        "colours": "Images of other than 3 channels, or 1, are refused; whether Keras draws an augmentation of colours "
        "is chance.",
        "no chains": "No chains, or chains of no steps, are refused: Keras mixes nothing in then.",
    }

    value_range: ValueRange = (0, 255)
    num_chains: PositiveInt = 3
    chain_depth: PositiveInt = 3
    factor: Share = 0.3
    alpha: PositiveFloat = 1.0
    all_ops: bool = True
    interpolation: Interpolation = "bilinear"

    def compute_output_shape(self, shape: Shape) -> Shape:
        if self.all_ops:
            self.channels(shape, 3, 1)
        return shape

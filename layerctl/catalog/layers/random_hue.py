from __future__ import annotations

from layerctl.base.shapes import Shape
from layerctl.catalog.layers._images import Augmentation, Share, ValueRange


class RandomHue(Augmentation):
    """Shifts the hue of each image in training, and passes it on unchanged after it.

    Args:
        factor: how far at most, 1 for half of the colour circle; or a list of the two ends.
        value_range: the lowest and the highest value of a pixel.

    Example:
        ```yaml
        - RandomHue: 0.1
        ```
    """

    factor: Share
    value_range: ValueRange = (0, 255)

    def compute_output_shape(self, shape: Shape) -> Shape:
        self.channels(shape, 3)
        return shape

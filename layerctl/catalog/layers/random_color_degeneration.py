from __future__ import annotations

from layerctl.base.shapes import Shape
from layerctl.catalog.layers._images import Augmentation, Signed, ValueRange


class RandomColorDegeneration(Augmentation):
    """Draws the colours of each image towards grey in training, and passes it on unchanged after it.

    Args:
        factor: how far at most: 1 is grey; or a list of the two ends.
        value_range: the lowest and the highest value of a pixel.

    Example:
        ```yaml
        - RandomColorDegeneration: 0.5
        ```
    """

    factor: Signed
    value_range: ValueRange = (0, 255)

    def compute_output_shape(self, shape: Shape) -> Shape:
        self.channels(shape, 3)
        return shape

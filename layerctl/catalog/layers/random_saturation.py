from __future__ import annotations

from layerctl.base.shapes import Shape
from layerctl.catalog.layers._images import Augmentation, Signed, ValueRange


class RandomSaturation(Augmentation):
    """Makes the colours of each image stronger or weaker in training, and passes it on unchanged after it.

    Args:
        factor: 0.5 leaves them alone, 0 makes them grey, 1 as strong as they can be; or a list of the two ends.
        value_range: the lowest and the highest value of a pixel.

    Example:
        ```yaml
        - RandomSaturation: [0.4, 0.6]
        ```
    """

    factor: Signed
    value_range: ValueRange = (0, 255)

    def compute_output_shape(self, shape: Shape) -> Shape:
        self.channels(shape, 3)
        return shape

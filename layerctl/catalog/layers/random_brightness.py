from __future__ import annotations

from layerctl.catalog.layers._images import Augmentation, Signed, ValueRange


class RandomBrightness(Augmentation):
    """Makes each image lighter or darker in training, and passes it on unchanged after it.

    Args:
        factor: by how much at most, as a share of the range of values; or a list of the two ends.
        value_range: the lowest and the highest value of a pixel.

    Example:
        ```yaml
        - RandomBrightness: {factor: 0.2, value_range: [0, 1]}
        ```
    """

    factor: Signed
    value_range: ValueRange = (0, 255)

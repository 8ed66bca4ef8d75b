from __future__ import annotations

from layerctl.catalog.layers._images import Augmentation, Share, ValueRange


class RandomInvert(Augmentation):
    """Turns a share of the images into their negatives in training, and passes them on unchanged after it.

    Args:
        factor: the share of images, or a list of the two ends that it is drawn from.
        value_range: the lowest and the highest value of a pixel.

    Example:
        ```yaml
        - RandomInvert: 0.2
        ```
    """

    factor: Share = 1.0
    value_range: ValueRange = (0, 255)

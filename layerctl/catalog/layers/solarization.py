from __future__ import annotations

from layerctl.catalog.layers._images import Augmentation, Share, ValueRange


class Solarization(Augmentation):
    """Inverts the pixels above a threshold in training, and passes images on unchanged after it.

    Args:
        addition_factor: what is added before, drawn from 0 to that share of the range; or a list of the two ends.
        threshold_factor: the threshold, drawn likewise.
        value_range: the lowest and the highest value of a pixel.

    Example:
        ```yaml
        - Solarization: {addition_factor: 0.1, threshold_factor: 0.5}
        ```
    """

    addition_factor: Share = 0.0
    threshold_factor: Share = 0.0
    value_range: ValueRange = (0, 255)

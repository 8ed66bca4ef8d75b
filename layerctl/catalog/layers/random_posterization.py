from __future__ import annotations

from layerctl.catalog.layers._images import Augmentation, Bits, ValueRange


class RandomPosterization(Augmentation):
    """Keeps a few bits of each colour value in training, and passes images on unchanged after it.

    Args:
        factor: how many bits are kept, or a list of the fewest and the most.
        value_range: the lowest and the highest value of a pixel.

    Example:
        ```yaml
        - RandomPosterization: 4
        ```
    """

    factor: Bits
    value_range: ValueRange = (0, 255)

from __future__ import annotations

from layerctl.catalog.layers._images import Images, ValueRange


class AutoContrast(Images):
    """Stretches the values of each image over the whole range, in training and after it.

    Args:
        value_range: the lowest and the highest value of a pixel.

    Example:
        ```yaml
        - AutoContrast: {value_range: [0, 1]}
        ```
    """

    value_range: ValueRange = (0, 255)

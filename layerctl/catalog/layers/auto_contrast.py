from pydantic import Field

from layerctl.catalog.layers._images import Images, ValueRange


class AutoContrast(Images):
    """Stretches the values of each image over the whole range, in training and inference.

    Example:
        ```yaml
        - AutoContrast: {value_range: [0, 1]}
        ```
    """

    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")

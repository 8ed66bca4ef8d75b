from pydantic import Field

from layerctl.catalog.layers._images import Augmentation, Signed, ValueRange


class RandomBrightness(Augmentation):
    """Makes each image lighter or darker in training, and passes it on unchanged in inference.

    Example:
        ```yaml
        - RandomBrightness: {factor: 0.2, value_range: [0, 1]}
        ```
    """

    factor: Signed = Field(description="the largest change, as a share of the range of values; or a list [low, high].")
    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")

from pydantic import Field

from layerctl.catalog.layers._images import Augmentation, Share, ValueRange


class RandomInvert(Augmentation):
    """Turns a share of the images into their negatives in training, and passes them on unchanged in inference.

    Example:
        ```yaml
        - RandomInvert: 0.2
        ```
    """

    factor: Share = Field(1.0, description="the share of images that change, or a list [low, high].")
    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")

from pydantic import Field

from layerctl.catalog.layers._images import Augmentation, Share, ValueRange


class RandomHue(Augmentation):
    """Shifts the hue of each image in training, and passes it on unchanged in inference.

    Example:
        ```yaml
        - RandomHue: 0.1
        ```
    """

    colours = (3,)

    factor: Share = Field(description="the largest change: 1 is half of the colour circle; or a list [low, high].")
    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")

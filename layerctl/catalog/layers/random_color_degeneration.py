from pydantic import Field

from layerctl.catalog.layers._images import Augmentation, Signed, ValueRange


class RandomColorDegeneration(Augmentation):
    """Moves the colours of each image towards grey in training, and passes it on unchanged in inference.

    Example:
        ```yaml
        - RandomColorDegeneration: 0.5
        ```
    """

    colours = (3,)

    factor: Signed = Field(description="the largest change: 1 is grey; or a list [low, high].")
    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")

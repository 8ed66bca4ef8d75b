from pydantic import Field

from layerctl.catalog.layers._images import Augmentation, Signed, ValueRange


class RandomSaturation(Augmentation):
    """Makes the colours of each image stronger or weaker in training, and passes it on unchanged in inference.

    Example:
        ```yaml
        - RandomSaturation: [0.4, 0.6]
        ```
    """

    colours = (3,)

    factor: Signed = Field(
        description="0.5 leaves the colours unchanged, 0 makes them grey, 1 fully saturated; or a list [low, high]."
    )
    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")

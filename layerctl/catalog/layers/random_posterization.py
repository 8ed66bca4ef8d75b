from pydantic import Field

from layerctl.catalog.layers._images import Augmentation, Bits, ValueRange


class RandomPosterization(Augmentation):
    """Keeps only the highest bits of each colour value in training, and passes images on unchanged in inference.

    Example:
        ```yaml
        - RandomPosterization: 4
        ```
    """

    factor: Bits = Field(description="the number of bits that are kept, or a list [fewest, most].")
    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")

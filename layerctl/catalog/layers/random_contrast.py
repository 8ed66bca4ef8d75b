from pydantic import Field

from layerctl.catalog.layers._images import Augmentation, Share, ValueRange


class RandomContrast(Augmentation):
    """Raises or lowers the contrast of each image in training, and passes it on unchanged in inference.

    Example:
        ```yaml
        - RandomContrast: {factor: 0.2, value_range: [0, 1]}
        ```
    """

    factor: Share = Field(
        description="the largest change, as a share; or a list: the largest decrease, then the largest increase."
    )
    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")

from pydantic import Field

from layerctl.catalog.layers._images import Augmentation, Share, ValueRange


class RandomSharpness(Augmentation):
    """Sharpens or softens each image in training, and passes it on unchanged in inference.

    Example:
        ```yaml
        - RandomSharpness: [0.3, 0.7]
        ```
    """

    factor: Share = Field(description="0.5 leaves the image unchanged, 0 softens it, 1 sharpens it; or a list [low, high].")
    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")

from pydantic import Field

from layerctl.catalog.layers._images import Augmentation, Share, ValueRange


class Solarization(Augmentation):
    """Inverts pixel values above a threshold in training, and passes images on unchanged in inference.

    Example:
        ```yaml
        - Solarization: {addition_factor: 0.1, threshold_factor: 0.5}
        ```
    """

    addition_factor: Share = Field(
        0.0, description="added before, drawn from 0 to this share of the range; or a list [low, high]."
    )
    threshold_factor: Share = Field(0.0, description="the threshold, drawn in the same way.")
    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")

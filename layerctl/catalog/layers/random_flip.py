from typing import Literal

from pydantic import Field

from layerctl.catalog.layers._images import Augmentation


class RandomFlip(Augmentation):
    """Mirrors about half of the images in training, and passes them on unchanged in inference.

    Example:
        ```yaml
        - RandomFlip: horizontal
        ```
    """

    mode: Literal["horizontal", "vertical", "horizontal_and_vertical"] = Field(
        "horizontal_and_vertical", description="`horizontal` swaps left and right, `vertical` top and bottom."
    )

from __future__ import annotations

from typing import Literal

from layerctl.catalog.layers._images import Augmentation


class RandomFlip(Augmentation):
    """Mirrors about half of the images in training, and passes them on unchanged after it.

    Args:
        mode: `horizontal` swaps left and right, `vertical` top and bottom.

    Example:
        ```yaml
        - RandomFlip: horizontal
        ```
    """

    mode: Literal["horizontal", "vertical", "horizontal_and_vertical"] = "horizontal_and_vertical"

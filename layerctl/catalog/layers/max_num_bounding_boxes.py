from __future__ import annotations

from layerctl.catalog import PositiveInt
from layerctl.catalog.layers._images import Images


class MaxNumBoundingBoxes(Images):
    """Brings the boxes beside images to one number; images alone pass unchanged, and a spec has no others.

    Args:
        max_number: how many boxes an image has then.
        fill_value: what missing boxes are filled with.

    Example:
        ```yaml
        - MaxNumBoundingBoxes: 32
        ```
    """

    max_number: PositiveInt
    fill_value: int = -1
